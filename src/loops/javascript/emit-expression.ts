/** Expressions as JavaScript text. int64 is bigint, everything else number; bool is 0 or 1. */
import { InternalError } from "../../base/errors.ts";
import { unreachable } from "../../base/unreachable.ts";
import { functionBesideOne } from "../beside-one.ts";
import {
  childrenOf,
  type ArithmeticOperation,
  type Expression,
  type UnaryOperation,
  type ValueType,
} from "../expression.ts";

/** How a kernel's surroundings name what expressions refer to. */
export interface EmissionScope {
  load(operand: number): string;
  /** The load of an int64 element as a number, through the two 32-bit words of its memory. */
  loadAsNumber(operand: number): string;
  /** The lower 32-bit word of an int64 element, as a signed number. */
  loadLowWord(operand: number): string;
  gather(operand: number, coordinates: readonly string[], asNumber: boolean): string;
  scalar(slot: number): string;
  position(axis: number): string;
  foldPosition(): string;
  state(state: number): string;
  row(row: number): string;
  /** Interns a value that generated code refers to by name. */
  embed(value: unknown): string;
}

/** Emits expressions as `const` lines, each shared node once. */
export class ExpressionEmitter {
  readonly lines: string[] = [];
  readonly #names = new Map<Expression, string>();
  readonly #scope: EmissionScope;
  readonly #prefix: string;
  #count = 0;

  constructor(scope: EmissionScope, prefix: string) {
    this.#scope = scope;
    this.#prefix = prefix;
  }

