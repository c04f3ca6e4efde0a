import type { Generator } from "./generator.ts";
import type { IntegerTarget } from "./fill-integers.ts";
import { randomKernelsFor } from "./kernels/random-kernels.ts";
import { wordsInChunks } from "./words-in-chunks.ts";

/**
 * Fills `out` with a random permutation of 0 … length - 1: the shuffle of Ronald Fisher and Frank
 * Yates from the front, one 32-bit draw for every element but the last.
 *
 * PyTorch switches to another algorithm from 214,748,364 elements on, which is past what a typed
 * array of int64 can sensibly hold here.
 */
export function fillPermutation(out: IntegerTarget, generator: Generator): void {
  if (out instanceof BigInt64Array && randomKernelsFor(out) !== null) {
    fillInt64(out, generator);
    return;
  }
  const order = Uint32Array.from({ length: out.length }, (_, index) => index);
  wordsInChunks(generator, 1, Math.max(out.length - 1, 0), (words, first) =>
    shuffle(order.subarray(first), words),
  );
  if (out instanceof BigInt64Array) order.forEach((value, index) => (out[index] = BigInt(value)));
  else out.set(order);
}

function fillInt64(out: BigInt64Array, generator: Generator): void {
  randomKernelsFor(out)?.count(out.byteOffset, out.length);
  wordsInChunks(generator, 1, Math.max(out.length - 1, 0), (words, first) => {
    const kernels = randomKernelsFor(words);
    const rest = out.subarray(first);
    if (kernels === null) shuffle(rest, words);
    else kernels.shuffle(words, rest.byteOffset, rest.length);
  });
}

/** Exchanges the element at each place with a later one, or itself, as the words say. */
function shuffle(rest: Uint32Array | BigInt64Array, words: Uint32Array): void {
  for (let place = 0; place < words.length; place++) {
    // Both unsigned words: the engine divides in integers.
    const other = place + ((words[place] ?? 0) % ((rest.length - place) >>> 0));
    const moved = rest[place] ?? 0;
    rest[place] = rest[other] ?? 0;
    rest[other] = moved;
  }
}
