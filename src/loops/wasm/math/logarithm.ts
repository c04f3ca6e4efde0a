/**
 * log, log1p, log2 and log10.
 *
 * x = m·2^k with m in [√½, √2); log m by a series in s = (m - 1)/(m + 1), as in fdlibm (Sun Microsystems, 1993).
 * float64: at most 1 ulp off (log1p, log2, log10: 2).
 */
import { at } from "../../../core/shape.ts";
import { i32x4, i64x2 } from "../../../wasm/vector-constant.ts";
import type { ProgramBuilder, Register, Value } from "../program.ts";

const seriesOfLog = [
  1.479819860511658591e-1, 1.531383769920937332e-1, 1.818357216161805012e-1,
  2.222219843214978396e-1, 2.857142874366239149e-1, 3.999999999940941908e-1, 6.66666666666673513e-1,
  0,
];
const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;

interface SplitNumber {
  readonly k: Register;
  /** log m = f - (half of f² - s·(half of f² + r)), with f = m - 1. */
  readonly logMantissa: Register;
  readonly f: Register;
  readonly halfSquare: Register;
  readonly sTimes: Register;
}

const bitsOfOne = 0x3ff0000000000000n;
const bitsOfRootHalf = 0x3fe6a09e00000000n;
const mantissaMask = 0x000fffffffffffffn;

function splitNumber(b: ProgramBuilder, x: Register): SplitNumber {
  // Subnormal numbers are scaled up.
  const isSmall = b.plain("f64x2.lt", x, b.f64(2.2250738585072014e-308));
  const factor = b.plain("v128.bitselect", b.f64(2 ** 54), b.f64(1), isSmall);
  const bits = b.plain("f64x2.mul", x, factor);
  const shifted = b.plain("i64x2.add", bits, b.constantBytes(i64x2(bitsOfOne - bitsOfRootHalf)));
  // An integer below 2^52 becomes a float by putting it into the mantissa of 2^52.
  const exponentBits = b.plain("v128.or", b.shift("i64x2.shr_u", shifted, 52), b.f64(2 ** 52));
  const offset = b.plain(
    "v128.bitselect",
    b.f64(2 ** 52 + 1023 + 54),
    b.f64(2 ** 52 + 1023),
    isSmall,
  );
  const k = b.plain("f64x2.sub", exponentBits, offset);
  const mantissa = b.plain(
    "i64x2.add",
    b.plain("v128.and", shifted, b.constantBytes(i64x2(mantissaMask))),
    b.constantBytes(i64x2(bitsOfRootHalf)),
  );
  const f = b.plain("f64x2.sub", mantissa, b.f64(1));
  const s = b.plain("f64x2.div", f, b.plain("f64x2.add", f, b.f64(2)));
  const series = b.polynomial("f64", b.plain("f64x2.mul", s, s), seriesOfLog);
  const halfSquare = b.plain("f64x2.mul", b.plain("f64x2.mul", f, f), b.f64(0.5));
  const sTimes = b.plain("f64x2.mul", s, b.plain("f64x2.add", halfSquare, series));
  const logMantissa = b.plain("f64x2.sub", f, b.plain("f64x2.sub", halfSquare, sTimes));
  return { k, logMantissa, f, halfSquare, sTimes };
}

/** The logarithm of 0 is -∞, of negative numbers NaN, of ∞ and NaN the number itself. */
function withSpecialValues(b: ProgramBuilder, x: Register, logarithm: Register): Register {
  const isOrdinary = b.plain("f64x2.lt", x, b.f64(Infinity));
  let result = b.plain("v128.bitselect", logarithm, x, isOrdinary);
  const isNegative = b.plain("f64x2.lt", x, b.f64(0));
  result = b.plain("v128.bitselect", b.f64(NaN), result, isNegative);
  return b.plain("v128.bitselect", b.f64(-Infinity), result, b.plain("f64x2.eq", x, b.f64(0)));
}

function logPart(b: ProgramBuilder, x: Register): Register {
  const { k, f, halfSquare, sTimes } = splitNumber(b, x);
  const low = b.multiplyAdd("f64", k, b.f64(ln2Low), sTimes);
  const inner = b.plain("f64x2.sub", b.plain("f64x2.sub", halfSquare, low), f);
  const high = b.plain("f64x2.mul", k, b.f64(ln2High));
  return withSpecialValues(b, x, b.plain("f64x2.sub", high, inner));
}

export function log64(b: ProgramBuilder, x: Value): Value {
  return b.parts("f64", (part) => logPart(b, at(x.parts, part)));
}

