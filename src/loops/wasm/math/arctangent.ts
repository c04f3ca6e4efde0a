/** atan, asin, acos and atan2. float64: at most 2 ulp off; float32 is computed in float64. */
import { at } from "../../../core/shape.ts";
import { toF32, toF64 } from "../convert.ts";
import type { ProgramBuilder, Register, Value } from "../program.ts";

/** S. L. Moshier, Cephes (1992), atan: x + x·z·P(z)/Q(z), z = x², for |x| ≤ 0.66. */
const numerator = [
  -8.750608600031904122785e-1, -1.615753718733365076637e1, -7.50085579231470466734e1,
  -1.22886668449013617341e2, -6.485021904942025371773e1,
];
const denominator = [
  1, 2.485846490142306297962e1, 1.650270098316988542046e2, 4.328810604912902668951e2,
  4.853903996359136964868e2, 1.945506571482613964425e2,
];
const tangentOf3PiOver8 = 2.4142135623730950488;
/** What π/2 has beyond its float64. */
const restOfHalfPi = 6.12323399573676588613e-17;

/** atan of numbers that are not negative. */
function arctangentOfMagnitude(b: ProgramBuilder, x: Register): Register {
  const isLarge = b.plain("f64x2.gt", x, b.f64(tangentOf3PiOver8));
  const isMiddle = b.plain("f64x2.gt", x, b.f64(0.66));
  const choose = (large: Register, middle: Register, small: Register): Register =>
    b.plain("v128.bitselect", large, b.plain("v128.bitselect", middle, small, isMiddle), isLarge);
  // tan(a - π/2) = -1/x; tan(a - π/4) = (x - 1)/(x + 1)
  const dividend = choose(b.f64(-1), b.plain("f64x2.sub", x, b.f64(1)), x);
  const divisor = choose(x, b.plain("f64x2.add", x, b.f64(1)), b.f64(1));
  const reduced = b.plain("f64x2.div", dividend, divisor);
  const start = choose(b.f64(Math.PI / 2), b.f64(Math.PI / 4), b.f64(0));
  const rest = choose(b.f64(restOfHalfPi), b.f64(restOfHalfPi / 2), b.f64(0));
  const z = b.plain("f64x2.mul", reduced, reduced);
  const ratio = b.plain(
    "f64x2.div",
    b.plain("f64x2.mul", z, b.polynomial("f64", z, numerator)),
    b.polynomial("f64", z, denominator),
  );
  const value = b.multiplyAdd("f64", reduced, ratio, reduced);
  return b.plain("f64x2.add", start, b.plain("f64x2.add", value, rest));
}

export function atan64(b: ProgramBuilder, x: Value): Value {
  return b.parts("f64", (part) => {
    const input = at(x.parts, part);
    const magnitude = arctangentOfMagnitude(b, b.plain("f64x2.abs", input));
    return b.plain("v128.bitselect", input, magnitude, b.f64(-0));
  });
}

/** √(1 - x²), exact near ±1; NaN outside [-1, 1]. */
function complement(b: ProgramBuilder, x: Register): Register {
  const product = b.plain(
    "f64x2.mul",
    b.plain("f64x2.sub", b.f64(1), x),
    b.plain("f64x2.add", b.f64(1), x),
  );
  return b.plain("f64x2.sqrt", product);
}

export function asin64(b: ProgramBuilder, x: Value): Value {
  return arctangent2(
    b,
    x,
    b.parts("f64", (part) => complement(b, at(x.parts, part))),
  );
}

export function acos64(b: ProgramBuilder, x: Value): Value {
  return arctangent2(
    b,
    b.parts("f64", (part) => complement(b, at(x.parts, part))),
    x,
  );
}

/** The angle of the point (x, y), y first as in C. */
export function arctangent2(b: ProgramBuilder, y: Value, x: Value): Value {
  if (y.kind === "f32") return toF32(b, arctangent2(b, toF64(b, y), toF64(b, x)));
  return b.parts("f64", (part) => {
    const [top, side] = [at(y.parts, part), at(x.parts, part)];
    const [height, width] = [b.plain("f64x2.abs", top), b.plain("f64x2.abs", side)];
    const quotient = b.plain("f64x2.div", height, width);
    // 0/0 counts as 0, ∞/∞ as 1.
    const isSame = b.plain("f64x2.eq", height, width);
    const isOrigin = b.plain("f64x2.eq", height, b.f64(0));
    const whereSame = b.plain("v128.bitselect", b.f64(0), b.f64(1), isOrigin);
    const ratio = b.plain("v128.bitselect", whereSame, quotient, isSame);
    const angle = arctangentOfMagnitude(b, ratio);
    const isLeft = b.plain("i64x2.lt_s", side, b.i64(0n));
    const fromLeft = b.plain(
      "f64x2.sub",
      b.f64(Math.PI),
      b.plain("f64x2.sub", angle, b.f64(2 * restOfHalfPi)),
    );
    const magnitude = b.plain("v128.bitselect", fromLeft, angle, isLeft);
    const signed = b.plain("v128.bitselect", top, magnitude, b.f64(-0));
    const isNumber = b.plain(
      "v128.and",
      b.plain("f64x2.eq", top, top),
      b.plain("f64x2.eq", side, side),
    );
    return b.plain("v128.bitselect", signed, b.f64(NaN), isNumber);
  });
}
