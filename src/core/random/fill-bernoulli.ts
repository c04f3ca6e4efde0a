import type { IntegerTarget } from "./fill-integers.ts";
import type { Generator } from "./generator.ts";
import { uniformOfWord, uniformOfWords } from "./uniform-of-words.ts";
import { wordsInChunks } from "./words-in-chunks.ts";

/** Fills `out` with ones of probability `probability` and zeros, as `bernoulli_(p)` does. */
export function fillBernoulli(out: IntegerTarget, probability: number, generator: Generator): void {
  const bits = bitsOf(out);
  wordsInChunks(generator, 2, out.length, (words, first, elements) => {
    for (let index = 0; index < elements; index++) {
      const drawn = uniformOfWords(words[2 * index] ?? 0, words[2 * index + 1] ?? 0);
      bits[first + index] = drawn < probability ? 1 : 0;
    }
  });
  finishBits(out, bits);
}

/** The same with a probability for every element, drawn in the precision of the probabilities. */
export function fillBernoulliEach(
  out: IntegerTarget,
  probabilities: Float32Array | Float64Array,
  generator: Generator,
): void {
  const bits = bitsOf(out);
  const isSingle = probabilities instanceof Float32Array;
  wordsInChunks(generator, isSingle ? 1 : 2, out.length, (words, first, elements) => {
    for (let index = 0; index < elements; index++) {
      const drawn = isSingle
        ? uniformOfWord(words[index] ?? 0)
        : uniformOfWords(words[2 * index] ?? 0, words[2 * index + 1] ?? 0);
      bits[first + index] = drawn < (probabilities[first + index] ?? 0) ? 1 : 0;
    }
  });
  finishBits(out, bits);
}

type Bits = Exclude<IntegerTarget, BigInt64Array>;

/** Where numbers can be written: bigints are slow, so their turn comes at the end. */
function bitsOf(out: IntegerTarget): Bits {
  return out instanceof BigInt64Array ? new Uint8Array(out.length) : out;
}

function finishBits(out: IntegerTarget, bits: Bits): void {
  if (!(out instanceof BigInt64Array)) return;
  for (let index = 0; index < out.length; index++) out[index] = bits[index] === 1 ? 1n : 0n;
}