export function log2of64(b: ProgramBuilder, x: Value): Value {
  return b.parts("f64", (part) => {
    const input = at(x.parts, part);
    const { k, logMantissa } = splitNumber(b, input);
    const value = b.multiplyAdd("f64", logMantissa, b.f64(Math.LOG2E), k);
    return withSpecialValues(b, input, value);
  });
}

const log10Of2High = 3.01029995663611771306e-1;
const log10Of2Low = 3.69423907715893078616e-13;

export function log10of64(b: ProgramBuilder, x: Value): Value {
  return b.parts("f64", (part) => {
    const input = at(x.parts, part);
    const { k, logMantissa } = splitNumber(b, input);
    const low = b.multiplyAdd(
      "f64",
      logMantissa,
      b.f64(Math.LOG10E),
      b.plain("f64x2.mul", k, b.f64(log10Of2Low)),
    );
    const value = b.plain("f64x2.add", b.plain("f64x2.mul", k, b.f64(log10Of2High)), low);
    return withSpecialValues(b, input, value);
  });
}

/** log(1 + x) = log u + (x - (u - 1))/u for u = 1 + x as rounded. */
export function log1pOf64(b: ProgramBuilder, x: Value): Value {
  return b.parts("f64", (part) => {
    const input = at(x.parts, part);
    const u = b.plain("f64x2.add", input, b.f64(1));
    const lost = b.plain("f64x2.sub", input, b.plain("f64x2.sub", u, b.f64(1)));
    const logarithm = logPart(b, u);
    const corrected = b.plain("f64x2.add", logarithm, b.plain("f64x2.div", lost, u));
    // Where u is 0 or infinite there is nothing to correct; where it is 1, x itself is the result (and keeps its sign).
    const isOrdinary = b.plain("f64x2.lt", b.plain("f64x2.abs", logarithm), b.f64(Infinity));
    const result = b.plain("v128.bitselect", corrected, logarithm, isOrdinary);
    return b.plain("v128.bitselect", input, result, b.plain("f64x2.eq", u, b.f64(1)));
  });
}

/** S. L. Moshier, Cephes (1992), logf: of (log(1 + f) - f + f²/2)/f³. */
const logCoefficients32 = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];
const bitsOfOne32 = 0x3f800000;
const bitsOfRootHalf32 = 0x3f3504f3;

interface SplitNumber32 {
  readonly mantissa: Register;
  readonly k: Register;
}

/** m and k of normal numbers; `exponentOfOne` says which exponent bits stand for k = 0. */
function splitNormal32(b: ProgramBuilder, bits: Register, exponentOfOne: Register): SplitNumber32 {
  const shifted = b.plain("i32x4.add", bits, b.i32(bitsOfOne32 - bitsOfRootHalf32));
  const exponent = b.plain("f32x4.convert_i32x4_s", b.shift("i32x4.shr_s", shifted, 23));
  const mantissa = b.plain(
    "i32x4.add",
    b.plain("v128.and", shifted, b.constantBytes(i32x4(0x007fffff))),
    b.i32(bitsOfRootHalf32),
  );
  return { mantissa, k: b.plain("f32x4.sub", exponent, exponentOfOne) };
}

function splitNumber32(b: ProgramBuilder, x: Register): SplitNumber32 {
  // Subnormal numbers are scaled up.
  const isSmall = b.plain("f32x4.lt", x, b.f32(1.17549435e-38));
  const factor = b.choose("i32x4", b.f32(2 ** 23), b.f32(1), isSmall);
  const exponentOfOne = b.choose("i32x4", b.f32(127 + 23), b.f32(127), isSmall);
  return splitNormal32(b, b.plain("f32x4.mul", x, factor), exponentOfOne);
}

/** log(1 + f) - f; with `added`, plus that, which is small. */
function restOfLog32(b: ProgramBuilder, f: Register, added: (y: Register) => Register): Register {
  const square = b.plain("f32x4.mul", f, f);
  const series = b.plain("f32x4.mul", b.polynomial("f32", f, logCoefficients32), f);
  const y = added(b.plain("f32x4.mul", series, square));
  return b.negativeMultiplyAdd("f32", square, b.f32(0.5), y);
}

/** k·ln 2 + log(1 + f). ln 2 in two pieces: products of k with the first are exact. */
function naturalLog32(b: ProgramBuilder, f: Register, k: Register): Register {
  const y = restOfLog32(b, f, (rest) => b.multiplyAdd("f32", k, b.f32(-2.1219444e-4), rest));
  return b.multiplyAdd("f32", k, b.f32(0.693359375), b.plain("f32x4.add", f, y));
}

