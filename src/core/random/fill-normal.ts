import { logFloat32, sinCosFloat32 } from "./float32-transcendentals.ts";
import { fusedMultiplyAdd } from "./fused-multiply-add.ts";
import type { Generator } from "./generator.ts";

const blockLength = 16;
const { fround } = Math;

/**
 * Fills contiguous memory with normally distributed numbers.
 *
 * PyTorch has two algorithms with different sequences: from 16 elements on it fills the whole memory
 * with uniform numbers and transforms blocks of 16 in place (redrawing the last 16 when the length is
 * not a multiple), below that it draws pairs and keeps the second of a pair for the next call.
 */
export function fillNormal(
  out: Float32Array | Float64Array,
  mean: number,
  std: number,
  generator: Generator,
): void {
  if (out.length < blockLength) fillNormalOneByOne(out, mean, std, generator);
  else fillNormalInBlocks(out, mean, std, generator);
}

/** The scalar algorithm, which PyTorch also uses for memory of any length that is not contiguous. */
export function fillNormalOneByOne(
  out: Float32Array | Float64Array,
  mean: number,
  std: number,
  generator: Generator,
): void {
  for (let index = 0; index < out.length; index++) {
    out[index] = fusedMultiplyAdd(nextNormal(generator), std, mean);
  }
}

/** One standard normal number in float64 (George E. P. Box and Mervin E. Muller, 1958). */
function nextNormal(generator: Generator): number {
  const cached = generator.nextNormal;
  if (cached !== null) {
    generator.nextNormal = null;
    return cached;
  }
  const angle = 2 * Math.PI * generator.uniformFloat64();
  const radius = Math.sqrt(-2 * Math.log1p(-generator.uniformFloat64()));
  generator.nextNormal = radius * Math.sin(angle);
  return radius * Math.cos(angle);
}

function fillNormalInBlocks(
  out: Float32Array | Float64Array,
  mean: number,
  std: number,
  generator: Generator,
): void {
  const isFloat64 = out instanceof Float64Array;
  const transform = isFloat64 ? transformPairFloat64 : transformPairFloat32;
  const draw = isFloat64 ? () => generator.uniformFloat64() : () => generator.uniformFloat32();
  const center = isFloat64 ? mean : fround(mean);
  const spread = isFloat64 ? std : fround(std);
  for (let index = 0; index < out.length; index++) out[index] = draw();
  for (let start = 0; start + blockLength <= out.length; start += blockLength) {
    transformBlock(out, start, center, spread, transform);
  }
  if (out.length % blockLength === 0) return;
  const last = out.length - blockLength;
  for (let index = last; index < out.length; index++) out[index] = draw();
  transformBlock(out, last, center, spread, transform);
}

type TransformPair = (first: number, second: number) => readonly [number, number];

function transformBlock(
  out: Float32Array | Float64Array,
  start: number,
  mean: number,
  std: number,
  transform: TransformPair,
): void {
  const half = blockLength / 2;
  for (let offset = start; offset < start + half; offset++) {
    const [first, second] = transform(out[offset] ?? 0, out[offset + half] ?? 0);
    // The store rounds to the precision of the array.
    out[offset] = fusedMultiplyAdd(first, std, mean);
    out[offset + half] = fusedMultiplyAdd(second, std, mean);
  }
}

function transformPairFloat64(first: number, second: number): readonly [number, number] {
  const radius = Math.sqrt(-2 * Math.log(1 - first));
  const angle = 2 * Math.PI * second;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

const twoPi = fround(2 * Math.PI);

function transformPairFloat32(first: number, second: number): readonly [number, number] {
  const radius = fround(Math.sqrt(fround(-2 * logFloat32(fround(1 - first)))));
  const { sin, cos } = sinCosFloat32(fround(twoPi * second));
  return [fround(radius * cos), fround(radius * sin)];
}
