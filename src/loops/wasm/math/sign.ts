/**
 * Signs of floats by masks that stay in registers: V8 11.3 makes the mask of `neg` and `abs` anew each time, which takes
 * two more instructions.
 */
import type { ProgramBuilder, Register } from "../program.ts";

type FloatKind = "f32" | "f64";

const signBit = (b: ProgramBuilder, kind: FloatKind): Register =>
  kind === "f32" ? b.f32(-0) : b.f64(-0);

/** -x */
export function negated(b: ProgramBuilder, kind: FloatKind, x: Register): Register {
  return b.plain("v128.xor", x, signBit(b, kind));
}

/** |x| */
export function magnitudeOf(b: ProgramBuilder, kind: FloatKind, x: Register): Register {
  return b.plain("v128.andnot", x, signBit(b, kind));
}

/** `x`, which has no sign, with that of `y`. */
export function signed(b: ProgramBuilder, kind: FloatKind, x: Register, y: Register): Register {
  return b.plain("v128.or", x, b.plain("v128.and", y, signBit(b, kind)));
}
