/**
 * Recording: operators run on fake tensors, and what they would have done to data is handed to a recorder. Launches of
 * loops reach it through the backend; what is not made of loops, and the counting of writes, through this interface.
 */
import type { Storage } from "../core/storage.ts";
import type { TensorBase } from "../core/tensor.ts";
import type { RowSort } from "../loops/templates/sort/sort-rows.ts";
import type { AnyArgs, OpRecord } from "./op-record.ts";

/** Code of an operator's own that would have run. */
export interface RecordedRoutine {
  readonly op: OpRecord;
  readonly routine: (args: AnyArgs, outputs: readonly TensorBase[]) => void;
  readonly args: AnyArgs;
  readonly outputs: readonly TensorBase[];
}

export interface Recorder {
  routine(call: RecordedRoutine): void;
  /** A routine would sort by a kernel; false where plain loops have to do it. */
  sorts(sort: RowSort): boolean;
  /** An in-place operation wrote to this storage; comes after the launches that do it. */
  written(storage: Storage): void;
}

/** What cannot be recorded: the compiler calls the operator itself when the graph runs. */
export class NotRecordableError extends Error {}

let active: Recorder | null = null;

export function activeRecorder(): Recorder | null {
  return active;
}

/** Runs `body` with everything going to `recorder`. */
export function recordWith<Result>(recorder: Recorder, body: () => Result): Result {
  const previous = active;
  active = recorder;
  try {
    return body();
  } finally {
    active = previous;
  }
}

/** For operators that do less on fake tensors than on real ones: no recording would be complete. */
export function leaveToRuntime(): void {
  if (active !== null)
    throw new NotRecordableError("this operator looks at more than the metadata of its arguments");
}
