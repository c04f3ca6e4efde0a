/** What every generated function and method calls. */
import type { TensorBase } from "../core/tensor.ts";
import { runInPlace, runRecord } from "../ops/run-op.ts";
import type { ApiEntry } from "./api-entry.ts";
import { bindArguments } from "./bind-arguments.ts";
import { runPlanned, runWatched } from "./eager-plans.ts";

/** Calls a `torch.*` function. `Result` is the type the generator read from the record. */
export function callFunction<Result>(entry: ApiEntry, args: readonly unknown[]): Result {
  return call(entry, null, args) as Result; // the record's `returns` says so, and the generator wrote it down
}

/** Calls a Tensor method. */
export function callMethod<Result>(
  entry: ApiEntry,
  self: TensorBase,
  args: readonly unknown[],
): Result {
  return call(entry, self, args) as Result; // as above
}

function call(entry: ApiEntry, self: TensorBase | null, args: readonly unknown[]): unknown {
  const planned = runPlanned(entry.plans, self, args);
  if (planned !== null) return planned;
  const { overload, args: bound } = bindArguments(entry, self, args);
  const { op, inPlace } = overload;
  return runWatched(entry.plans, overload, self, args, () =>
    inPlace ? runInPlace(op, bound) : runRecord(op, bound),
  );
}
