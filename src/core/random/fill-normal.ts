import { logFloat32, sinCosFloat32 } from "./float32-transcendentals.ts";
import { fusedMultiplyAdd } from "./fused-multiply-add.ts";
import { drawUnitFloat32, fillUniform } from "./fill-uniform.ts";
import type { Generator } from "./generator.ts";
import { randomKernelsFor } from "./kernels/random-kernels.ts";

const blockLength = 16;
const { fround } = Math;

/**
 * Fills contiguous memory with normally distributed numbers.
 *
 * PyTorch has two algorithms with different sequences: from 16 elements on it fills the whole memory
 * with uniform numbers and transforms blocks of 16 in place (redrawing the last 16 when the length is
 * not a multiple; `drawsAll` says whether those beyond the last whole block were drawn before, which they are not
 * for floats of 16 bits), below that it draws pairs and keeps the second of a pair for the next call.
 */
export function fillNormal(
  out: Float32Array | Float64Array,
  mean: number,
  std: number,
  generator: Generator,
  drawsAll = true,
): void {
  if (out.length < blockLength) fillNormalOneByOne(out, mean, std, generator);
  else fillNormalInBlocks(out, mean, std, generator, drawsAll);
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
  const kept = generator.takeNormal();
  if (kept !== null) return kept;
  const angle = 2 * Math.PI * generator.uniformFloat64();
  const radius = Math.sqrt(-2 * Math.log1p(-generator.uniformFloat64()));
  generator.keepNormal(radius * Math.sin(angle));
  return radius * Math.cos(angle);
}

function fillNormalInBlocks(
  out: Float32Array | Float64Array,
  mean: number,
  std: number,
  generator: Generator,
  drawsAll: boolean,
): void {
  const whole = out.length - (out.length % blockLength);
  fillBlocks(drawsAll ? out : out.subarray(0, whole), mean, std, generator);
  if (out.length === whole) return;
  fillBlocks(out.subarray(out.length - blockLength), mean, std, generator);
}

/** Draws all of `out` uniformly, then transforms the whole blocks of it. */
function fillBlocks(
  out: Float32Array | Float64Array,
  mean: number,
  std: number,
  generator: Generator,
): void {
  const blocks = Math.floor(out.length / blockLength);
  if (out instanceof Float64Array) {
    fillUniform(out, 0, 1, generator);
    for (let block = 0; block < blocks; block++)
      transformFloat64(out, block * blockLength, mean, std);
    return;
  }
  drawUnitFloat32(out, generator);
  const kernels = randomKernelsFor(out);
  if (kernels !== null) {
    kernels.normal(out.byteOffset, blocks, mean, std);
    return;
  }
  for (let block = 0; block < blocks; block++)
    transformFloat32(out, block * blockLength, fround(mean), fround(std));
}

function transformFloat64(out: Float64Array, start: number, mean: number, std: number): void {
  for (let first = start; first < start + half; first++) {
    const radius = Math.sqrt(-2 * Math.log(1 - (out[first] ?? 0)));
    const angle = 2 * Math.PI * (out[first + half] ?? 0);
    out[first] = fusedMultiplyAdd(radius * Math.cos(angle), std, mean);
    out[first + half] = fusedMultiplyAdd(radius * Math.sin(angle), std, mean);
  }
}

const half = blockLength / 2;
const twoPi = fround(2 * Math.PI);

function transformFloat32(out: Float32Array, start: number, mean: number, std: number): void {
  for (let first = start; first < start + half; first++) {
    const radius = fround(Math.sqrt(fround(-2 * logFloat32(fround(1 - (out[first] ?? 0))))));
    const { sin, cos } = sinCosFloat32(fround(twoPi * (out[first + half] ?? 0)));
    // The store rounds once, as if fused: products of float32 numbers are exact in float64.
    out[first] = fround(radius * cos) * std + mean;
    out[first + half] = fround(radius * sin) * std + mean;
  }
}
