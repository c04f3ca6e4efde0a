/** Sums of 1 and a function, which have kernels of their own: rounded once, and less work than both. */
import type { Expression, UnaryOperation } from "./expression.ts";

const functions = ["exp", "erf", "tanh"] as const satisfies readonly UnaryOperation[];

export type FunctionBesideOne = (typeof functions)[number];

interface BesideOne {
  readonly operation: FunctionBesideOne;
  readonly x: Expression;
}

export const isOne = (term: Expression): boolean => term.kind === "constant" && term.value === 1;

/** f and x where the expression is 1 + f(x), else null. */
export function functionBesideOne(expression: Expression): BesideOne | null {
  if (expression.kind !== "arithmetic" || expression.operation !== "add") return null;
  const { x, y } = expression;
  const other = isOne(x) ? y : isOne(y) ? x : null;
  if (other?.kind !== "unary") return null;
  const operation = functions.find((each) => each === other.operation);
  return operation === undefined ? null : { operation, x: other.x };
}