function withSpecialValues32(b: ProgramBuilder, x: Register, logarithm: Register): Register {
  const isOrdinary = b.plain("f32x4.lt", x, b.f32(Infinity));
  let result = b.choose("i32x4", logarithm, x, isOrdinary);
  result = b.choose("i32x4", b.f32(NaN), result, b.plain("f32x4.lt", x, b.f32(0)));
  return b.choose("i32x4", b.f32(-Infinity), result, b.plain("f32x4.eq", x, b.f32(0)));
}

export function log32(b: ProgramBuilder, x: Value): Value {
  const input = at(x.parts, 0);
  const { mantissa, k } = splitNumber32(b, input);
  const value = naturalLog32(b, b.plain("f32x4.sub", mantissa, b.f32(1)), k);
  return { kind: "f32", parts: [withSpecialValues32(b, input, value)] };
}

/** k + (f + y)·log₂e, where f counts once in full: it is exact. */
export function log2of32(b: ProgramBuilder, x: Value): Value {
  const input = at(x.parts, 0);
  const { mantissa, k } = splitNumber32(b, input);
  const f = b.plain("f32x4.sub", mantissa, b.f32(1));
  const y = restOfLog32(b, f, (rest) => rest);
  const small = b.multiplyAdd(
    "f32",
    f,
    b.f32(Math.LOG2E - 1),
    b.plain("f32x4.mul", y, b.f32(Math.LOG2E)),
  );
  const value = b.plain("f32x4.add", k, b.plain("f32x4.add", f, small));
  return { kind: "f32", parts: [withSpecialValues32(b, input, value)] };
}

/** log₁₀2 with few bits, and the rest. */
const log10Of2High32 = 0.30078125;
const log10Of2Low32 = 2.4874566398e-4;
/** log₁₀e as float32, and the rest. */
const log10OfEHigh32 = Math.fround(Math.LOG10E);
const log10OfELow32 = Math.LOG10E - log10OfEHigh32;

export function log10of32(b: ProgramBuilder, x: Value): Value {
  const input = at(x.parts, 0);
  const { mantissa, k } = splitNumber32(b, input);
  const f = b.plain("f32x4.sub", mantissa, b.f32(1));
  const y = restOfLog32(b, f, (rest) => rest);
  let small = b.multiplyAdd(
    "f32",
    y,
    b.f32(log10OfEHigh32),
    b.plain("f32x4.mul", f, b.f32(log10OfELow32)),
  );
  small = b.multiplyAdd("f32", k, b.f32(log10Of2Low32), small);
  small = b.multiplyAdd("f32", f, b.f32(log10OfEHigh32), small);
  const value = b.multiplyAdd("f32", k, b.f32(log10Of2High32), small);
  return { kind: "f32", parts: [withSpecialValues32(b, input, value)] };
}

/**
 * log(1 + x) = k·ln 2 + log(m + c·2^-k), where m·2^k is u = 1 + x as rounded and c what it lost. For k = 0 that is exactly
 * the log of 1 + x.
 */
export function log1pOf32(b: ProgramBuilder, x: Value): Value {
  const input = at(x.parts, 0);
  const u = b.plain("f32x4.add", input, b.f32(1));
  const larger = b.plain("f32x4.pmax", input, b.f32(1));
  const smaller = b.plain("f32x4.pmin", input, b.f32(1));
  const lost = b.plain("f32x4.sub", smaller, b.plain("f32x4.sub", u, larger));
  const { mantissa, k } = splitNormal32(b, u, b.f32(127));
  // 2^(1 - k) has an exponent where 2^-k has none: for k = 128, where nothing is lost.
  const exponents = b.plain("i32x4.sub", mantissa, u);
  const twicePower = b.plain("i32x4.add", exponents, b.f32(2));
  const halfLost = b.plain("f32x4.mul", lost, b.f32(0.5));
  const f = b.multiplyAdd("f32", halfLost, twicePower, b.plain("f32x4.sub", mantissa, b.f32(1)));
  const value = withSpecialValues32(b, u, naturalLog32(b, f, k));
  // Where u is 1, x itself is the result, and keeps its sign.
  const isTiny = b.plain("f32x4.eq", u, b.f32(1));
  return { kind: "f32", parts: [b.choose("i32x4", input, value, isTiny)] };
}
