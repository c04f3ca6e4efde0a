/** Operations of one value as vector instructions. */
import { at } from "../../core/shape.ts";
import type { UnaryOperation } from "../expression.ts";
import { toF32, toF64, toMask } from "./convert.ts";
import { floatFunctions } from "./math/float-functions.ts";
import { magnitudeOf, negated } from "./math/sign.ts";
import { wordLanes } from "./word-lanes.ts";
import type { WordTypeName } from "../../core/dtype.ts";
import type { LaneKind, ProgramBuilder, Value } from "./program.ts";

type Unary = (b: ProgramBuilder, x: Value) => Value;
type UnaryTable = Readonly<Partial<Record<UnaryOperation, Unary>>>;

const identity: Unary = (_b, x) => x;
const no: Unary = (b) => b.constant("mask", 0);
const isZero: Unary = (b, x) => b.each("mask", "v128.not", toMask(b, x));

function floatTable(kind: "f32" | "f64"): UnaryTable {
  const lane = kind === "f32" ? "f32x4" : "f64x2";
  return {
    neg: (b, x) => b.parts(kind, (part) => negated(b, kind, at(x.parts, part))),
    abs: (b, x) => b.parts(kind, (part) => magnitudeOf(b, kind, at(x.parts, part))),
    sqrt: (b, x) => b.each(kind, `${lane}.sqrt`, x),
    floor: (b, x) => b.each(kind, `${lane}.floor`, x),
    ceil: (b, x) => b.each(kind, `${lane}.ceil`, x),
    trunc: (b, x) => b.each(kind, `${lane}.trunc`, x),
    round: (b, x) => b.each(kind, `${lane}.nearest`, x),
    sign: (b, x) => {
      const ones = b.constant(kind, 1);
      const zero = b.constant(kind, 0);
      return b.parts(kind, (part) => {
        const [value, one, none] = [at(x.parts, part), at(ones.parts, part), at(zero.parts, part)];
        const positive = b.plain("v128.and", b.plain(`${lane}.gt`, value, none), one);
        const negative = b.plain("v128.and", b.plain(`${lane}.lt`, value, none), one);
        return b.plain(`${lane}.sub`, positive, negative);
      });
    },
    isNaN: (b, x) => {
      const parts = x.parts.map((part) => b.plain(`${lane}.ne`, part, part));
      return toMaskOf(b, kind, parts);
    },
    logicalNot: isZero,
    ...(kind === "f32" && {
      roundToFloat16: rounding("float16"),
      roundToBFloat16: rounding("bfloat16"),
    }),
  };
}

/** A float32 as it comes back from memory where it is stored in 16 bits. */
function rounding(type: WordTypeName): Unary {
  const { round } = wordLanes[type];
  return (b, x) => b.parts("f32", (part) => round(b, at(x.parts, part)));
}

/** Comparison results of wide lanes, as a mask. */
function toMaskOf(b: ProgramBuilder, kind: "f32" | "f64", parts: readonly number[]): Value {
  if (kind === "f32") return { kind: "mask", parts };
  return toMask(b, { kind: "i64", parts });
}

function intTable(kind: "i32" | "i64"): UnaryTable {
  const lane = kind === "i32" ? "i32x4" : "i64x2";
  return {
    neg: (b, x) => b.each(kind, `${lane}.neg`, x),
    abs: (b, x) => b.each(kind, `${lane}.abs`, x),
    sign: (b, x) => {
      // x >> (width - 1) is -1 for negative x, and -x >>> (width - 1) is 1 for positive x.
      const width = kind === "i32" ? 31 : 63;
      return b.parts(kind, (part) => {
        const value = at(x.parts, part);
        const negative = b.shift(`${lane}.shr_s`, value, width);
        const positive = b.shift(`${lane}.shr_u`, b.plain(`${lane}.neg`, value), width);
        return b.plain("v128.or", negative, positive);
      });
    },
    bitwiseNot: (b, x) => b.each(kind, "v128.not", x),
    logicalNot: isZero,
    isNaN: no,
    floor: identity,
    ceil: identity,
    trunc: identity,
    round: identity,
  };
}

const toByte =
  (operation: Unary): Unary =>
  (b, x) =>
    b.each("i32", "v128.and", operation(b, x), b.constant("i32", 255));

const int32Table = intTable("i32");

const uint8Table: UnaryTable = {
  ...int32Table,
  neg: toByte((b, x) => b.each("i32", "i32x4.neg", x)),
  bitwiseNot: toByte((b, x) => b.each("i32", "v128.not", x)),
};

const maskTable: UnaryTable = {
  bitwiseNot: (b, x) => b.each("mask", "v128.not", x),
  logicalNot: isZero,
  isNaN: no,
  abs: identity,
  sign: identity,
  floor: identity,
  ceil: identity,
  trunc: identity,
  round: identity,
};

const tables = {
  f32: floatTable("f32"),
  f64: floatTable("f64"),
  i32: int32Table,
  i64: intTable("i64"),
  mask: maskTable,
} as const satisfies Readonly<Record<LaneKind, UnaryTable>>;

/** How an operation is carried out on lanes of a kind, or null where only the JavaScript backend can. */
export function unaryOn(operation: UnaryOperation, kind: LaneKind, isByte: boolean): Unary | null {
  const plain = (isByte ? uint8Table : tables[kind])[operation];
  if (plain !== undefined) return plain;
  const own = floatFunctions[operation];
  if (own === undefined || (kind !== "f32" && kind !== "f64")) return null;
  if (kind === "f64") return own.f64;
  if (own.f32 !== null) return own.f32;
  const wide = own.f64;
  // In 64 bits and rounded back: within half an ulp and a little.
  return wide === null ? null : (b, x) => toF32(b, wide(b, toF64(b, x)));
}
