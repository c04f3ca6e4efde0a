/** Arithmetic and comparisons as vector instructions, one table for each kind of lanes. */
import { at } from "../../core/shape.ts";
import type { FunctionBuilder } from "../../wasm/function-builder.ts";
import type { PlainInstruction } from "../../wasm/opcodes.ts";
import type { ArithmeticOperation, ComparisonOperation } from "../expression.ts";
import { narrowParts, selectValue, toMask } from "./convert.ts";
import { arctangent2 } from "./math/arctangent.ts";
import { power32 } from "./math/power.ts";
import type { LaneKind, ProgramBuilder, Value } from "./program.ts";

type Binary = (b: ProgramBuilder, x: Value, y: Value) => Value;
type BinaryTable = Readonly<Partial<Record<ArithmeticOperation, Binary>>>;

const each =
  (kind: LaneKind, op: PlainInstruction): Binary =>
  (b, x, y) =>
    b.each(kind, op, x, y);

/** The number that a value always is, or null. */
function constantOf(b: ProgramBuilder, value: Value, lane: "f32" | "f64"): number | null {
  const instruction = at(b.instructions, at(value.parts, 0));
  if (instruction.kind !== "constant") return null;
  const view = new DataView(instruction.bytes.buffer, instruction.bytes.byteOffset);
  return lane === "f32" ? view.getFloat32(0, true) : view.getFloat64(0, true);
}

const isNumberBesideZero = (x: number | null): boolean => x !== null && x !== 0 && !Number.isNaN(x);

/**
 * The smaller or larger, NaN if either is, and of 0 and -0 the first, as in PyTorch. `pmin(x, y)` is `y < x ? y : x`: it
 * gives x where x is NaN, so only a NaN in y needs care. WebAssembly's own min and max cost several times as much.
 */
const extreme =
  (kind: "f32" | "f64", pseudo: "pmin" | "pmax"): Binary =>
  (b, x, y) => {
    const lane = kind === "f32" ? "f32x4" : "f64x2";
    // The second operand then needs no care; which of two equal numbers it is only shows in zeros.
    if (isNumberBesideZero(constantOf(b, x, kind))) [x, y] = [y, x];
    const chosen = b.each(kind, `${lane}.${pseudo}`, x, y);
    const bound = constantOf(b, y, kind);
    if (bound !== null && !Number.isNaN(bound)) return chosen;
    return b.parts(kind, (part) => {
      const right = at(y.parts, part);
      const isNumber = b.plain(`${lane}.eq`, right, right);
      return b.choose(kind === "f32" ? "i32x4" : "i64x2", at(chosen.parts, part), right, isNumber);
    });
  };

function floatTable(kind: "f32" | "f64"): BinaryTable {
  const lane = kind === "f32" ? "f32x4" : "f64x2";
  const signBit = (b: ProgramBuilder): number => (kind === "f32" ? b.f32(-0) : b.f64(-0));
  return {
    add: each(kind, `${lane}.add`),
    sub: each(kind, `${lane}.sub`),
    mul: each(kind, `${lane}.mul`),
    div: each(kind, `${lane}.div`),
    minimum: extreme(kind, "pmin"),
    maximum: extreme(kind, "pmax"),
    larger: each(kind, `${lane}.pmax`),
    quotient: (b, x, y) => b.each(kind, `${lane}.trunc`, b.each(kind, `${lane}.div`, x, y)),
    copysign: (b, x, y) =>
      b.parts(kind, (part) =>
        b.plain("v128.bitselect", at(y.parts, part), at(x.parts, part), signBit(b)),
      ),
    atan2: arctangent2,
  };
}

/** Wraps results to a byte, for uint8. */
function wrapped(operation: Binary): Binary {
  return (b, x, y) => b.each("i32", "v128.and", operation(b, x, y), b.constant("i32", 255));
}

const zero = (type: "i32" | "i64", f: FunctionBuilder): void => {
  if (type === "i32") f.i32Const(0);
  else f.i64Const(0n);
};

