/** Expressions of a kernel as instructions of a program. */
import { InternalError } from "../../base/errors.ts";
import { unreachable } from "../../base/unreachable.ts";
import { type ComputeTypeName, type DTypeName, isWordType } from "../../core/dtype.ts";
import { at } from "../../core/shape.ts";
import { functionBesideOne, isOne } from "../beside-one.ts";
import type { Expression, ValueType } from "../expression.ts";
import { arithmeticOn, compareValues } from "./arithmetic.ts";
import { selectValue, toDType, toF32, toF64, toI32, toI64, toMask } from "./convert.ts";
import type { IndexWidths } from "./index-width.ts";
import {
  shapeOf,
  type AccessForm,
  type ElementBytes,
  type LaneKind,
  type Level,
  type ProgramBuilder,
  type Register,
  type Value,
} from "./program.ts";
import { onePlusExpOfNegated32 } from "./math/exponential.ts";
import { onePlus } from "./math/float-functions.ts";
import { unaryOn } from "./unary.ts";
import { wordLanes } from "./word-lanes.ts";

/** What the loop around the program says about the kernel's operands, axes and states. */
export interface LoweringContext {
  readonly widths: IndexWidths;
  /** How an operand's elements lie along the axis that is vectorised. */
  accessOf(operand: number): { readonly form: AccessForm; readonly level: Level };
  /** Types of operands, by number. */
  typeOf(operand: number): DTypeName;
  /** Which axis of the loops a position is about. Only one of them varies from lane to lane. */
  positionAxis(axis: number | "fold"): {
    readonly axis: number;
    readonly varies: boolean;
    readonly level: Level;
  };
  /** Kind, name and level of a state's register in this program. */
  stateInput(
    state: number,
    other: boolean,
  ): { readonly name: string; readonly level: Level; readonly perUnit: boolean };
}

/** The kind of lanes that hold values of a type; `index` depends on the expression. */
export function kindOf(type: ComputeTypeName): LaneKind {
  switch (type) {
    case "float32":
      return "f32";
    case "float64":
      return "f64";
    case "int64":
      return "i64";
    case "bool":
      return "mask";
    default:
      return "i32";
  }
}

export const bytesOf: Readonly<Record<DTypeName, ElementBytes>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  uint8: 1,
  bool: 1,
};

export class ExpressionLowering {
  readonly #b: ProgramBuilder;
  readonly #context: LoweringContext;
  readonly #values = new Map<Expression, Value>();
  #bound: ReadonlyMap<number, Value> = new Map();

  constructor(b: ProgramBuilder, context: LoweringContext) {
    this.#b = b;
    this.#context = context;
  }

  /** From now on states have these values: they were stepped. */
  bindStates(values: ReadonlyMap<number, Value>): void {
    this.#bound = values;
    this.#values.clear();
  }

  lower(expression: Expression): Value {
    let value = this.#values.get(expression);
    if (value === undefined) {
      value = this.#lower(expression);
      this.#values.set(expression, value);
    }
    return value;
  }

