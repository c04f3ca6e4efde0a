/** Hyperbolic functions and their inverses, from exp, expm1, log and log1p. float64: at most 3 ulp off; float32: 1. */
import { at } from "../../../core/shape.ts";
import type { ProgramBuilder, Register, Value } from "../program.ts";
import { exp64, expm1of64, onePlusExp32 } from "./exponential.ts";
import { log1pOf64, log64 } from "./logarithm.ts";
import { magnitudeOf, signed } from "./sign.ts";

function withSignOf(b: ProgramBuilder, magnitude: Value, x: Value): Value {
  return b.parts("f64", (part) =>
    b.plain("v128.bitselect", at(x.parts, part), at(magnitude.parts, part), b.f64(-0)),
  );
}

const absolute = (b: ProgramBuilder, x: Value): Value => b.each("f64", "f64x2.abs", x);

/** exp(|x|)/2 where exp(|x|) itself may overflow: in two factors. */
function halfOfLargeExp(b: ProgramBuilder, magnitude: Value): Value {
  const root = exp64(b, b.each("f64", "f64x2.mul", magnitude, b.constant("f64", 0.5)));
  const half = b.each("f64", "f64x2.mul", root, b.constant("f64", 0.5));
  return b.each("f64", "f64x2.mul", half, root);
}

function chooseLarge(b: ProgramBuilder, magnitude: Value, ordinary: Value, large: Value): Value {
  return b.parts("f64", (part) =>
    b.plain(
      "v128.bitselect",
      at(large.parts, part),
      at(ordinary.parts, part),
      b.plain("f64x2.gt", at(magnitude.parts, part), b.f64(700)),
    ),
  );
}

export function sinh64(b: ProgramBuilder, x: Value): Value {
  const magnitude = absolute(b, x);
  const t = expm1of64(b, magnitude);
  const ordinary = b.parts("f64", (part) => {
    const value = at(t.parts, part);
    const quotient = b.plain("f64x2.div", value, b.plain("f64x2.add", value, b.f64(1)));
    return b.plain("f64x2.mul", b.plain("f64x2.add", value, quotient), b.f64(0.5));
  });
  const result = chooseLarge(b, magnitude, ordinary, halfOfLargeExp(b, magnitude));
  return withSignOf(b, result, x);
}

export function cosh64(b: ProgramBuilder, x: Value): Value {
  const magnitude = absolute(b, x);
  const t = exp64(b, magnitude);
  const ordinary = b.parts("f64", (part) => {
    const value = at(t.parts, part);
    const inverse = b.plain("f64x2.div", b.f64(0.5), value);
    return b.multiplyAdd("f64", value, b.f64(0.5), inverse);
  });
  return chooseLarge(b, magnitude, ordinary, halfOfLargeExp(b, magnitude));
}

/** -t/(t + 2) with t = exp(-2|x|) - 1. */
export function tanh64(b: ProgramBuilder, x: Value): Value {
  const doubled = b.each("f64", "f64x2.mul", absolute(b, x), b.constant("f64", -2));
  const t = expm1of64(b, doubled);
  const result = b.parts("f64", (part) => {
    const value = at(t.parts, part);
    return b.plain("f64x2.div", b.plain("f64x2.neg", value), b.plain("f64x2.add", value, b.f64(2)));
  });
  return withSignOf(b, result, x);
}

/** S. L. Moshier, Cephes (1992), tanhf: for |x| < 0.625. */
const tanhCoefficients32 = [
  -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1,
];

