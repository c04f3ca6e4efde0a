/**
 * erf of float32: at most 1.1 ulp off; and 1 + erf: at most 4e-7; ndtr: at most 2e-7.
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

/** Of erf(x)/x in x²: 2e-8 off at most up to `oneFrom`, with a factor common to both that suits their rounding. */
const numerator = [2.2919783e-6, 3.23803455e-4, 4.3567992e-3, 5.976768e-2, 0.2171244, 1.2710567];
const denominator = [4.288269e-5, 1.3381649e-3, 1.7089456e-2, 0.12963061, 0.5679014, 1.1264446];
/** From here on erf is 1 to within 3e-8. */
const oneFrom = 3.92;

/** (1 + erf(x·scale))·half: beside 1 the last bits of erf are lost, so a quotient of polynomials is good enough. */
function quotientForm(b: ProgramBuilder, x: Register, scale: number, half: number): Register {
  const below = b.plain("f32x4.pmin", x, b.f32(oneFrom / scale));
  const input = b.plain("f32x4.pmax", below, b.f32(-oneFrom / scale));
  const square = b.plain("f32x4.mul", input, input);
  const inSquare = (coefficients: readonly number[], factor: number): Register => {
    const last = coefficients.length - 1;
    const scaled = coefficients.map((each, index) => each * factor * scale ** (2 * (last - index)));
    return b.pairedPolynomial("f32", square, scaled);
  };
  const top = inSquare(numerator, half * scale);
  const slope = b.plain("f32x4.div", top, inSquare(denominator, 1));
  return b.multiplyAdd("f32", input, slope, b.f32(half));
}

/** 1 + erf(x) */
export function onePlusErf32(b: ProgramBuilder, x: Value): Value {
  return { kind: "f32", parts: [quotientForm(b, at(x.parts, 0), 1, 1)] };
}

/** (1 + erf(x/√2))/2, as in a gelu. */
export function ndtr32(b: ProgramBuilder, x: Value): Value {
  return { kind: "f32", parts: [quotientForm(b, at(x.parts, 0), Math.SQRT1_2, 0.5)] };
}
