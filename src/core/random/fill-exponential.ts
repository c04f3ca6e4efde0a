import type { Generator } from "./generator.ts";

/** Fills `out` with exponentially distributed numbers of rate `lambda`, drawn in float64. */
export function fillExponential(
  out: Float32Array | Float64Array,
  lambda: number,
  generator: Generator,
): void {
  for (let index = 0; index < out.length; index++) {
    out[index] = (-1 / lambda) * Math.log1p(-generator.uniformFloat64());
  }
}
