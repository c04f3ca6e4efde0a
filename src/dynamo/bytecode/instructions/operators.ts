/** Arithmetic, comparison and conversion. */

import { define } from "./define.ts";
import { operand } from "./operand.ts";

export const operatorInstructions = {
  binary: define({
    operand: { operator: operand.binaryOperator },
    stack: "left right -> result",
    effect: [2, 1],
    run: (it, { operator }) => {
      const [left, right] = it.popPair();
      it.push(it.binary(operator, left, right));
    },
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([left, right], { operator }) => `(${left} ${operator} ${right})`,
    },
  }),
  unary: define({
    operand: { operator: operand.unaryOperator },
    stack: "value -> result",
    effect: [1, 1],
    run: (it, { operator }) => it.push(it.unary(operator, it.pop())),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([value], { operator }) => `(${operator} ${value})`,
    },
  }),
  /** ToNumeric. The emission uses that `t++` gives ToNumeric of the old value. */
  toNumeric: define({
    operand: {},
    stack: "value -> number",
    effect: [1, 1],
    run: (it) => it.push(it.toNumeric(it.pop())),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([value], _, scope) => {
        const variable = scope.temporary();
        return `(${variable}=${value},${variable}++)`;
      },
    },
  }),
  /** ToNumeric, then one more or less, in the kind of number it is (Number or BigInt). */
  increment: define({
    operand: { by: operand.sign },
    stack: "value -> number",
    effect: [1, 1],
    run: (it, { by }) => it.push(it.increment(it.pop(), by)),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([value], { by }, scope) => {
        const variable = scope.temporary();
        return `(${variable}=${value},${by > 0 ? "++" : "--"}${variable})`;
      },
    },
  }),
  /** ToString of a template literal's substitution: a symbol throws. */
  toText: define({
    operand: {},
    stack: "value -> string",
    effect: [1, 1],
    run: (it) => it.push(it.toText(it.pop())),
    emit: { kind: "value", evaluation: "ordered", expression: ([value]) => `\`\${${value}}\`` },
  }),
  /** ToPropertyKey of a computed key. */
  toPropertyKey: define({
    operand: {},
    stack: "value -> key",
    effect: [1, 1],
    run: (it) => it.push(it.constant(it.propertyKey(it.pop()))),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([value], _, scope) => `${scope.runtime("toPropertyKey")}(${value})`,
    },
  }),
};
