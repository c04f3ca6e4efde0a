/**
 * erf of float32: at most 1 ulp off.
 *
 * N. Juffa, "Error function erff() with 1 ulp" (2018): an odd polynomial near 0, and 1 - exp(polynomial) beyond, where a
 * quotient of polynomials would lose bits to rounding.
 */
import { at } from "../../../core/shape.ts";
import type { ProgramBuilder, Value } from "../program.ts";
import { expOfModerate32 } from "./exponential.ts";

const nearZero = [
  -5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1,
];
/** Of (log(1 - erf t) + t)/t. */
const beyond = [
  -1.7285347e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1, -6.34846687e-1,
  -1.28717512e-1,
];
const border = 0.927734375;
/** From here on the result is 1. */
const limit = 4;

export function erf32(b: ProgramBuilder, x: Value): Value {
  const input = at(x.parts, 0);
  const square = b.plain("f32x4.mul", input, input);
  const near = b.multiplyAdd("f32", b.polynomial("f32", square, nearZero), input, input);
  const t = b.plain("f32x4.pmin", b.plain("f32x4.abs", input), b.f32(limit));
  const exponent = b.multiplyAdd("f32", b.polynomial("f32", t, beyond), t, b.plain("f32x4.neg", t));
  const far = b.plain("f32x4.sub", b.f32(1), expOfModerate32(b, exponent));
  const signed = b.plain("v128.bitselect", input, far, b.f32(-0));
  const isFar = b.plain("f32x4.gt", t, b.f32(border));
  return { kind: "f32", parts: [b.plain("v128.bitselect", signed, near, isFar)] };
}
