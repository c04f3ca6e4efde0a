/** Arrays, regular expressions, template objects. */

import { define } from "./define.ts";
import { operand } from "./operand.ts";

export const literalInstructions = {
  /** `[a, b, c]` without holes and spreads. */
  buildArray: define({
    operand: { count: operand.count },
    stack: "elements*count -> array",
    effect: ({ count }) => [count, 1],
    run: (it, { count }) => it.push(it.array(it.popMany(count))),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (elements) => `[${elements.join(",")}]`,
    },
  }),
  appendElement: define({
    operand: {},
    stack: "array value -> array",
    effect: [2, 1],
    run: (it) => {
      const value = it.pop();
      it.append(it.peek(), [value]);
    },
    emit: {
      kind: "statement",
      statement: ([array, value], _, scope) =>
        `${scope.runtime("appendElement")}(${array},${value});`,
      keeps: [0],
    },
  }),
  appendHole: define({
    operand: {},
    stack: "array -> array",
    effect: [1, 1],
    run: (it) => it.appendHole(it.peek()),
    emit: { kind: "statement", statement: ([array]) => `${array}.length++;`, keeps: [0] },
  }),
  /** `...iterable` in an array literal or an argument list. */
  appendSpread: define({
    operand: { site: operand.site },
    stack: "array iterable -> array",
    effect: [2, 1],
    run: (it) => {
      const values = it.listOf(it.pop());
      it.append(it.peek(), values);
    },
    emit: {
      kind: "statement",
      statement: ([array, iterable], { site }, scope) =>
        `${scope.runtime("appendSpread")}(${array},${iterable},${scope.literal(site)});`,
      keeps: [0],
    },
  }),
  /** A new RegExp object at every evaluation. */
  createRegExp: define({
    operand: { pattern: operand.text, flags: operand.text },
    stack: "-> regexp",
    effect: [0, 1],
    run: (it, { pattern, flags }) => it.createRegExp(pattern, flags),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, { pattern, flags }) => `/${pattern}/${flags}`,
    },
  }),
  /** The frozen strings array of a tagged template, one per site. */
  templateObject: define({
    operand: { cooked: operand.strings, raw: operand.strings },
    stack: "-> strings",
    effect: [0, 1],
    run: (it) => it.templateObject(),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, __, scope) => `${scope.runtime("templateObject")}(${scope.site()})`,
    },
  }),
};
