/**
 * sin, cos and tan of float32, computed in float64: at most 1 ulp off, for arguments of any size.
 *
 * x = n·π/2 + r with |r| ≤ π/4. Below 10^6 the reduction takes π/2 in two pieces; above, the bits of 2/π that matter.
 */
import { at } from "../../../core/shape.ts";
import { toF32, toF64 } from "../convert.ts";
import type { ProgramBuilder, Register, Value } from "../program.ts";

const roundingTerm = 6755399441055744;
/** The first 33 bits of π/2, and the rest: n·first is exact. */
const firstPiece = 1.57079632673412561417;
const secondPiece = 6.07710050650619224932e-11;
const largeAngle = 1e6;

/** fdlibm (Sun Microsystems, 1993), k_sin.c and k_cos.c. */
const sineSeries = [
  1.58969099521155010221e-10, -2.50507602534068634195e-8, 2.75573137070700676789e-6,
  -1.98412698298579493134e-4, 8.33333333332248946124e-3, -1.66666666666666324348e-1,
];
const cosineSeries = [
  -1.13596475577881948265e-11, 2.0875723212981748279e-9, -2.75573143513906633035e-7,
  2.48015872894767294178e-5, -1.38888888888741095749e-3, 4.16666666666666019037e-2,
];

interface ReducedAngle {
  readonly sine: Register;
  readonly cosine: Register;
  /** n as an integer in the low bits. */
  readonly quadrant: Register;
}

function reduceAngles(b: ProgramBuilder, x: Value): ReducedAngle[] {
  const wide = toF64(b, x);
  return wide.parts.map((angle, part) => {
    const size = b.plain("f64x2.abs", angle);
    // Infinity stays with the reduction below, which makes NaN of it.
    const isLarge = b.plain(
      "v128.and",
      b.plain("f64x2.ge", size, b.f64(largeAngle)),
      b.plain("f64x2.lt", size, b.f64(Infinity)),
    );
    const large = (result: 0 | 1, ordinary: Register): Register =>
      b.add(
        { kind: "largeAngle", part, result, args: [isLarge, ordinary, at(x.parts, 0)] },
        0,
        `${part}.${result}`,
      );
    const multiple = b.plain("f64x2.nearest", b.plain("f64x2.mul", angle, b.f64(2 / Math.PI)));
    let rest = b.negativeMultiplyAdd("f64", multiple, b.f64(firstPiece), angle);
    rest = b.negativeMultiplyAdd("f64", multiple, b.f64(secondPiece), rest);
    const r = large(0, rest);
    const n = large(1, multiple);
    const z = b.plain("f64x2.mul", r, r);
    const sineTail = b.plain("f64x2.mul", z, b.polynomial("f64", z, sineSeries));
    const cosineTail = b.polynomial("f64", z, [...cosineSeries, -0.5, 1]);
    return {
      sine: b.multiplyAdd("f64", sineTail, r, r),
      cosine: cosineTail,
      quadrant: b.plain("f64x2.add", n, b.f64(roundingTerm)),
    };
  });
}

/** All bits of a lane set where the lowest bit of the integer in it is. */
function isOdd(b: ProgramBuilder, integer: Register): Register {
  return b.plain("i64x2.lt_s", b.shift("i64x2.shl", integer, 63), b.i64(0n));
}

/** The second lowest bit as the sign of a float. */
function signOfHalfTurn(b: ProgramBuilder, integer: Register): Register {
  return b.plain("v128.and", b.shift("i64x2.shl", integer, 62), b.f64(-0));
}

function sineOf(b: ProgramBuilder, { sine, cosine, quadrant }: ReducedAngle): Register {
  const value = b.plain("v128.bitselect", cosine, sine, isOdd(b, quadrant));
  return b.plain("v128.xor", value, signOfHalfTurn(b, quadrant));
}

function nextQuadrant(b: ProgramBuilder, angle: ReducedAngle): ReducedAngle {
  return { ...angle, quadrant: b.plain("i64x2.add", angle.quadrant, b.i64(1n)) };
}

export function sin32(b: ProgramBuilder, x: Value): Value {
  const angles = reduceAngles(b, x);
  const sine = toF32(b, { kind: "f64", parts: angles.map((angle) => sineOf(b, angle)) });
  return withSignedZero(b, x, sine);
}

export function cos32(b: ProgramBuilder, x: Value): Value {
  const angles = reduceAngles(b, x);
  const parts = angles.map((angle) => sineOf(b, nextQuadrant(b, angle)));
  return toF32(b, { kind: "f64", parts });
}

export function tan32(b: ProgramBuilder, x: Value): Value {
  const parts = reduceAngles(b, x).map((angle) =>
    b.plain("f64x2.div", sineOf(b, angle), sineOf(b, nextQuadrant(b, angle))),
  );
  return withSignedZero(b, x, toF32(b, { kind: "f64", parts }));
}

/** sin(-0) is -0. */
function withSignedZero(b: ProgramBuilder, x: Value, result: Value): Value {
  const input = at(x.parts, 0);
  const isZero = b.plain("f32x4.eq", input, b.f32(0));
  return { kind: "f32", parts: [b.plain("v128.bitselect", input, at(result.parts, 0), isZero)] };
}
