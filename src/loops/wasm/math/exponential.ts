/**
 * exp, exp2 and expm1.
 *
 * x = n·ln 2 + r with |r| ≤ ln 2 / 2; a polynomial gives exp(r), and adding n to the exponent bits scales it.
 * At most 1.2 ulp off; expm1 of float64 at most 2; 1 + exp(x) of float32 at most 1.5.
 */
import { at } from "../../../core/shape.ts";
import { f64x2 } from "../../../wasm/vector-constant.ts";
import type { ProgramBuilder, Register, Value } from "../program.ts";
import { magnitudeOf } from "./sign.ts";

/** Adding it rounds a float32 to an integer, which is then in the low bits. */
const roundingTerm32 = 12582912;
const roundingTerm64 = 6755399441055744;

/** exp rounds to 0 for numbers below: a little less than ln 2^-150 and ln 2^-1075. */
const zeroBelow32 = -103.98;
const zeroBelow64 = -745.14;

/** Of (exp(r) - 1 - r)/r²: 3e-9 of exp(r) off at most. */
const expTail32 = [
  1.38145388579e-3, 8.3687452276e-3, 4.16683908112e-2, 0.166665203978, 0.49999993432,
];

interface Reduced {
  /** A float that has n in its low bits. */
  readonly shifted: Register;
  readonly r: Register;
}

/** ln 2 in two pieces: products of n with the first are exact. */
const ln2High32 = 0.693359375;
const ln2Low32 = -2.1219444e-4;

function reduce32(b: ProgramBuilder, x: Register): Reduced {
  const shifted = b.multiplyAdd("f32", x, b.f32(Math.LOG2E), b.f32(roundingTerm32));
  const n = b.plain("f32x4.sub", shifted, b.f32(roundingTerm32));
  const high = b.negativeMultiplyAdd("f32", n, b.f32(ln2High32), x);
  return { shifted, r: b.negativeMultiplyAdd("f32", n, b.f32(ln2Low32), high) };
}

/** (exp(±r) - 1)/r, the sign being `sign`, times `scale`. */
function slope32(b: ProgramBuilder, r: Register, scale: number, sign: 1 | -1): Register {
  const last = expTail32.length - 1;
  const tail = b.polynomial(
    "f32",
    r,
    expTail32.map((coefficient, index) => scale * coefficient * sign ** (last - index)),
  );
  return b.multiplyAdd("f32", tail, r, b.f32(sign * scale));
}

/** exp(r) */
function polynomial32(b: ProgramBuilder, r: Register): Register {
  return b.multiplyAdd("f32", slope32(b, r, 1, 1), r, b.f32(1));
}

export function exp32(b: ProgramBuilder, x: Value): Value {
  // Beyond, results are ∞ and 0. A NaN passes pmin and pmax as their first argument.
  const below = b.plain("f32x4.pmin", at(x.parts, 0), b.f32(89));
  const clamped = b.plain("f32x4.pmax", below, b.f32(-104));
  const { shifted, r } = reduce32(b, clamped);
  // A product that is rounded to 0 takes processors a hundred cycles; one with 0 does not, and masked scores are many.
  const isZero = b.plain("f32x4.lt", clamped, b.f32(zeroBelow32));
  return { kind: "f32", parts: [scaled32(b, polynomial32(b, r), shifted, isZero)] };
}

/** value·2^n, or 0 where `isZero`; n is in the low bits of `shifted`. */
function scaled32(
  b: ProgramBuilder,
  value: Register,
  shifted: Register,
  isZero: Register,
): Register {
  // 2^n in two factors, so that neither leaves the exponents of normal numbers: half of n, rounded down, and the rest.
  const n = b.shift("i32x4.shl", shifted, 23);
  const half = b.plain("v128.and", b.shift("i32x4.shr_s", n, 1), b.i32(-(2 ** 23)));
  const scaled = b.plain("f32x4.mul", value, b.plain("i32x4.add", half, b.f32(1)));
  const rest = b.plain("i32x4.add", b.plain("i32x4.sub", n, half), b.f32(1));
  return b.plain("f32x4.mul", scaled, b.plain("v128.andnot", rest, isZero));
}

/** Of (2^r - 1)/r for |r| ≤ ½: Taylor's series, 1e-9 of 2^r off at most. */
const exp2Slope32 = Array.from({ length: 7 }, (_, i) => {
  const power = 7 - i;
  let term = 1;
  for (let k = 1; k <= power; k++) term *= Math.LN2 / k;
  return term;
});