/** Division lane by lane. The smallest integer divided by -1 would trap: -1 is divided by as by 1, and negated. */
function division(
  type: "i32" | "i64",
  round: "down" | "toZero",
  result: "quotient" | "rest",
): Binary {
  const negate = (f: FunctionBuilder, value: () => void): void => {
    zero(type, f);
    value();
    f.emit(`${type}.sub`);
  };
  return (b, x, y) => {
    const safe = checkedDivisor(b, type, y);
    return b.byLane(`${type}.${round}.${result}`, type, [x, safe], (f, get) => {
      const isMinusOne = (): void => {
        get(1);
        if (type === "i32") f.i32Const(-1);
        else f.i64Const(-1n);
        f.emit(`${type}.eq`);
      };
      isMinusOne();
      f.if(
        () => (result === "quotient" ? negate(f, () => get(0)) : zero(type, f)),
        () => {
          get(0);
          get(1);
          f.emit(result === "quotient" ? `${type}.div_s` : `${type}.rem_s`);
          if (round === "toZero") return;
          // One less, or one divisor more, where the rest and the divisor have different signs.
          if (result === "rest") get(1);
          else if (type === "i32") f.i32Const(-1);
          else f.i64Const(-1n);
          zero(type, f);
          get(0);
          get(1);
          f.emit(`${type}.rem_s`);
          zero(type, f);
          f.emit(`${type}.ne`);
          get(0);
          get(1);
          f.emit(`${type}.xor`);
          zero(type, f);
          f.emit(`${type}.lt_s`);
          f.emit("i32.and");
          f.emit("select");
          f.emit(`${type}.add`);
        },
        type,
      );
    });
  };
}

function checkedDivisor(b: ProgramBuilder, type: "i32" | "i64", y: Value): Value {
  const isConstant = y.parts.every((part) => at(b.instructions, part).kind === "constant");
  if (isConstant) {
    const constant = at(b.instructions, at(y.parts, 0));
    if (constant.kind === "constant" && constant.bytes.some((byte) => byte !== 0)) return y;
  }
  const nonZero = toMask(b, y);
  const checked = b.add(
    {
      kind: "check",
      failure: { kind: "zeroDivision" },
      args: [at(nonZero.parts, 0), ...y.parts],
    },
    2,
    `zero ${type}`,
  );
  // The divisor depends on its check, so that the division comes after it.
  return b.parts(type, (part) => b.plain("v128.and", at(y.parts, part), checked));
}

/** A shift by the full width or more empties the number. */
function shift(type: "i32" | "i64", direction: "shl" | "shr_s"): Binary {
  const width = type === "i32" ? 32 : 64;
  const number = (f: FunctionBuilder, value: number): void => {
    if (type === "i32") f.i32Const(value);
    else f.i64Const(BigInt(value));
  };
  return (b, x, y) =>
    b.byLane(`${type}.${direction}`, type, [x, y], (f, get) => {
      get(0);
      get(1);
      f.emit(`${type}.${direction}`);
      if (direction === "shl") {
        number(f, 0);
      } else {
        get(0);
        number(f, width - 1);
        f.emit(`${type}.shr_s`);
      }
      get(1);
      number(f, width);
      f.emit(`${type}.lt_u`);
      f.emit("select");
    });
}

const int32Table: BinaryTable = {
  add: each("i32", "i32x4.add"),
  sub: each("i32", "i32x4.sub"),
  mul: each("i32", "i32x4.mul"),
  minimum: each("i32", "i32x4.min_s"),
  maximum: each("i32", "i32x4.max_s"),
  bitwiseAnd: each("i32", "v128.and"),
  bitwiseOr: each("i32", "v128.or"),
  bitwiseXor: each("i32", "v128.xor"),
  shiftLeft: shift("i32", "shl"),
  shiftRight: shift("i32", "shr_s"),
  floorDivide: division("i32", "down", "quotient"),
  remainder: division("i32", "down", "rest"),
  quotient: division("i32", "toZero", "quotient"),
  fmod: division("i32", "toZero", "rest"),
};