  #kind(expression: Expression): LaneKind {
    if (expression.type !== "index") return kindOf(expression.type);
    return this.#context.widths.isNarrow(expression) ? "i32" : "i64";
  }

  #lower(expression: Expression): Value {
    const b = this.#b;
    switch (expression.kind) {
      case "load":
        return this.#load(expression.operand);
      case "gather": {
        const addresses = this.address(expression.operand, expression.coordinates);
        return this.elementAt(expression.operand, addresses);
      }
      case "scalar": {
        // Numbers that came as doubles: an index may be any of them.
        const kind = expression.type === "index" ? "i64" : kindOf(expression.type);
        const shape = kind === "mask" ? "i32x4" : shapeOf(kind);
        const register = b.add(
          { kind: "scalar", slot: expression.slot, shape, args: [] },
          0,
          `${expression.slot}`,
        );
        const value = b.parts(kind === "mask" ? "i32" : kind, () => register);
        return kind === "mask" ? toMask(b, value) : value;
      }
      case "constant":
        return b.constant(this.#kind(expression), exactConstant(expression.type, expression.value));
      case "position":
        return this.#position(expression.axis);
      case "foldPosition":
        return this.#position("fold");
      case "state":
      case "otherState": {
        const isOther = expression.kind === "otherState";
        const bound = isOther ? undefined : this.#bound.get(expression.state);
        if (bound !== undefined) return bound;
        const input = this.#context.stateInput(expression.state, isOther);
        return b.parts(this.stateKind(expression.state, expression.type), (part) => {
          const name = `${input.name}.${part}`;
          return b.add(
            { kind: "input", name, perUnit: input.perUnit, args: [] },
            input.level,
            name,
          );
        });
      }
      case "row": {
        const kind = this.rowKind(expression.type);
        const wide = kind === "f64" || kind === "i64";
        return b.parts(kind, (part) =>
          b.add(
            { kind: "row", row: expression.row, part, wide, args: [] },
            2,
            `${expression.row}.${part}`,
          ),
        );
      }
      case "unary": {
        const x = this.lower(expression.x);
        const operation = unaryOn(expression.operation, x.kind, expression.x.type === "uint8");
        if (operation === null)
          throw new InternalError(
            `no vector code for ${expression.operation} of ${expression.x.type}`,
          );
        return operation(b, x);
      }
      case "arithmetic": {
        const kind = this.#kind(expression);
        if (kind === "f32") {
          const fused = this.#fused(expression);
          if (fused !== null) return fused;
        }
        const x = this.#as(kind, this.lower(expression.x));
        const y = this.#as(kind, this.lower(expression.y));
        const operation = arithmeticOn(expression.operation, kind, expression.type === "uint8");
        if (operation === null)
          throw new InternalError(
            `no vector code for ${expression.operation} of ${expression.type}`,
          );
        return operation(b, x, y);
      }
      case "comparison": {
        const [x, y] = this.#sameKind(this.lower(expression.x), this.lower(expression.y));
        return compareValues(b, expression.operation, x, y);
      }
      case "select": {
        const [x, y] = this.#sameKind(this.lower(expression.x), this.lower(expression.y));
        return selectValue(b, toMask(b, this.lower(expression.condition)), x, y);
      }
      case "cast": {
        const x = this.lower(expression.x);
        if (expression.type !== "index") return toDType(b, x, expression.type);
        return x.kind === "i32" || x.kind === "mask" ? toI32(b, x) : toI64(b, x);
      }
      case "checkedIndex":
        return this.#checkedIndex(expression);
      default:
        return unreachable(expression);
    }
  }

  /** What is less work together than each by itself, or null. */
  #fused(expression: Expression & { readonly kind: "arithmetic" }): Value | null {
    const b = this.#b;
    const term = functionBesideOne(expression);
    if (term !== null) {
      const { operation, x } = term;
      if (operation === "exp" && x.kind === "unary" && x.operation === "neg")
        return onePlusExpOfNegated32(b, this.lower(x.x));
      return onePlus[operation](b, this.lower(x));
    }
    const quotient = quotientOfSigmoid(expression);
    if (quotient === null) return null;
    return b.each("f32", "f32x4.div", this.lower(quotient.x), this.lower(quotient.y));
  }

  /** Rows keep `index` values in 64 bits. */
  rowKind(type: ValueType): LaneKind {
    return type === "index" ? "i64" : kindOf(type);
  }

  stateKind(state: number, type: ValueType): LaneKind {
    if (type !== "index") return kindOf(type);
    return this.#context.widths.isNarrowState(state) ? "i32" : "i64";
  }

  /** A value as another kind of integer lanes: only `index` values come in two widths. */
  #as(kind: LaneKind, value: Value): Value {
    return convertKind(this.#b, value, kind);
  }

  #sameKind(x: Value, y: Value): [Value, Value] {
    if (x.kind === y.kind) return [x, y];
    const kind = x.kind === "i64" || y.kind === "i64" ? "i64" : "i32";
    return [this.#as(kind, x), this.#as(kind, y)];
  }

  #load(operand: number): Value {
    const b = this.#b;
    const type = this.#context.typeOf(operand);
    const { form, level } = this.#context.accessOf(operand);
    const bytes = bytesOf[type];
    return fromMemory(b, type, (part) => {
      // All parts of a splat are the same.
      const own = form === "splat" ? 0 : part;
      return b.add(
        { kind: "load", operand, bytes, form, part: own, args: [] },
        level,
        `${operand}.${own}`,
      );
    });
  }

  #position(axis: number | "fold"): Value {
    const b = this.#b;
    const place = this.#context.positionAxis(axis);
    const register = b.add(
      { kind: "position", axis: place.axis, varies: place.varies, args: [] },
      place.level,
      String(place.axis),
    );
    return { kind: "i32", parts: [register] };
  }

  /** Byte addresses of an operand's elements at coordinates. */
  address(operand: number, coordinates: readonly Expression[]): Register {
    const b = this.#b;
    let sum = b.add({ kind: "address", operand, args: [] }, 0, String(operand));
    coordinates.forEach((coordinate, dim) => {
      const index = at(toI32(b, this.lower(coordinate)).parts, 0);
      const step = b.add({ kind: "randomStep", operand, dim, args: [] }, 0, `${operand}.${dim}`);
      sum = b.plain("i32x4.add", sum, b.plain("i32x4.mul", index, step));
    });
    return sum;
  }

  /** The elements of an operand at byte addresses. */
  elementAt(operand: number, addresses: Register): Value {
    const b = this.#b;
    const type = this.#context.typeOf(operand);
    return fromMemory(b, type, (part) =>
      b.add({ kind: "gather", bytes: bytesOf[type], part, args: [addresses] }, 2, `${type}${part}`),
    );
  }

  #checkedIndex(expression: Expression & { readonly kind: "checkedIndex" }): Value {
    const b = this.#b;
    const index = toI64(b, this.lower(expression.index));
    const size = toI64(b, this.lower(expression.size));
    const zero = b.constant("i64", 0n);
    let wrapped = index;
    if (expression.wraps) {
      const fromEnd = b.each("i64", "i64x2.add", index, size);
      wrapped = selectValue(b, compareValues(b, "lt", index, zero), fromEnd, index);
    }
    const inside = b.each(
      "mask",
      "v128.and",
      compareValues(b, "ge", wrapped, zero),
      compareValues(b, "lt", wrapped, size),
    );
    const checked = b.add(
      {
        kind: "check",
        failure: { kind: "bounds", failure: expression.failure },
        args: [at(inside.parts, 0), ...index.parts, ...size.parts],
      },
      2,
      `${expression.failure.message}`,
    );
    // The index depends on its check, so that whatever uses it comes later.
    const narrow = at(toI32(b, wrapped).parts, 0);
    return { kind: "i32", parts: [b.plain("v128.and", narrow, checked)] };
  }
}

