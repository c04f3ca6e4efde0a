/** Operators, one closure each: the engine's own on values of this program. */
import type { BinaryOperator } from "acorn";
import { NotInterpretable } from "./run.ts";

type Binary = (left: never, right: never) => unknown;

// Operands are whatever the text has; the engine gives meaning and errors to each combination.
const binary: Readonly<Record<string, Binary>> = {
  "+": (a: number, b: number) => a + b,
  "-": (a: number, b: number) => a - b,
  "*": (a: number, b: number) => a * b,
  "/": (a: number, b: number) => a / b,
  "%": (a: number, b: number) => a % b,
  "**": (a: number, b: number) => a ** b,
  // oxlint-disable-next-line eqeqeq -- the operator itself
  "==": (a: unknown, b: unknown) => a == b,
  // oxlint-disable-next-line eqeqeq -- the operator itself
  "!=": (a: unknown, b: unknown) => a != b,
  "===": (a: unknown, b: unknown) => a === b,
  "!==": (a: unknown, b: unknown) => a !== b,
  "<": (a: number, b: number) => a < b,
  "<=": (a: number, b: number) => a <= b,
  ">": (a: number, b: number) => a > b,
  ">=": (a: number, b: number) => a >= b,
  "&": (a: number, b: number) => a & b,
  "|": (a: number, b: number) => a | b,
  "^": (a: number, b: number) => a ^ b,
  "<<": (a: number, b: number) => a << b,
  ">>": (a: number, b: number) => a >> b,
  ">>>": (a: number, b: number) => a >>> b,
  in: (a: string, b: object) => a in b,
  instanceof: (a: unknown, b: Function) => a instanceof b,
};

export function binaryOperator(
  operator: BinaryOperator,
): (left: unknown, right: unknown) => unknown {
  const apply = binary[operator];
  if (apply === undefined) throw new NotInterpretable(`the operator ${operator}`);
  return apply as (left: unknown, right: unknown) => unknown; // see above
}

export const unaryOperators: Readonly<Record<string, (value: never) => unknown>> = {
  "-": (value: number) => -value,
  "+": (value: unknown) => +(value as number), // ToNumber of anything
  "!": (value: unknown) => !value,
  "~": (value: number) => ~value,
  typeof: (value: unknown) => typeof value,
  void: () => undefined,
};