  /** Emits anew, from now on, what depends on states from `first` on: they were stepped. */
  forgetStates(first: number): void {
    const depends = new Map<Expression, boolean>();
    const dependsOnStates = (expression: Expression): boolean => {
      let known = depends.get(expression);
      if (known === undefined) {
        known =
          (expression.kind === "state" && expression.state >= first) ||
          childrenOf(expression).some(dependsOnStates);
        depends.set(expression, known);
      }
      return known;
    };
    for (const expression of this.#names.keys())
      if (dependsOnStates(expression)) this.#names.delete(expression);
  }

  /** The name or literal of the value of `expression`. */
  emit(expression: Expression): string {
    const known = this.#names.get(expression);
    if (known !== undefined) return known;
    const text = this.#text(expression);
    const isAtom =
      expression.kind === "constant" ||
      expression.kind === "scalar" ||
      expression.kind === "position" ||
      expression.kind === "state";
    if (isAtom) return text;
    const name = `${this.#prefix}${this.#count++}`;
    this.#names.set(expression, name);
    this.lines.push(`const ${name} = ${text};`);
    return name;
  }

  #text(expression: Expression): string {
    switch (expression.kind) {
      case "load":
        return this.#scope.load(expression.operand);
      case "gather":
        return this.#scope.gather(
          expression.operand,
          expression.coordinates.map((c) => this.emit(c)),
          false,
        );
      case "scalar":
        return this.#scope.scalar(expression.slot);
      case "constant":
        return emitConstant(expression.type, expression.value);
      case "position":
        return this.#scope.position(expression.axis);
      case "foldPosition":
        return this.#scope.foldPosition();
      case "state":
        return this.#scope.state(expression.state);
      case "otherState":
        throw new InternalError("JavaScript kernels fold in one part: nothing is combined");
      case "row":
        return this.#scope.row(expression.row);
      case "unary":
        return emitUnary(expression.operation, expression.x.type, this.emit(expression.x));
      case "arithmetic": {
        const sum = functionBesideOne(expression);
        // Rounded once, as in WebAssembly.
        if (sum !== null && isFloat(expression.type))
          return round(
            expression.type,
            `1 + ${floatFunctions[sum.operation]}(${this.emit(sum.x)})`,
          );
        return emitArithmetic(
          expression.operation,
          expression.type,
          this.emit(expression.x),
          this.emit(expression.y),
        );
      }
      case "comparison":
        return `(${this.emit(expression.x)} ${comparisonSymbols[expression.operation]} ${this.emit(expression.y)} ? 1 : 0)`;
      case "select":
        return `(${this.emit(expression.condition)} ? ${this.emit(expression.x)} : ${this.emit(expression.y)})`;
      case "cast":
        return this.#cast(expression.x, expression.type);
      case "checkedIndex": {
        const failure = this.#scope.embed(expression.failure);
        return `support.checkIndex(${this.emit(expression.index)}, ${this.emit(expression.size)}, ${expression.wraps}, ${failure})`;
      }
      default:
        return unreachable(expression);
    }
  }

  #cast(x: Expression, to: ValueType): string {
    if (x.type === "int64" && x.kind === "load" && (to === "int32" || to === "uint8")) {
      // The word itself: a number would lose the low bits of large integers.
      return castNumber(this.#scope.loadLowWord(x.operand), "int32", to);
    }
    if (x.type === "int64" && to !== "int64" && x.kind === "load")
      return castNumber(this.#scope.loadAsNumber(x.operand), "index", to);
    if (
      x.type === "int64" &&
      to !== "int64" &&
      to !== "int32" &&
      to !== "uint8" &&
      x.kind === "gather"
    ) {
      const coordinates = x.coordinates.map((c) => this.emit(c));
      return castNumber(this.#scope.gather(x.operand, coordinates, true), "index", to);
    }
    const value = this.emit(x);
    if (x.type === "int64") return castBigInt(value, to);
    if (to === "int64")
      return isInteger(x.type) ? `BigInt(${value})` : `support.truncateToBigInt(${value})`;
    return castNumber(value, x.type, to);
  }
}

const comparisonSymbols = { eq: "===", ne: "!==", lt: "<", le: "<=", gt: ">", ge: ">=" } as const;

function isFloat(type: ValueType): boolean {
  return type === "float32" || type === "float64";
}

function isInteger(type: ValueType): boolean {
  return !isFloat(type);
}

function emitConstant(type: ValueType, value: number | bigint): string {
  if (type === "int64") return `${typeof value === "bigint" ? value : BigInt(Math.trunc(value))}n`;
  const rounded = type === "float32" ? Math.fround(Number(value)) : Number(value);
  return Object.is(rounded, -0) ? "-0" : rounded < 0 ? `(${rounded})` : String(rounded);
}

function castNumber(value: string, from: ValueType, to: ValueType): string {
  switch (to) {
    case "float32":
      return from === "bool" || from === "uint8" ? value : `fround(${value})`;
    case "float64":
      return value;
    case "bool":
      return `(${value} !== 0 ? 1 : 0)`;
    case "uint8":
      return `(${value} & 255)`;
    case "int32":
      return `(${value} | 0)`;
    case "index":
      return isInteger(from) ? value : `Math.trunc(${value})`;
    case "int64":
      throw new InternalError("a cast to int64 gives a bigint");
  }
}

function castBigInt(value: string, to: ValueType): string {
  switch (to) {
    case "float32":
      return `fround(Number(${value}))`;
    case "bool":
      return `(${value} !== 0n ? 1 : 0)`;
    case "uint8":
      return `Number(BigInt.asUintN(8, ${value}))`;
    case "int32":
      return `Number(BigInt.asIntN(32, ${value}))`;
    case "float64":
    case "index":
      return `Number(${value})`;
    case "int64":
      return value;
  }
}

/** Rounds a result to its type. */
function round(type: ValueType, text: string): string {
  switch (type) {
    case "float32":
      return `fround(${text})`;
    case "int32":
      return `(${text} | 0)`;
    case "uint8":
      return `(${text} & 255)`;
    case "int64":
      return `BigInt.asIntN(64, ${text})`;
    default:
      return `(${text})`;
  }
}

/** Functions of one float, by operation. */
const floatFunctions: Readonly<Partial<Record<UnaryOperation, string>>> = {
  abs: "Math.abs",
  sqrt: "Math.sqrt",
  exp: "Math.exp",
  expOfNegative: "Math.exp",
  expm1: "Math.expm1",
  log: "Math.log",
  log1p: "Math.log1p",
  log2: "Math.log2",
  log10: "Math.log10",
  sin: "Math.sin",
  cos: "Math.cos",
  tan: "Math.tan",
  asin: "Math.asin",
  acos: "Math.acos",
  atan: "Math.atan",
  sinh: "Math.sinh",
  cosh: "Math.cosh",
  tanh: "Math.tanh",
  asinh: "Math.asinh",
  acosh: "Math.acosh",
  atanh: "Math.atanh",
  floor: "Math.floor",
  ceil: "Math.ceil",
  trunc: "Math.trunc",
  round: "support.roundHalfEven",
  erf: "support.erf",
  erfc: "support.erfc",
  erfinv: "support.erfinv",
  ndtr: "support.ndtr",
  lgamma: "support.lgamma",
  digamma: "support.digamma",
  roundToFloat16: "support.roundToFloat16",
  roundToBFloat16: "support.roundToBFloat16",
};

function emitUnary(operation: UnaryOperation, type: ValueType, x: string): string {
  const zero = type === "int64" ? "0n" : "0";
  const one = type === "int64" ? "1n" : "1";
  switch (operation) {
    case "neg":
      return type === "int64" || type === "float32" || type === "float64"
        ? type === "int64"
          ? round(type, `-${x}`)
          : `(-${x})`
        : round(type, `-${x}`);
    case "sign":
      return `(${x} > ${zero} ? ${one} : ${x} < ${zero} ? -${one} : ${zero})`;
    case "bitwiseNot":
      return type === "bool" ? `(1 - ${x})` : round(type, `~${x}`);
    case "logicalNot":
      return `(${x} === ${zero} ? 1 : 0)`;
    case "isNaN":
      return isInteger(type) ? "0" : `(${x} !== ${x} ? 1 : 0)`;
    default:
  }
  if (isInteger(type)) {
    if (operation === "abs")
      return type === "int64"
        ? round(type, `${x} < 0n ? -${x} : ${x}`)
        : round(type, `Math.abs(${x})`);
    if (
      operation === "floor" ||
      operation === "ceil" ||
      operation === "trunc" ||
      operation === "round"
    )
      return x;
    throw new InternalError(`${operation} of ${type}: the lowering must convert to a float first`);
  }
  if (operation === "exp2") return round(type, `2 ** ${x}`);
  const name = floatFunctions[operation];
  if (name === undefined) throw new InternalError(`no JavaScript for ${operation}`);
  return round(type, `${name}(${x})`);
}

type BinaryText = (x: string, y: string) => string;
type ArithmeticTable = Readonly<Partial<Record<ArithmeticOperation, BinaryText>>>;

const infix =
  (symbol: string): BinaryText =>
  (x, y) =>
    `${x} ${symbol} ${y}`;
const call =
  (name: string): BinaryText =>
  (x, y) =>
    `${name}(${x}, ${y})`;

/** NaN if either is, and of 0 and -0 the first. Both texts are names or literals. */
const extreme =
  (comparison: "<" | ">"): BinaryText =>
  (x, y) =>
    `${y} ${comparison} ${x} || ${y} !== ${y} ? ${y} : ${x}`;

const floatArithmetic: ArithmeticTable = {
  add: infix("+"),
  sub: infix("-"),
  mul: infix("*"),
  div: infix("/"),
  fmod: infix("%"),
  floorDivide: call("support.floorDivide"),
  remainder: call("support.remainder"),
  quotient: (x, y) => `Math.trunc(${x} / ${y})`,
  pow: call("support.power"),
  atan2: call("Math.atan2"),
  hypot: call("Math.hypot"),
  copysign: call("support.copySign"),
  minimum: extreme("<"),
  maximum: extreme(">"),
  larger: (x, y) => `${y} > ${x} ? ${y} : ${x}`,
};

const intArithmetic: ArithmeticTable = {
  add: infix("+"),
  sub: infix("-"),
  mul: call("Math.imul"),
  floorDivide: (x, y) => `Math.floor(${x} / support.checkDivisor(${y}))`,
  quotient: (x, y) => `Math.trunc(${x} / support.checkDivisor(${y}))`,
  remainder: (x, y) => `support.remainder(${x}, support.checkDivisor(${y}))`,
  fmod: (x, y) => `${x} % support.checkDivisor(${y})`,
  pow: call("support.powerInt"),
  minimum: call("Math.min"),
  maximum: call("Math.max"),
  bitwiseAnd: infix("&"),
  bitwiseOr: infix("|"),
  bitwiseXor: infix("^"),
  shiftLeft: call("support.shiftLeftInt"),
  shiftRight: call("support.shiftRightInt"),
};

const indexArithmetic: ArithmeticTable = {
  ...intArithmetic,
  mul: infix("*"),
};

const boolArithmetic: ArithmeticTable = {
  add: infix("|"),
  mul: infix("&"),
  minimum: infix("&"),
  maximum: infix("|"),
  bitwiseAnd: infix("&"),
  bitwiseOr: infix("|"),
  bitwiseXor: infix("^"),
  pow: (x, y) => `${x} | (1 - ${y})`,
};

const bigIntArithmetic: ArithmeticTable = {
  add: infix("+"),
  sub: infix("-"),
  mul: infix("*"),
  floorDivide: call("support.floorDivideBigInt"),
  remainder: call("support.remainderBigInt"),
  quotient: (x, y) => `${x} / support.checkDivisor(${y})`,
  fmod: (x, y) => `${x} % support.checkDivisor(${y})`,
  pow: call("support.powerBigInt"),
  minimum: (x, y) => `${x} < ${y} ? ${x} : ${y}`,
  maximum: (x, y) => `${x} > ${y} ? ${x} : ${y}`,
  bitwiseAnd: infix("&"),
  bitwiseOr: infix("|"),
  bitwiseXor: infix("^"),
  shiftLeft: call("support.shiftLeftBigInt"),
  shiftRight: call("support.shiftRightBigInt"),
};

const arithmeticTables: Readonly<Record<ValueType, ArithmeticTable>> = {
  float32: floatArithmetic,
  float64: floatArithmetic,
  int64: bigIntArithmetic,
  int32: intArithmetic,
  uint8: intArithmetic,
  bool: boolArithmetic,
  index: indexArithmetic,
};

/** The text of `x operation y` in `type`, rounded to it. */
export function emitArithmetic(
  operation: ArithmeticOperation,
  type: ValueType,
  x: string,
  y: string,
): string {
  const text = arithmeticTables[type][operation];
  if (text === undefined)
    throw new InternalError(`${operation} of ${type}: the lowering must convert first`);
  return round(type, text(x, y));
}
