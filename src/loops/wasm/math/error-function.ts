/**
 * erf of float32 as a rational function of x on [-4, 4], where it reaches ±1: at most 2 ulp off.
 */
import { at } from "../../../core/shape.ts";
import type { ProgramBuilder, Value } from "../program.ts";

/** Coefficients of Eigen's `generic_fast_erf_float` (G. Jacob, B. Steiner, 2015). */
const numerator = [
  -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5,
  -7.34990630326855e-4, -2.954599808540254e-3, -1.60960333262415e-2,
];
const denominator = [
  -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3,
  -1.42647390514189e-2,
];

export function erf32(b: ProgramBuilder, x: Value): Value {
  const limited = b.plain("f32x4.pmin", at(x.parts, 0), b.f32(4));
  const value = b.plain("f32x4.pmax", limited, b.f32(-4));
  const square = b.plain("f32x4.mul", value, value);
  const top = b.plain("f32x4.mul", b.polynomial("f32", square, numerator), value);
  return {
    kind: "f32",
    parts: [b.plain("f32x4.div", top, b.polynomial("f32", square, denominator))],
  };
}
