/**
 * erf, 1 + erf and ndtr of float32.
 *
 * N. Juffa, "Error function erff() with 1 ulp" (2018): an odd polynomial near 0, and 1 - exp(polynomial) beyond, where a
 * quotient of polynomials would lose bits to rounding.
 */
import { at } from "../../../core/shape.ts";
import type { ProgramBuilder, Register, Value } from "../program.ts";
import { expOfModerate32 } from "./exponential.ts";
import { magnitudeOf, negated, signed } from "./sign.ts";

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
  const t = b.plain("f32x4.pmin", magnitudeOf(b, "f32", input), b.f32(limit));
  const exponent = b.multiplyAdd("f32", b.polynomial("f32", t, beyond), t, negated(b, "f32", t));
  const far = b.plain("f32x4.sub", b.f32(1), expOfModerate32(b, exponent));
  const isFar = b.plain("f32x4.gt", t, b.f32(border));
  return { kind: "f32", parts: [b.choose("i32x4", signed(b, "f32", far, input), near, isFar)] };
}

/**
 * Of (ndtr(x) - ½)/x in x²: 2e-8 of ndtr off at most up to `end`. The factor common to both and the last bits were found by
 * search, for the roundings that follow to be smallest.
 */
const numerator = [
  2.51408689e-8, 7.10362656e-6, 1.91159765e-4, 5.24475565e-3, 3.81063521e-2, 0.446152985,
];
const denominator = [
  1.33044034e-6, 8.30335412e-5, 2.12081219e-3, 3.21744643e-2, 0.281907558, 1.11833978,
];
/** Beyond, ndtr is 0 and 1 to within 3e-8. */
const end = 5.45;

/**
 * (½ + (ndtr(x·scale) - ½))·range: beside the constant the last bits of the function are lost, so a quotient of polynomials
 * is good enough. In float64 it would be half an ulp off, and a fused gelu and sigmoid take 1.3 times as long.
 */
function quotientForm(b: ProgramBuilder, x: Register, scale: number, range: number): Register {
  const square = b.plain("f32x4.pmin", b.plain("f32x4.mul", x, x), b.f32((end / scale) ** 2));
  const inSquare = (coefficients: readonly number[], factor: number): Register => {
    const last = coefficients.length - 1;
    const scaled = coefficients.map((each, index) => each * factor * scale ** (2 * (last - index)));
    return b.polynomial("f32", square, scaled);
  };
  const top = inSquare(numerator, range * scale);
  const slope = b.plain("f32x4.div", top, inSquare(denominator, 1));
  const value = b.multiplyAdd("f32", x, slope, b.f32(range / 2));
  // Beyond `end` the slope stays what it is, and the value leaves the range.
  return b.plain("f32x4.pmin", b.plain("f32x4.pmax", value, b.f32(0)), b.f32(range));
}

/** 1 + erf(x) */
export function onePlusErf32(b: ProgramBuilder, x: Value): Value {
  return { kind: "f32", parts: [quotientForm(b, at(x.parts, 0), Math.SQRT2, 2)] };
}

/** (1 + erf(x/√2))/2, as in a gelu. */
export function ndtr32(b: ProgramBuilder, x: Value): Value {
  return { kind: "f32", parts: [quotientForm(b, at(x.parts, 0), 1, 1)] };
}
