/** What generated kernels call. */
import { boundsError } from "../bounds-error.ts";
import type { BoundsFailure } from "../expression.ts";
import * as functions from "./special-functions.ts";

function checkIndex(index: number, size: number, wraps: boolean, failure: BoundsFailure): number {
  if (index >= 0 && index < size) return index;
  if (wraps && index < 0 && index >= -size) return index + size;
  throw boundsError(failure, index, size);
}

export const support = Object.freeze({ ...functions, checkIndex });
