/** Conversions between kinds of lanes. */
import { at } from "../../core/shape.ts";
import type { ComputeTypeName } from "../../core/dtype.ts";
import type { ProgramBuilder, Register, Value } from "./program.ts";

/** A mask for 64-bit lanes, in as many parts as they have. */
function widenMask(b: ProgramBuilder, mask: Value): Register[] {
  const register = at(mask.parts, 0);
  const low = b.shuffle(register, register, [0, 0, 1, 1]);
  return b.lanes === 1 ? [low] : [low, b.shuffle(register, register, [2, 2, 3, 3])];
}

/** Every other word of both parts: 64-bit lanes to 32-bit ones. */
export function narrowParts(b: ProgramBuilder, parts: readonly Register[]): Register {
  const low = at(parts, 0);
  return b.shuffle(low, parts[1] ?? low, [0, 2, 4, 6]);
}

function highHalf(b: ProgramBuilder, register: Register): Register {
  return b.shuffle(register, register, [2, 3, 2, 3]);
}

/** Where all lanes of `condition` decide between `x` and `y`. */
export function selectValue(b: ProgramBuilder, condition: Value, x: Value, y: Value): Value {
  const wide = x.kind === "f64" || x.kind === "i64";
  const masks = wide ? widenMask(b, condition) : condition.parts;
  return b.parts(x.kind, (part) =>
    b.choose(wide ? "i64x2" : "i32x4", at(x.parts, part), at(y.parts, part), at(masks, part)),
  );
}

export function toMask(b: ProgramBuilder, x: Value): Value {
  switch (x.kind) {
    case "mask":
      return x;
    case "f32":
      return b.each("mask", "f32x4.ne", x, b.constant("f32", 0));
    case "i32":
      return b.each("mask", "i32x4.ne", x, b.constant("i32", 0));
    case "f64":
    case "i64": {
      const op = x.kind === "f64" ? "f64x2.ne" : "i64x2.ne";
      const zero = b.constant(x.kind, 0);
      const masks = x.parts.map((register, part) => b.plain(op, register, at(zero.parts, part)));
      return { kind: "mask", parts: [narrowParts(b, masks)] };
    }
  }
}

export function toI32(b: ProgramBuilder, x: Value): Value {
  switch (x.kind) {
    case "i32":
      return x;
    case "mask":
      return { kind: "i32", parts: [b.plain("v128.and", at(x.parts, 0), b.i32(1))] };
    case "f32":
      return b.each("i32", "i32x4.trunc_sat_f32x4_s", x);
    case "f64": {
      const halves = x.parts.map((part) => b.plain("i32x4.trunc_sat_f64x2_s_zero", part));
      const low = at(halves, 0);
      return { kind: "i32", parts: [b.shuffle(low, halves[1] ?? low, [0, 1, 4, 5])] };
    }
    case "i64":
      return { kind: "i32", parts: [narrowParts(b, x.parts)] };
  }
}

export function toF32(b: ProgramBuilder, x: Value): Value {
  switch (x.kind) {
    case "f32":
      return x;
    case "mask":
      return { kind: "f32", parts: [b.plain("v128.and", at(x.parts, 0), b.f32(1))] };
    case "i32":
      return b.each("f32", "f32x4.convert_i32x4_s", x);
    case "f64": {
      const halves = x.parts.map((part) => b.plain("f32x4.demote_f64x2_zero", part));
      const low = at(halves, 0);
      return {
        kind: "f32",
        parts: [halves.length === 1 ? low : b.shuffle(low, at(halves, 1), [0, 1, 4, 5])],
      };
    }
    case "i64":
      return b.byLane("f32.convert_i64_s", "f32", [x], (f, get) => {
        get(0);
        f.emit("f32.convert_i64_s");
      });
  }
}

export function toF64(b: ProgramBuilder, x: Value): Value {
  switch (x.kind) {
    case "f64":
      return x;
    case "f32": {
      const register = at(x.parts, 0);
      return b.parts("f64", (part) =>
        b.plain("f64x2.promote_low_f32x4", part === 0 ? register : highHalf(b, register)),
      );
    }
    case "mask":
    case "i32": {
      const register = at(toI32(b, x).parts, 0);
      return b.parts("f64", (part) =>
        b.plain("f64x2.convert_low_i32x4_s", part === 0 ? register : highHalf(b, register)),
      );
    }
    case "i64":
      return b.byLane("f64.convert_i64_s", "f64", [x], (f, get) => {
        get(0);
        f.emit("f64.convert_i64_s");
      });
  }
}

const twoTo63 = 9223372036854775808;

/** Floats that have no place in 64 bits become the smallest integer, as on x86-64. */
export function toI64(b: ProgramBuilder, x: Value): Value {
  switch (x.kind) {
    case "i64":
      return x;
    case "mask":
    case "i32": {
      const register = at(toI32(b, x).parts, 0);
      return b.parts("i64", (part) =>
        b.plain(part === 0 ? "i64x2.extend_low_i32x4_s" : "i64x2.extend_high_i32x4_s", register),
      );
    }
    case "f32":
      return toI64(b, toF64(b, x));
    case "f64":
      return b.byLane("i64.trunc_f64", "i64", [x], (f, get) => {
        get(0);
        f.emit("i64.trunc_sat_f64_s");
        f.i64Const(-(2n ** 63n));
        get(0);
        f.f64Const(-twoTo63);
        f.emit("f64.ge");
        get(0);
        f.f64Const(twoTo63);
        f.emit("f64.lt");
        f.emit("i32.and");
        f.emit("select");
      });
  }
}

/** A value converted to a dtype, as lanes of the kind that holds it. */
export function toDType(b: ProgramBuilder, x: Value, type: ComputeTypeName): Value {
  switch (type) {
    case "float32":
      return toF32(b, x);
    case "float64":
      return toF64(b, x);
    case "int64":
      return toI64(b, x);
    case "int32":
      return toI32(b, x);
    case "uint8":
      return x.kind === "mask"
        ? toI32(b, x)
        : { kind: "i32", parts: [b.plain("v128.and", at(toI32(b, x).parts, 0), b.i32(255))] };
    case "bool":
      return toMask(b, x);
  }
}
