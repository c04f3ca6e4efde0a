/** Scalar expressions: what a kernel computes at one point of its iteration space. Immutable trees that share nodes. */
import {
  type ComputeTypeName,
  type DTypeName,
  dtypes,
  isWordType,
  type WordTypeName,
} from "../core/dtype.ts";

/**
 * The dtype of a value inside a kernel; `index` is an exact integer in whatever form the backend counts with. Floats of
 * 16 bits are float32 here: a load gives that, a store rounds, and what a fused kernel need not store is rounded by
 * `roundToFloat16` and `roundToBFloat16`.
 */
export type ValueType = ComputeTypeName | "index";

export type UnaryOperation =
  | "neg"
  | "abs"
  | "sign"
  | "sqrt"
  | "exp"
  /** exp of numbers that are 0 or less; results below the normal numbers may be 0. */
  | "expOfNegative"
  | "expm1"
  | "exp2"
  | "log"
  | "log1p"
  | "log2"
  | "log10"
  | "sin"
  | "cos"
  | "tan"
  | "asin"
  | "acos"
  | "atan"
  | "sinh"
  | "cosh"
  | "tanh"
  | "asinh"
  | "acosh"
  | "atanh"
  | "floor"
  | "ceil"
  | "round"
  | "trunc"
  | "erf"
  | "erfc"
  | "erfinv"
  /** The distribution function of the normal distribution. */
  | "ndtr"
  | "lgamma"
  | "digamma"
  | "bitwiseNot"
  | "logicalNot"
  | "isNaN"
  /** A float32 as it comes back from memory where it is stored in 16 bits. */
  | "roundToFloat16"
  | "roundToBFloat16";

/** Arithmetic gives the type of its operands. `floorDivide` and `remainder` round down; `fmod` and `quotient` to zero. */
export type ArithmeticOperation =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "floorDivide"
  | "quotient"
  | "remainder"
  | "fmod"
  | "pow"
  | "atan2"
  | "hypot"
  | "copysign"
  | "minimum"
  | "maximum"
  /** `y > x ? y : x`: a NaN in y counts for nothing. The accumulator of a fold is x. */
  | "larger"
  | "bitwiseAnd"
  | "bitwiseOr"
  | "bitwiseXor"
  | "shiftLeft"
  | "shiftRight";

/** Comparisons give bool. */
export type ComparisonOperation = "eq" | "ne" | "lt" | "le" | "gt" | "ge";

/** How an index outside its dimension is reported; `{index}` and `{size}` stand for the values. */
export interface BoundsFailure {
  readonly error: "IndexError" | "RuntimeError";
  readonly message: string;
}

/** One value. `operand`, `slot`, `axis`, `state` and `row` count from 0 within the kernel. */
export type Expression =
  /** The element of an operand at the current point. */
  | { readonly kind: "load"; readonly type: ComputeTypeName; readonly operand: number }
  /** The element of an operand at coordinates that are computed. */
  | {
      readonly kind: "gather";
      readonly type: ComputeTypeName;
      readonly operand: number;
      readonly coordinates: readonly Expression[];
    }
  /** A number given at the launch. */
  | { readonly kind: "scalar"; readonly type: ValueType; readonly slot: number }
  | { readonly kind: "constant"; readonly type: ValueType; readonly value: number | bigint }
  /** The current position along an axis of the iteration space. */
  | { readonly kind: "position"; readonly type: "index"; readonly axis: number }
  /** The current position along the only fold axis. */
  | { readonly kind: "foldPosition"; readonly type: "index" }
  /** The current value of an accumulator of a fold; the final one for stages after its own. */
  | { readonly kind: "state"; readonly type: ValueType; readonly state: number }
  /** In the `combine` of a stage: the accumulator of the later one of two parts of the sweep. */
  | { readonly kind: "otherState"; readonly type: ValueType; readonly state: number }
  /** What an earlier sweep kept in a row buffer at this fold point. */
  | { readonly kind: "row"; readonly type: ValueType; readonly row: number }
  | {
      readonly kind: "unary";
      readonly type: ValueType;
      readonly operation: UnaryOperation;
      readonly x: Expression;
    }
  | {
      readonly kind: "arithmetic";
      readonly type: ValueType;
      readonly operation: ArithmeticOperation;
      readonly x: Expression;
      readonly y: Expression;
    }
  | {
      readonly kind: "comparison";
      readonly type: "bool";
      readonly operation: ComparisonOperation;
      readonly x: Expression;
      readonly y: Expression;
    }
  | {
      readonly kind: "select";
      readonly type: ValueType;
      readonly condition: Expression;
      readonly x: Expression;
      readonly y: Expression;
    }
  | { readonly kind: "cast"; readonly type: ValueType; readonly x: Expression }
  /** `index`, counted from the end if negative and `wraps`, checked to lie in [0, size). */
  | {
      readonly kind: "checkedIndex";
      readonly type: "index";
      readonly index: Expression;
      readonly size: Expression;
      readonly wraps: boolean;
      readonly failure: BoundsFailure;
    };