export function exp2of32(b: ProgramBuilder, x: Value): Value {
  const below = b.plain("f32x4.pmin", at(x.parts, 0), b.f32(129));
  const clamped = b.plain("f32x4.pmax", below, b.f32(-151));
  const shifted = b.plain("f32x4.add", clamped, b.f32(roundingTerm32));
  const r = b.plain("f32x4.sub", clamped, b.plain("f32x4.sub", shifted, b.f32(roundingTerm32)));
  const slope = b.polynomial("f32", r, exp2Slope32);
  const value = b.multiplyAdd("f32", slope, r, b.f32(1));
  const isZero = b.plain("f32x4.le", clamped, b.f32(-150));
  return { kind: "f32", parts: [scaled32(b, value, shifted, isZero)] };
}

/** exp(x) - 1 = 2^n·(exp(r) - 1) + (2^n - 1), halved until the end: 2^128 is no float. */
export function expm1of32(b: ProgramBuilder, x: Value): Value {
  const input = at(x.parts, 0);
  const below = b.plain("f32x4.pmin", input, b.f32(89));
  const { shifted, r } = reduce32(b, b.plain("f32x4.pmax", below, b.f32(-18)));
  const tail = b.polynomial("f32", r, expTail32);
  const minusOne = b.multiplyAdd("f32", b.plain("f32x4.mul", r, r), tail, r);
  const halfPower = b.plain("i32x4.add", b.shift("i32x4.shl", shifted, 23), b.f32(0.5));
  const base = b.plain("f32x4.sub", halfPower, b.f32(0.5));
  const half = b.multiplyAdd("f32", halfPower, minusOne, base);
  const result = b.plain("f32x4.add", half, half);
  // Next to 0 it is x itself: -0 stays as it is, and subnormal numbers have no half.
  const isTiny = b.plain("f32x4.lt", magnitudeOf(b, "f32", input), b.f32(2 ** -26));
  return { kind: "f32", parts: [b.choose("i32x4", input, result, isTiny)] };
}

/**
 * exp of numbers up to 0, as in a softmax: 2^n needs no second factor if results below 2^-126 become 0. That is what a
 * factor with n = -127 is, for its exponent bits are 0.
 */
export function expOfNegative32(b: ProgramBuilder, x: Value): Value {
  const clamped = b.plain("f32x4.pmax", at(x.parts, 0), b.f32(-88));
  const { shifted, r } = reduce32(b, clamped);
  const power = b.plain("i32x4.add", b.shift("i32x4.shl", shifted, 23), b.f32(1));
  return { kind: "f32", parts: [b.plain("f32x4.mul", polynomial32(b, r), power)] };
}

/**
 * 1 + exp(x), as in a sigmoid. What exp makes of numbers below -86 is lost beside 1, so 2^n needs no second factor: it is
 * halved and exp(r) - 1 doubled, so that n = 128 still has an exponent and what overflows becomes ∞.
 */
export function onePlusExp32(b: ProgramBuilder, x: Value): Value {
  const below = b.plain("f32x4.pmin", at(x.parts, 0), b.f32(89));
  const clamped = b.plain("f32x4.pmax", below, b.f32(-86));
  const { shifted, r } = reduce32(b, clamped);
  return { kind: "f32", parts: [onePlusPower(b, slope32(b, r, 2, 1), r, shifted)] };
}

/** 1 + exp(-x): the sign is in the constants. */
export function onePlusExpOfNegated32(b: ProgramBuilder, x: Value): Value {
  const below = b.plain("f32x4.pmin", at(x.parts, 0), b.f32(86));
  const clamped = b.plain("f32x4.pmax", below, b.f32(-89));
  const shifted = b.multiplyAdd("f32", clamped, b.f32(-Math.LOG2E), b.f32(roundingTerm32));
  const n = b.plain("f32x4.sub", shifted, b.f32(roundingTerm32));
  // -r
  let rest = b.multiplyAdd("f32", n, b.f32(ln2High32), clamped);
  rest = b.multiplyAdd("f32", n, b.f32(ln2Low32), rest);
  return { kind: "f32", parts: [onePlusPower(b, slope32(b, rest, 2, -1), rest, shifted)] };
}

/**
 * 1 + 2^n·(1 + slope·r/2), smallest terms first: exp(r) is not rounded by itself, which would leave a sigmoid 2.5 ulp off
 * where 1 + exp(x) is little more than a power of two.
 */
function onePlusPower(
  b: ProgramBuilder,
  slope: Register,
  r: Register,
  shifted: Register,
): Register {
  const halfPower = b.plain("i32x4.add", b.shift("i32x4.shl", shifted, 23), b.f32(0.5));
  const small = b.multiplyAdd("f32", b.plain("f32x4.mul", slope, r), halfPower, b.f32(1));
  return b.multiplyAdd("f32", halfPower, b.f32(2), small);
}

