/**
 * pow of float32, in float64 as 2^(y·log₂|x|) with as many terms as float32 needs: correctly rounded but for about one result
 * in a thousand. In float64 the same would lose up to ten bits.
 */
import { at } from "../../../core/shape.ts";
import { i64x2 } from "../../../wasm/vector-constant.ts";
import { toF32, toF64 } from "../convert.ts";
import type { ProgramBuilder, Register, Value } from "../program.ts";
import { magnitudeOf } from "./sign.ts";

/**
 * A polynomial in x², which takes a product more than Horner's rule and half as many steps that wait for each other; these
 * programs of wide vectors are not cut into pieces. The coefficient of the highest power first.
 */
function pairedPolynomial(
  b: ProgramBuilder,
  x: Register,
  coefficients: readonly number[],
): Register {
  const square = b.plain("f64x2.mul", x, x);
  const odd = coefficients.length % 2;
  let sum = odd === 1 ? b.f64(at(coefficients, 0)) : null;
  for (let i = odd; i < coefficients.length; i += 2) {
    const [high, low] = [at(coefficients, i), at(coefficients, i + 1)];
    const pair = b.multiplyAdd("f64", x, b.f64(high), b.f64(low));
    sum = sum === null ? pair : b.multiplyAdd("f64", sum, square, pair);
  }
  return sum ?? b.f64(0);
}

const bitsOfOne = 0x3ff0000000000000n;
const bitsOfRootHalf = 0x3fe6a09e00000000n;
const mantissaMask = 0x000fffffffffffffn;

/** Of log₂((1 + s)/(1 - s))/s in s²: 2^-34 of it off at most for |s| ≤ 0.172. */
const seriesOfLog2 = [11, 9, 7, 5, 3, 1].map((power) => 2 / (power * Math.LN2));

/** log₂ of a number that is 0 or more and no subnormal float64. */
function log2OfMagnitude(b: ProgramBuilder, x: Register): Register {
  const shifted = b.plain("i64x2.add", x, b.constantBytes(i64x2(bitsOfOne - bitsOfRootHalf)));
  // An integer below 2^52 becomes a float by putting it into the mantissa of 2^52.
  const exponentBits = b.plain("v128.or", b.shift("i64x2.shr_u", shifted, 52), b.f64(2 ** 52));
  const k = b.plain("f64x2.sub", exponentBits, b.f64(2 ** 52 + 1023));
  const mantissa = b.plain(
    "i64x2.add",
    b.plain("v128.and", shifted, b.constantBytes(i64x2(mantissaMask))),
    b.constantBytes(i64x2(bitsOfRootHalf)),
  );
  const f = b.plain("f64x2.sub", mantissa, b.f64(1));
  const s = b.plain("f64x2.div", f, b.plain("f64x2.add", f, b.f64(2)));
  const series = pairedPolynomial(b, b.plain("f64x2.mul", s, s), seriesOfLog2);
  const logarithm = b.multiplyAdd("f64", s, series, k);
  const isOrdinary = b.plain("f64x2.lt", x, b.f64(Infinity));
  const result = b.plain("v128.bitselect", logarithm, x, isOrdinary);
  return b.plain("v128.bitselect", b.f64(-Infinity), result, b.plain("f64x2.eq", x, b.f64(0)));
}

/** 2^r for |r| ≤ ½: Taylor's series, 2e-10 off at most. */
const seriesOfExp2 = Array.from({ length: 9 }, (_, i) => {
  const power = 8 - i;
  let term = 1;
  for (let k = 1; k <= power; k++) term *= Math.LN2 / k;
  return term;
});

/** 2^x, where what float32 has no place for becomes 0 and ∞ when it is rounded. */
function exp2Part(b: ProgramBuilder, x: Register): Register {
  const clamped = b.plain("f64x2.pmax", b.plain("f64x2.pmin", x, b.f64(130)), b.f64(-152));
  const n = b.plain("f64x2.nearest", clamped);
  const value = pairedPolynomial(b, b.plain("f64x2.sub", clamped, n), seriesOfExp2);
  // Adding this rounds to an integer, which is then in the low bits.
  const bits = b.plain("f64x2.add", n, b.f64(6755399441055744));
  const power = b.plain("i64x2.add", b.shift("i64x2.shl", bits, 52), b.f64(1));
  return b.plain("f64x2.mul", value, power);
}

/** Special values as in C: pow(x, 0) and pow(1, y) are 1 even for NaN. */
export function power32(b: ProgramBuilder, x: Value, y: Value): Value {
  const [from, to] = [at(x.parts, 0), at(y.parts, 0)];
  const size = magnitudeOf(b, "f32", from);
  const magnitude = toF64(b, { kind: "f32", parts: [size] });
  const exponent = toF64(b, y);
  const result = toF32(
    b,
    b.parts("f64", (part) => {
      const logarithm = log2OfMagnitude(b, at(magnitude.parts, part));
      return exp2Part(b, b.plain("f64x2.mul", at(exponent.parts, part), logarithm));
    }),
  );
  const isInteger = b.plain("f32x4.eq", to, b.plain("f32x4.floor", to));
  const half = b.plain("f32x4.mul", to, b.f32(0.5));
  const isEven = b.plain("f32x4.eq", half, b.plain("f32x4.floor", half));
  const isOdd = b.plain("v128.andnot", isInteger, isEven);
  // An odd power keeps the sign; a fractional one of a negative number does not exist.
  const sign = b.plain("v128.and", b.plain("v128.and", from, b.f32(-0)), isOdd);
  const signed = b.plain("v128.or", at(result.parts, 0), sign);
  const isNegative = b.plain(
    "v128.and",
    b.plain("f32x4.lt", from, b.f32(0)),
    b.plain("f32x4.gt", from, b.f32(-Infinity)),
  );
  const isMissing = b.plain("v128.andnot", isNegative, isInteger);
  const real = b.choose("i32x4", b.f32(NaN), signed, isMissing);
  const isUnit = b.plain("f32x4.eq", size, b.f32(1));
  const isEndless = b.plain("f32x4.eq", magnitudeOf(b, "f32", to), b.f32(Infinity));
  const isOne = b.plain(
    "v128.or",
    b.plain("v128.or", b.plain("f32x4.eq", to, b.f32(0)), b.plain("f32x4.eq", from, b.f32(1))),
    b.plain("v128.and", isUnit, isEndless),
  );
  return { kind: "f32", parts: [b.choose("i32x4", b.f32(1), real, isOne)] };
}