/** What an expression is computed from. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "gather":
      return expression.coordinates;
    case "unary":
    case "cast":
      return [expression.x];
    case "arithmetic":
    case "comparison":
      return [expression.x, expression.y];
    case "select":
      return [expression.condition, expression.x, expression.y];
    case "checkedIndex":
      return [expression.index, expression.size];
    default:
      return [];
  }
}

export function constant(type: ValueType, value: number | bigint): Expression {
  return { kind: "constant", type, value };
}

export function position(axis: number): Expression {
  return { kind: "position", type: "index", axis };
}

export const foldPosition: Expression = { kind: "foldPosition", type: "index" };

export function cast(x: Expression, type: ValueType): Expression {
  return x.type === type ? x : { kind: "cast", type, x };
}

const roundings: Readonly<Record<WordTypeName, UnaryOperation>> = {
  float16: "roundToFloat16",
  bfloat16: "roundToBFloat16",
};

/** A value as an element of `type`: what is loaded after it was stored. */
export function asElement(x: Expression, type: DTypeName): Expression {
  const value = cast(x, dtypes[type].computeName);
  return isWordType(type) ? unary(roundings[type], value) : value;
}

/** What remains to be computed of a value that is stored as `type`: the store itself rounds. */
export function withoutRounding(x: Expression, type: DTypeName): Expression {
  return isWordType(type) && x.kind === "unary" && x.operation === roundings[type] ? x.x : x;
}

/** The element of an operand at the current point. */
export function load(operand: number, type: DTypeName): Expression {
  return { kind: "load", type: dtypes[type].computeName, operand };
}

export function unary(operation: UnaryOperation, x: Expression): Expression {
  const type = operation === "logicalNot" || operation === "isNaN" ? "bool" : x.type;
  return { kind: "unary", type, operation, x };
}

/** Both operands must have the same type; a plain number becomes a constant of that type. */
export function arithmetic(
  operation: ArithmeticOperation,
  x: Expression | number,
  y: Expression | number,
): Expression {
  const [left, right] = sameType(x, y);
  return { kind: "arithmetic", type: left.type, operation, x: left, y: right };
}

export function compare(
  operation: ComparisonOperation,
  x: Expression | number,
  y: Expression | number,
): Expression {
  const [left, right] = sameType(x, y);
  return { kind: "comparison", type: "bool", operation, x: left, y: right };
}

export function select(
  condition: Expression,
  x: Expression | number,
  y: Expression | number,
): Expression {
  const [left, right] = sameType(x, y);
  return { kind: "select", type: left.type, condition, x: left, y: right };
}

function sameType(x: Expression | number, y: Expression | number): [Expression, Expression] {
  if (typeof x === "number") {
    if (typeof y === "number") throw new TypeError(`two plain numbers (${x}, ${y}) have no type`);
    return [constant(y.type, x), y];
  }
  const right = typeof y === "number" ? constant(x.type, y) : y;
  if (x.type !== right.type)
    throw new TypeError(`operands of types ${x.type} and ${right.type}: cast one`);
  return [x, right];
}

type Term = Expression | number;

export const add = (x: Term, y: Term): Expression => arithmetic("add", x, y);
export const sub = (x: Term, y: Term): Expression => arithmetic("sub", x, y);
export const mul = (x: Term, y: Term): Expression => arithmetic("mul", x, y);
export const div = (x: Term, y: Term): Expression => arithmetic("div", x, y);
export const minimum = (x: Term, y: Term): Expression => arithmetic("minimum", x, y);
export const maximum = (x: Term, y: Term): Expression => arithmetic("maximum", x, y);
export const larger = (x: Term, y: Term): Expression => arithmetic("larger", x, y);
export const negate = (x: Expression): Expression => unary("neg", x);
export const exp = (x: Expression): Expression => unary("exp", x);
export const logicalNot = (x: Expression): Expression => unary("logicalNot", x);
export const isNaNValue = (x: Expression): Expression => unary("isNaN", x);
export const logicalAnd = (x: Expression, y: Expression): Expression =>
  arithmetic("bitwiseAnd", x, y);
export const logicalOr = (x: Expression, y: Expression): Expression =>
  arithmetic("bitwiseOr", x, y);

/** An index read from data, checked against its dimension. */
export function checkedIndex(
  index: Expression,
  size: Expression,
  failure: BoundsFailure,
  options: { readonly wraps: boolean },
): Expression {
  return {
    kind: "checkedIndex",
    type: "index",
    index: cast(index, "index"),
    size,
    wraps: options.wraps,
    failure,
  };
}
