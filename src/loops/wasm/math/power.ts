/** pow of float32, in float64 as exp(y·log |x|): at most 1 ulp off. In float64 that would lose up to ten bits. */
import { at } from "../../../core/shape.ts";
import { toF32, toF64 } from "../convert.ts";
import type { ProgramBuilder, Value } from "../program.ts";
import { exp64 } from "./exponential.ts";
import { log64 } from "./logarithm.ts";

/** Special values as in C: pow(x, 0) and pow(1, y) are 1 even for NaN. */
export function power32(b: ProgramBuilder, x: Value, y: Value): Value {
  const base = toF64(b, x);
  const exponent = toF64(b, y);
  const magnitude = b.each("f64", "f64x2.abs", base);
  const logarithm = log64(b, magnitude);
  const value = exp64(b, b.each("f64", "f64x2.mul", exponent, logarithm));
  const result = b.parts("f64", (part) => {
    const [power, from, to] = [
      at(value.parts, part),
      at(base.parts, part),
      at(exponent.parts, part),
    ];
    const isInteger = b.plain("f64x2.eq", to, b.plain("f64x2.floor", to));
    const half = b.plain("f64x2.mul", to, b.f64(0.5));
    const isEven = b.plain("f64x2.eq", half, b.plain("f64x2.floor", half));
    const isOdd = b.plain("v128.andnot", isInteger, isEven);
    // An odd power keeps the sign; a fractional one of a negative number does not exist.
    const sign = b.plain("v128.and", b.plain("v128.and", from, b.f64(-0)), isOdd);
    const signed = b.plain("v128.or", power, sign);
    const isNegative = b.plain(
      "v128.and",
      b.plain("f64x2.lt", from, b.f64(0)),
      b.plain("f64x2.gt", from, b.f64(-Infinity)),
    );
    const isMissing = b.plain("v128.andnot", isNegative, isInteger);
    const real = b.plain("v128.bitselect", b.f64(NaN), signed, isMissing);
    const isUnit = b.plain("f64x2.eq", at(magnitude.parts, part), b.f64(1));
    const isEndless = b.plain("f64x2.eq", b.plain("f64x2.abs", to), b.f64(Infinity));
    const isOne = b.plain(
      "v128.or",
      b.plain("v128.or", b.plain("f64x2.eq", to, b.f64(0)), b.plain("f64x2.eq", from, b.f64(1))),
      b.plain("v128.and", isUnit, isEndless),
    );
    return b.plain("v128.bitselect", b.f64(1), real, isOne);
  });
  return toF32(b, result);
}