/** exp of numbers in [-87, 88]. */
export function expOfModerate32(b: ProgramBuilder, x: Register): Register {
  const { shifted, r } = reduce32(b, x);
  return b.plain("i32x4.add", polynomial32(b, r), b.shift("i32x4.shl", shifted, 23));
}

/** 1/13!, …, 1/1!, 1: the rest of the series is below 2^-57 for |r| ≤ ln 2 / 2. */
const expSeries = Array.from({ length: 14 }, (_, i) => {
  let factorial = 1;
  for (let k = 2; k <= 13 - i; k++) factorial *= k;
  return 1 / factorial;
});
const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;

/** 2^n for integers n (as floats) in [-1022, 1023]. */
function powerOfTwo(b: ProgramBuilder, n: Register): Register {
  const bits = b.plain("f64x2.add", n, b.f64(roundingTerm64));
  return b.plain("i64x2.add", b.shift("i64x2.shl", bits, 52), b.f64(1));
}

/** x·2^n, in two factors: n may lie outside the exponents of normal numbers. 0 where `isZero`. */
function scaleByPowerOfTwo(
  b: ProgramBuilder,
  x: Register,
  n: Register,
  isZero: Register | null = null,
): Register {
  const first = b.plain("f64x2.nearest", b.plain("f64x2.mul", n, b.f64(0.5)));
  const second = powerOfTwo(b, b.plain("f64x2.sub", n, first));
  const factor = isZero === null ? second : b.plain("v128.andnot", second, isZero);
  return b.plain("f64x2.mul", b.plain("f64x2.mul", x, powerOfTwo(b, first)), factor);
}

function clamp64(b: ProgramBuilder, x: Register, low: number, high: number): Register {
  return b.plain("f64x2.pmax", b.plain("f64x2.pmin", x, b.f64(high)), b.f64(low));
}

/** exp of `x`, a number in [-746, 710] or NaN. */
function expPart(b: ProgramBuilder, x: Register): Register {
  const n = b.plain("f64x2.nearest", b.plain("f64x2.mul", x, b.f64(Math.LOG2E)));
  let r = b.negativeMultiplyAdd("f64", n, b.f64(ln2High), x);
  r = b.negativeMultiplyAdd("f64", n, b.f64(ln2Low), r);
  const isZero = b.plain("f64x2.lt", x, b.f64(zeroBelow64));
  return scaleByPowerOfTwo(b, b.polynomial("f64", r, expSeries), n, isZero);
}

export function exp64(b: ProgramBuilder, x: Value): Value {
  return b.parts("f64", (part) => expPart(b, clamp64(b, at(x.parts, part), -746, 710)));
}

export function exp2of64(b: ProgramBuilder, x: Value): Value {
  return b.parts("f64", (part) => {
    const clamped = clamp64(b, at(x.parts, part), -1076, 1025);
    const n = b.plain("f64x2.nearest", clamped);
    const r = b.plain("f64x2.mul", b.plain("f64x2.sub", clamped, n), b.f64(Math.LN2));
    return scaleByPowerOfTwo(b, b.polynomial("f64", r, expSeries), n);
  });
}

/** exp(x) - 1 = 2^n·(exp(r) - 1) + (2^n - 1), each with the accuracy of its own; at most 2 ulp off. */
export function expm1of64(b: ProgramBuilder, x: Value): Value {
  return b.parts("f64", (part) => {
    const input = at(x.parts, part);
    const clamped = clamp64(b, input, -50, 710);
    const n = b.plain("f64x2.nearest", b.plain("f64x2.mul", clamped, b.f64(Math.LOG2E)));
    let r = b.negativeMultiplyAdd("f64", n, b.f64(ln2High), clamped);
    r = b.negativeMultiplyAdd("f64", n, b.f64(ln2Low), r);
    // exp(r) - 1 = r + r²·(1/2 + …)
    const tail = b.polynomial("f64", r, expSeries.slice(0, 12));
    const minusOne = b.multiplyAdd("f64", b.plain("f64x2.mul", r, r), tail, r);
    // Half of it all, doubled in the end: 2^1024 is no float.
    const halfPower = powerOfTwo(b, b.plain("f64x2.sub", n, b.f64(1)));
    const sum = b.multiplyAdd(
      "f64",
      halfPower,
      minusOne,
      b.plain("f64x2.sub", halfPower, b.f64(0.5)),
    );
    const result = b.plain("f64x2.add", sum, sum);
    // The sign of zero: -0 stays as it is.
    const isZero = b.plain("f64x2.eq", input, b.constantBytes(f64x2(0)));
    return b.plain("v128.bitselect", input, result, isZero);
  });
}
