/** What every generated function and method calls. */
import type { TensorBase } from "../core/tensor.ts";
import { runInPlace, runRecord } from "../ops/run-op.ts";
import type { ApiEntry } from "./api-entry.ts";
import { bindArguments } from "./bind-arguments.ts";

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
  const { overload, args: bound } = bindArguments(entry, self, args);
  return overload.inPlace ? runInPlace(overload.op, bound) : runRecord(overload.op, bound);
}
