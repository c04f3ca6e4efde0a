import { fusedMultiplyAdd } from "./fused-multiply-add.ts";
import type { Generator } from "./generator.ts";
import { randomKernelsFor } from "./kernels/random-kernels.ts";
import { uniformOfWord, uniformOfWords } from "./uniform-of-words.ts";
import { wordsInChunks } from "./words-in-chunks.ts";

/** Fills `out` with numbers uniform in [from, to), in the arithmetic of its own precision. */
export function fillUniform(
  out: Float32Array | Float64Array,
  from: number,
  to: number,
  generator: Generator,
): void {
  if (out instanceof Float64Array) fillUniformFloat64(out, from, to, generator);
  else fillUniformFloat32(out, from, to, generator);
}

function fillUniformFloat64(
  out: Float64Array,
  from: number,
  to: number,
  generator: Generator,
): void {
  const isUnit = from === 0 && to === 1;
  wordsInChunks(generator, 2, out.length, (words, first, elements) => {
    for (let index = 0; index < elements; index++) {
      const drawn = uniformOfWords(words[2 * index] ?? 0, words[2 * index + 1] ?? 0);
      const value = isUnit ? drawn : fusedMultiplyAdd(drawn, to - from, from);
      out[first + index] = value === to ? from : value;
    }
  });
}

function fillUniformFloat32(
  out: Float32Array,
  from: number,
  to: number,
  generator: Generator,
): void {
  drawUnitFloat32(out, generator);
  if (from === 0 && to === 1) return;
  const from32 = Math.fround(from);
  const to32 = Math.fround(to);
  const width = Math.fround(to32 - from32);
  for (let index = 0; index < out.length; index++) {
    // One rounding, as if fused: the product of two float32 numbers is exact in a float64.
    const value = Math.fround((out[index] ?? 0) * width + from32);
    // Rounding may reach the excluded upper bound.
    out[index] = value === to32 ? from32 : value;
  }
}

/** Fills with numbers in [0, 1) of 24 bits. */
export function drawUnitFloat32(out: Float32Array, generator: Generator): void {
  // A float takes one word, so they can be drawn where the floats are to be.
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
  generator.fillWords(words);
  const whole = out.length & ~3;
  const kernels = whole === 0 ? null : randomKernelsFor(out);
  kernels?.uniform(out.byteOffset, out.byteOffset + whole * out.BYTES_PER_ELEMENT);
  for (let index = kernels === null ? 0 : whole; index < out.length; index++)
    out[index] = uniformOfWord(words[index] ?? 0);
}