/** Every operation of bytes that can leave [0, 255] is wrapped. */
const uint8Table: BinaryTable = {
  ...int32Table,
  add: wrapped(each("i32", "i32x4.add")),
  sub: wrapped(each("i32", "i32x4.sub")),
  mul: wrapped(each("i32", "i32x4.mul")),
  shiftLeft: wrapped(shift("i32", "shl")),
};

const int64Table: BinaryTable = {
  add: each("i64", "i64x2.add"),
  sub: each("i64", "i64x2.sub"),
  mul: each("i64", "i64x2.mul"),
  minimum: (b, x, y) => selectValue(b, compareValues(b, "lt", x, y), x, y),
  maximum: (b, x, y) => selectValue(b, compareValues(b, "gt", x, y), x, y),
  bitwiseAnd: each("i64", "v128.and"),
  bitwiseOr: each("i64", "v128.or"),
  bitwiseXor: each("i64", "v128.xor"),
  shiftLeft: shift("i64", "shl"),
  shiftRight: shift("i64", "shr_s"),
  floorDivide: division("i64", "down", "quotient"),
  remainder: division("i64", "down", "rest"),
  quotient: division("i64", "toZero", "quotient"),
  fmod: division("i64", "toZero", "rest"),
};

const boolTable: BinaryTable = {
  add: each("mask", "v128.or"),
  mul: each("mask", "v128.and"),
  minimum: each("mask", "v128.and"),
  maximum: each("mask", "v128.or"),
  bitwiseAnd: each("mask", "v128.and"),
  bitwiseOr: each("mask", "v128.or"),
  bitwiseXor: each("mask", "v128.xor"),
  pow: (b, x, y) =>
    b.parts("mask", (part) =>
      b.plain("v128.or", at(x.parts, part), b.plain("v128.not", at(y.parts, part))),
    ),
};

const tables = {
  f32: { ...floatTable("f32"), pow: power32 },
  f64: floatTable("f64"),
  i32: int32Table,
  i64: int64Table,
  mask: boolTable,
} as const satisfies Readonly<Record<LaneKind, BinaryTable>>;

/** How an operation is carried out on lanes of a kind, or null where only the JavaScript backend can. */
export function arithmeticOn(
  operation: ArithmeticOperation,
  kind: LaneKind,
  isByte: boolean,
): Binary | null {
  return (isByte ? uint8Table : tables[kind])[operation] ?? null;
}

const signedSuffix = {
  eq: "eq",
  ne: "ne",
  lt: "lt_s",
  le: "le_s",
  gt: "gt_s",
  ge: "ge_s",
} as const;

export function compareValues(
  b: ProgramBuilder,
  operation: ComparisonOperation,
  x: Value,
  y: Value,
): Value {
  switch (x.kind) {
    case "f32":
      return b.each("mask", `f32x4.${operation}`, x, y);
    case "i32":
      return b.each("mask", `i32x4.${signedSuffix[operation]}`, x, y);
    case "mask":
      return compareMasks(b, operation, x, y);
    case "f64":
    case "i64": {
      const op =
        x.kind === "f64"
          ? (`f64x2.${operation}` as const)
          : (`i64x2.${signedSuffix[operation]}` as const);
      const masks = x.parts.map((part, index) => b.plain(op, part, at(y.parts, index)));
      return { kind: "mask", parts: [narrowParts(b, masks)] };
    }
  }
}

/** True is -1 in a mask, so the order of signed integers is the opposite of that of booleans. */
function compareMasks(
  b: ProgramBuilder,
  operation: ComparisonOperation,
  x: Value,
  y: Value,
): Value {
  return b.each("mask", `i32x4.${signedSuffix[operation]}`, y, x);
}
