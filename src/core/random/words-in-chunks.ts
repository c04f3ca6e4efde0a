import type { Generator } from "./generator.ts";
import { chunkWords, randomKernels } from "./kernels/random-kernels.ts";

/** Fewer words than this are drawn one by one anyway. */
const fewestWords = 256;

/**
 * Draws the random words of `count` elements and hands them out some elements at a time: `visit` gets the words, the
 * number of the first element and how many there are. It must not draw itself.
 */
export function wordsInChunks(
  generator: Generator,
  wordsPerElement: 1 | 2,
  count: number,
  visit: (words: Uint32Array, first: number, elements: number) => void,
): void {
  const total = count * wordsPerElement;
  const capacity = Math.min(chunkWords, total);
  const kernels = total < fewestWords ? null : randomKernels();
  const chunk = kernels?.chunk().subarray(0, capacity) ?? new Uint32Array(capacity);
  for (let drawn = 0; drawn < total; drawn += capacity) {
    const words = drawn + capacity <= total ? chunk : chunk.subarray(0, total - drawn);
    generator.fillWords(words);
    visit(words, drawn / wordsPerElement, words.length / wordsPerElement);
  }
}
