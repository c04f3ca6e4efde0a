import type { Generator } from "./generator.ts";
import type { IntegerTarget } from "./fill-integers.ts";

/**
 * Fills `out` with a random permutation of 0 … length - 1: the shuffle of Ronald Fisher and Frank
 * Yates from the front, one 32-bit draw for every element but the last.
 *
 * PyTorch switches to another algorithm from 214,748,364 elements on, which is past what a typed
 * array of int64 can sensibly hold here.
 */
export function fillPermutation(out: IntegerTarget, generator: Generator): void {
  const order = Float64Array.from({ length: out.length }, (_, index) => index);
  for (let index = 0; index < order.length - 1; index++) {
    const other = index + (generator.random() % (order.length - index));
    const moved = order[index] ?? 0;
    order[index] = order[other] ?? 0;
    order[other] = moved;
  }
  order.forEach((value, index) => {
    if (out instanceof BigInt64Array) out[index] = BigInt(value);
    else out[index] = value;
  });
}
