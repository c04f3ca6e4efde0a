import { RuntimeError } from "../../base/errors.ts";
import type { Generator } from "./generator.ts";
import { uniformOfWords } from "./uniform-of-words.ts";
import { wordsInChunks } from "./words-in-chunks.ts";

/**
 * Draws `out.length` categories, each with the probability of its weight, by searching a uniform
 * number in the cumulative weights: `torch.multinomial` with replacement, for one distribution.
 */
export function sampleWithReplacement(
  out: BigInt64Array,
  weights: Float32Array | Float64Array,
  generator: Generator,
): void {
  const cumulative = cumulativeDistribution(weights);
  wordsInChunks(generator, 2, out.length, (words, first, elements) => {
    for (let index = 0; index < elements; index++) {
      const drawn = uniformOfWords(words[2 * index] ?? 0, words[2 * index + 1] ?? 0);
      out[first + index] = BigInt(firstAtLeast(cumulative, drawn));
    }
  });
}

function cumulativeDistribution(weights: Float32Array | Float64Array): Float32Array | Float64Array {
  const cumulative = weights.slice();
  let sum = 0;
  weights.forEach((weight, index) => {
    checkWeight(weight);
    cumulative[index] = sum + weight;
    sum = cumulative[index] ?? 0; // read back: summed in the precision of the weights
  });
  if (!(sum > 0))
    throw new RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)");
  cumulative.forEach((value, index) => (cumulative[index] = value / sum));
  cumulative[cumulative.length - 1] = 1;
  return cumulative;
}

function checkWeight(weight: number): void {
  if (!(weight >= 0)) {
    throw new RuntimeError("invalid multinomial distribution (encountering probability entry < 0)");
  }
  if (!Number.isFinite(weight)) {
    throw new RuntimeError(
      "invalid multinomial distribution (encountering probability entry = infinity or NaN)",
    );
  }
}

function firstAtLeast(sorted: Float32Array | Float64Array, target: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if ((sorted[middle] ?? 0) < target) low = middle + 1;
    else high = middle;
  }
  return low;
}