export function tanh32(b: ProgramBuilder, x: Value): Value {
  const input = at(x.parts, 0);
  const magnitude = magnitudeOf(b, "f32", input);
  const doubled = b.plain("f32x4.add", magnitude, magnitude);
  const onePlusExp = at(onePlusExp32(b, { kind: "f32", parts: [doubled] }).parts, 0);
  const quotient = b.plain("f32x4.div", b.f32(2), onePlusExp);
  const large = b.plain("f32x4.sub", b.f32(1), quotient);
  const square = b.plain("f32x4.mul", input, input);
  const series = b.plain("f32x4.mul", b.polynomial("f32", square, tanhCoefficients32), square);
  const small = b.multiplyAdd("f32", series, magnitude, magnitude);
  const isSmall = b.plain("f32x4.lt", magnitude, b.f32(0.625));
  const result = b.choose("i32x4", small, large, isSmall);
  return { kind: "f32", parts: [signed(b, "f32", result, input)] };
}

/** 1 + tanh(x), as in the approximation of a gelu, is 2/(1 + exp(-2x)): within 2 ulp. */
export function onePlusTanh32(b: ProgramBuilder, x: Value): Value {
  const exponent = b.plain("f32x4.mul", at(x.parts, 0), b.f32(-2));
  const onePlusExp = at(onePlusExp32(b, { kind: "f32", parts: [exponent] }).parts, 0);
  return { kind: "f32", parts: [b.plain("f32x4.div", b.f32(2), onePlusExp)] };
}

/** log1p(|x| + x²/(1 + √(x² + 1))); for large |x|, log |x| + ln 2. */
export function asinh64(b: ProgramBuilder, x: Value): Value {
  const magnitude = absolute(b, x);
  const isLarge = (part: number): Register =>
    b.plain("f64x2.gt", at(magnitude.parts, part), b.f64(2 ** 28));
  const argument = b.parts("f64", (part) => {
    const value = at(magnitude.parts, part);
    const square = b.plain("f64x2.mul", value, value);
    const root = b.plain("f64x2.sqrt", b.plain("f64x2.add", square, b.f64(1)));
    const rest = b.plain("f64x2.div", square, b.plain("f64x2.add", root, b.f64(1)));
    return b.plain("f64x2.add", value, rest);
  });
  const ordinary = log1pOf64(b, argument);
  const logarithm = log64(b, magnitude);
  const result = b.parts("f64", (part) => {
    const large = b.plain("f64x2.add", at(logarithm.parts, part), b.f64(Math.LN2));
    return b.plain("v128.bitselect", large, at(ordinary.parts, part), isLarge(part));
  });
  return withSignOf(b, result, x);
}

/** log1p(t + √(2t + t²)) with t = x - 1; for large x, log x + ln 2. */
export function acosh64(b: ProgramBuilder, x: Value): Value {
  const argument = b.parts("f64", (part) => {
    const t = b.plain("f64x2.sub", at(x.parts, part), b.f64(1));
    const twice = b.plain("f64x2.add", t, t);
    const root = b.plain("f64x2.sqrt", b.multiplyAdd("f64", t, t, twice));
    return b.plain("f64x2.add", t, root);
  });
  const ordinary = log1pOf64(b, argument);
  const logarithm = log64(b, x);
  return b.parts("f64", (part) => {
    const input = at(x.parts, part);
    const large = b.plain("f64x2.add", at(logarithm.parts, part), b.f64(Math.LN2));
    const isLarge = b.plain("f64x2.gt", input, b.f64(2 ** 28));
    const result = b.plain("v128.bitselect", large, at(ordinary.parts, part), isLarge);
    const isBelow = b.plain("f64x2.lt", input, b.f64(1));
    return b.plain("v128.bitselect", b.f64(NaN), result, isBelow);
  });
}

/** ½·log1p(2|x|/(1 - |x|)) */
export function atanh64(b: ProgramBuilder, x: Value): Value {
  const magnitude = absolute(b, x);
  const argument = b.parts("f64", (part) => {
    const value = at(magnitude.parts, part);
    const twice = b.plain("f64x2.add", value, value);
    return b.plain("f64x2.div", twice, b.plain("f64x2.sub", b.f64(1), value));
  });
  const logarithm = log1pOf64(b, argument);
  const result = b.each("f64", "f64x2.mul", logarithm, b.constant("f64", 0.5));
  return withSignOf(b, result, x);
}
