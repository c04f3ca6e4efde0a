/**
 * Expressions over numbers and booleans that are not known while capturing.
 * They keep JavaScript's own arithmetic (IEEE 754 doubles, ECMA-262 §6.1.6.1), so that printing one gives the program's meaning.
 */
export type Expression<Leaf> =
  | { readonly kind: "constant"; readonly value: number | boolean }
  | { readonly kind: "leaf"; readonly leaf: Leaf }
  | { readonly kind: "unary"; readonly operator: UnaryOperator; readonly operand: Expression<Leaf> }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression<Leaf>;
      readonly right: Expression<Leaf>;
    }
  | {
      readonly kind: "math";
      readonly name: MathFunction;
      readonly operands: readonly Expression<Leaf>[];
    };

export type Scalar = number | boolean;
export type UnaryOperator = keyof typeof unaryOperators;
export type BinaryOperator = keyof typeof binaryOperators;

/** The pure functions of Math: the same arguments give the same result on one engine. */
export const mathFunctions = [
  "abs",
  "acos",
  "acosh",
  "asin",
  "asinh",
  "atan",
  "atan2",
  "atanh",
  "cbrt",
  "ceil",
  "clz32",
  "cos",
  "cosh",
  "exp",
  "expm1",
  "floor",
  "fround",
  "hypot",
  "imul",
  "log",
  "log10",
  "log1p",
  "log2",
  "max",
  "min",
  "pow",
  "round",
  "sign",
  "sin",
  "sinh",
  "sqrt",
  "tan",
  "tanh",
  "trunc",
] as const satisfies readonly (keyof Math)[];
export type MathFunction = (typeof mathFunctions)[number];

/** A boolean operand counts as 0 or 1, as ToNumber says; comparisons and `!` give booleans. */
const unaryOperators = {
  "-": (x: Scalar): Scalar => -Number(x),
  "+": (x: Scalar): Scalar => Number(x),
  "~": (x: Scalar): Scalar => ~Number(x),
  "!": (x: Scalar): Scalar => !x,
} as const;

const binaryOperators = {
  "+": (a: Scalar, b: Scalar): Scalar => Number(a) + Number(b),
  "-": (a: Scalar, b: Scalar): Scalar => Number(a) - Number(b),
  "*": (a: Scalar, b: Scalar): Scalar => Number(a) * Number(b),
  "/": (a: Scalar, b: Scalar): Scalar => Number(a) / Number(b),
  "%": (a: Scalar, b: Scalar): Scalar => Number(a) % Number(b),
  "**": (a: Scalar, b: Scalar): Scalar => Number(a) ** Number(b),
  "|": (a: Scalar, b: Scalar): Scalar => Number(a) | Number(b),
  "&": (a: Scalar, b: Scalar): Scalar => Number(a) & Number(b),
  "^": (a: Scalar, b: Scalar): Scalar => Number(a) ^ Number(b),
  "<<": (a: Scalar, b: Scalar): Scalar => Number(a) << Number(b),
  ">>": (a: Scalar, b: Scalar): Scalar => Number(a) >> Number(b),
  ">>>": (a: Scalar, b: Scalar): Scalar => Number(a) >>> Number(b),
  "<": (a: Scalar, b: Scalar): Scalar => a < b,
  "<=": (a: Scalar, b: Scalar): Scalar => a <= b,
  ">": (a: Scalar, b: Scalar): Scalar => a > b,
  ">=": (a: Scalar, b: Scalar): Scalar => a >= b,
  "===": (a: Scalar, b: Scalar): Scalar => a === b,
  "!==": (a: Scalar, b: Scalar): Scalar => a !== b,
  "==": (a: Scalar, b: Scalar): Scalar => Number(a) === Number(b),
  "!=": (a: Scalar, b: Scalar): Scalar => Number(a) !== Number(b),
} as const;

export const isUnaryOperator = (text: string): text is UnaryOperator =>
  Object.hasOwn(unaryOperators, text);
export const isBinaryOperator = (text: string): text is BinaryOperator =>
  Object.hasOwn(binaryOperators, text);
export const isMathFunction = (text: string): text is MathFunction =>
  (mathFunctions as readonly string[]).includes(text);

const applyUnary = (operator: UnaryOperator, x: Scalar): Scalar => unaryOperators[operator](x);
const applyBinary = (operator: BinaryOperator, a: Scalar, b: Scalar): Scalar =>
  binaryOperators[operator](a, b);

/** The value of the expression, or `undefined` when a leaf has none yet. */
export function evaluateExpression<Leaf>(
  expression: Expression<Leaf>,
  valueOf: (leaf: Leaf) => Scalar | undefined,
): Scalar | undefined {
  switch (expression.kind) {
    case "constant":
      return expression.value;
    case "leaf":
      return valueOf(expression.leaf);
    case "unary": {
      const x = evaluateExpression(expression.operand, valueOf);
      return x === undefined ? undefined : applyUnary(expression.operator, x);
    }
    case "binary": {
      const a = evaluateExpression(expression.left, valueOf);
      const b = evaluateExpression(expression.right, valueOf);
      return a === undefined || b === undefined
        ? undefined
        : applyBinary(expression.operator, a, b);
    }
    case "math": {
      const operands: number[] = [];
      for (const operand of expression.operands) {
        const x = evaluateExpression(operand, valueOf);
        if (x === undefined) return undefined;
        operands.push(Number(x));
      }
      // Every listed function takes any number of numbers, though most look at one or two.
      return Reflect.apply(Math[expression.name], Math, operands) as number;
    }
  }
}

/** Every leaf below the expression, each once, in reading order. */
export function leavesOf<Leaf>(
  expression: Expression<Leaf>,
  found: Set<Leaf> = new Set(),
): ReadonlySet<Leaf> {
  switch (expression.kind) {
    case "constant":
      break;
    case "leaf":
      found.add(expression.leaf);
      break;
    case "unary":
      leavesOf(expression.operand, found);
      break;
    case "binary":
      leavesOf(expression.left, found);
      leavesOf(expression.right, found);
      break;
    case "math":
      for (const operand of expression.operands) leavesOf(operand, found);
      break;
  }
  return found;
}

/** The expression as JavaScript; `mathText` names the captured intrinsic, so that a program may patch Math. */
export function printExpression<Leaf>(
  expression: Expression<Leaf>,
  leafText: (leaf: Leaf) => string,
  mathText: (name: MathFunction) => string = (name) => `Math.${name}`,
): string {
  const print = (e: Expression<Leaf>): string => {
    switch (e.kind) {
      case "constant":
        return printScalar(e.value);
      case "leaf":
        return leafText(e.leaf);
      case "unary":
        return `(${e.operator} ${print(e.operand)})`;
      case "binary":
        return `(${print(e.left)} ${e.operator} ${print(e.right)})`;
      case "math":
        return `${mathText(e.name)}(${e.operands.map(print).join(", ")})`;
    }
  };
  return print(expression);
}

export function printScalar(value: Scalar): string {
  if (typeof value === "boolean") return String(value);
  if (Object.is(value, -0)) return "(-0)"; // `-0 ** n` is a syntax error
  return value < 0 ? `(${value})` : String(value);
}
