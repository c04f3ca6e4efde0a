import { fusedMultiplyAdd } from "./fused-multiply-add.ts";
import type { Generator } from "./generator.ts";

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
  for (let index = 0; index < out.length; index++) {
    const value = fusedMultiplyAdd(generator.uniformFloat64(), to - from, from);
    out[index] = value === to ? from : value;
  }
}

function fillUniformFloat32(
  out: Float32Array,
  from: number,
  to: number,
  generator: Generator,
): void {
  const from32 = Math.fround(from);
  const to32 = Math.fround(to);
  const width = Math.fround(to32 - from32);
  for (let index = 0; index < out.length; index++) {
    // One rounding, as if fused: the product of two float32 numbers is exact in a float64.
    const value = Math.fround(generator.uniformFloat32() * width + from32);
    // Rounding may reach the excluded upper bound.
    out[index] = value === to32 ? from32 : value;
  }
}
