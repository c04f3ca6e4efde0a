/** What generated kernels call. */
import { IndexError, RuntimeError } from "../../base/errors.ts";
import type { BoundsFailure } from "../expression.ts";
import * as functions from "./special-functions.ts";

function checkIndex(index: number, size: number, wraps: boolean, failure: BoundsFailure): number {
  if (index >= 0 && index < size) return index;
  if (wraps && index < 0 && index >= -size) return index + size;
  const message = failure.message.replace("{index}", String(index)).replace("{size}", String(size));
  throw failure.error === "IndexError" ? new IndexError(message) : new RuntimeError(message);
}

export const support = Object.freeze({ ...functions, checkIndex });
