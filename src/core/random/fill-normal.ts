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
): void {
  if (out instanceof Float64Array) {
    fillBlocks(
      out,
      (from, to) => drawFloat64(out, from, to, generator),
      (start) => transformFloat64(out, start, mean, std),
    );
  } else {
    const center = fround(mean);
    const spread = fround(std);
    fillBlocks(
      out,
      (from, to) => drawFloat32(out, from, to, generator),
      (start) => transformFloat32(out, start, center, spread),
    );
  }
}

type Fill = (from: number, to: number) => void;

function fillBlocks(
  out: Float32Array | Float64Array,
  draw: Fill,
  transform: (start: number) => void,
): void {
  draw(0, out.length);
  for (let start = 0; start + blockLength <= out.length; start += blockLength) transform(start);
  if (out.length % blockLength === 0) return;
  const last = out.length - blockLength;
  draw(last, out.length);
  transform(last);
}

function drawFloat32(out: Float32Array, from: number, to: number, generator: Generator): void {
  for (let index = from; index < to; index++) out[index] = generator.uniformFloat32();
}

function drawFloat64(out: Float64Array, from: number, to: number, generator: Generator): void {
  for (let index = from; index < to; index++) out[index] = generator.uniformFloat64();
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
