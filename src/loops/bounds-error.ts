/** The error for an index outside its dimension, as its check describes it. */
import { IndexError, RuntimeError } from "../base/errors.ts";
import type { BoundsFailure } from "./expression.ts";

let boundsErrors = 0;

/** How many there were: the kernels that met them may have written a part of their results. */
export function boundsErrorCount(): number {
  return boundsErrors;
}

export function boundsError(failure: BoundsFailure, index: number, size: number): Error {
  boundsErrors += 1;
  const message = failure.message.replace("{index}", String(index)).replace("{size}", String(size));
  return failure.error === "IndexError" ? new IndexError(message) : new RuntimeError(message);
}
