/** What generated kernels call. */
import { bfloat16Words, float16Words } from "../../core/word-format.ts";
import { boundsError } from "../bounds-error.ts";
import type { BoundsFailure } from "../expression.ts";
import * as functions from "./special-functions.ts";

function checkIndex(index: number, size: number, wraps: boolean, failure: BoundsFailure): number {
  if (index >= 0 && index < size) return index;
  if (wraps && index < 0 && index >= -size) return index + size;
  throw boundsError(failure, index, size);
}

const { decode: fromFloat16, encode: toFloat16 } = float16Words;
const { decode: fromBFloat16, encode: toBFloat16 } = bfloat16Words;

export const support = Object.freeze({
  ...functions,
  checkIndex,
  fromFloat16,
  toFloat16,
  roundToFloat16: (x: number) => fromFloat16(toFloat16(x)),
  fromBFloat16,
  toBFloat16,
  roundToBFloat16: (x: number) => fromBFloat16(toBFloat16(x)),
});
