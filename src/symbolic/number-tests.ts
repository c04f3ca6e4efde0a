/** The tests of Number (ECMA-262 §21.1.2) on a number that is not known, as expressions. */
import type { Expression } from "./expression.ts";

type NumberTest = <Leaf>(value: Expression<Leaf>) => Expression<Leaf>;

const zero = { kind: "constant", value: 0 } as const;

/** The remainder is NaN for infinities and NaN. */
export const isIntegral: NumberTest = (value) => ({
  kind: "binary",
  operator: "===",
  left: { kind: "binary", operator: "%", left: value, right: { kind: "constant", value: 1 } },
  right: zero,
});

/** Infinity less itself is NaN. */
const isFinite: NumberTest = (value) => ({
  kind: "binary",
  operator: "===",
  left: { kind: "binary", operator: "-", left: value, right: value },
  right: zero,
});

const isNaN: NumberTest = (value) => ({
  kind: "binary",
  operator: "!==",
  left: value,
  right: value,
});

export const numberTests: ReadonlyMap<unknown, NumberTest> = new Map<unknown, NumberTest>([
  [Number.isInteger, isIntegral],
  [Number.isFinite, isFinite],
  [Number.isNaN, isNaN],
  [globalThis.isFinite, isFinite],
  [globalThis.isNaN, isNaN],
]);
