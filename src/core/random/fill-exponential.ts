import type { Generator } from "./generator.ts";
import { uniformOfWords } from "./uniform-of-words.ts";
import { wordsInChunks } from "./words-in-chunks.ts";

/** Fills `out` with exponentially distributed numbers of rate `lambda`, drawn in float64. */
export function fillExponential(
  out: Float32Array | Float64Array,
  lambda: number,
  generator: Generator,
): void {
  wordsInChunks(generator, 2, out.length, (words, first, elements) => {
    for (let index = 0; index < elements; index++) {
      const drawn = uniformOfWords(words[2 * index] ?? 0, words[2 * index + 1] ?? 0);
      out[first + index] = (-1 / lambda) * Math.log1p(-drawn);
    }
  });
}
