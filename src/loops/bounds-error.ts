/** The error for an index outside its dimension, as its check describes it. */
import { IndexError, RuntimeError } from "../base/errors.ts";
import type { BoundsFailure } from "./expression.ts";

export function boundsError(failure: BoundsFailure, index: number, size: number): Error {
  const message = failure.message.replace("{index}", String(index)).replace("{size}", String(size));
  return failure.error === "IndexError" ? new IndexError(message) : new RuntimeError(message);
}
