import type { IntegerTarget } from "./fill-integers.ts";
import type { Generator } from "./generator.ts";

/** Fills `out` with ones of probability `probability` and zeros, as `bernoulli_(p)` does. */
export function fillBernoulli(out: IntegerTarget, probability: number, generator: Generator): void {
  for (let index = 0; index < out.length; index++) {
    setBit(out, index, generator.uniformFloat64() < probability);
  }
}

/** The same with a probability for every element, drawn in the precision of the probabilities. */
export function fillBernoulliEach(
  out: IntegerTarget,
  probabilities: Float32Array | Float64Array,
  generator: Generator,
): void {
  const draw =
    probabilities instanceof Float64Array
      ? () => generator.uniformFloat64()
      : () => generator.uniformFloat32();
  for (let index = 0; index < out.length; index++) {
    setBit(out, index, draw() < (probabilities[index] ?? 0));
  }
}

function setBit(out: IntegerTarget, index: number, bit: boolean): void {
  if (out instanceof BigInt64Array) out[index] = bit ? 1n : 0n;
  else out[index] = bit ? 1 : 0;
}