/** x and y where the expression is x·(1/y) and y is 1 + exp(…): its inverse does not overflow, so x/y is as good. */
function quotientOfSigmoid({ operation, x, y }: Expression & { readonly kind: "arithmetic" }): {
  readonly x: Expression;
  readonly y: Expression;
} | null {
  if (operation !== "mul") return null;
  for (const [factor, inverse] of [
    [x, y],
    [y, x],
  ] as const) {
    if (inverse.kind !== "arithmetic" || inverse.operation !== "div") continue;
    if (!isOne(inverse.x) || inverse.y.kind !== "arithmetic") continue;
    if (functionBesideOne(inverse.y)?.operation === "exp") return { x: factor, y: inverse.y };
  }
  return null;
}

/** The lanes of an operand of `type`, from its elements as `load` finds them. */
function fromMemory(b: ProgramBuilder, type: DTypeName, load: (part: number) => Register): Value {
  if (isWordType(type)) return b.parts("f32", (part) => wordLanes[type].unpack(b, load(part)));
  const value = b.parts(type === "bool" ? "i32" : kindOf(type), load);
  return type === "bool" ? toMask(b, value) : value;
}

export function convertKind(b: ProgramBuilder, value: Value, kind: LaneKind): Value {
  if (value.kind === kind) return value;
  switch (kind) {
    case "f32":
      return toF32(b, value);
    case "f64":
      return toF64(b, value);
    case "i32":
      return toI32(b, value);
    case "i64":
      return toI64(b, value);
    case "mask":
      return toMask(b, value);
  }
}

function exactConstant(type: ValueType, value: number | bigint): number | bigint {
  if (type === "int64" || type === "index")
    return typeof value === "bigint" ? value : BigInt(Math.trunc(value));
  return Number(value);
}
