/** Private names of classes around the function (ECMA-262 §13.3.2, §13.10.1): the operand is what reads and writes them. */

import { define } from "./define.ts";

export const privateNameInstructions = {
  getPrivate: define({
    operand: {},
    stack: "object name -> value",
    effect: [2, 1],
    run: (it) => {
      const [object, name] = it.popPair();
      it.push(it.getPrivate(object, name));
    },
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([object, name]) => `${name}.get(${object})`,
    },
  }),
  setPrivate: define({
    operand: {},
    stack: "object name value -> value",
    effect: [3, 1],
    run: (it) => {
      const [object, name, value] = it.popTriple();
      it.push(value);
      it.setPrivate(object, name, value);
    },
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([object, name, value], _, scope) =>
        `${scope.runtime("setPrivate")}(${name},${object},${value})`,
    },
  }),
  /** `#x in object`. */
  hasPrivate: define({
    operand: {},
    stack: "name object -> has",
    effect: [2, 1],
    run: (it) => {
      const [name, object] = it.popPair();
      it.push(it.hasPrivate(name, object));
    },
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([name, object]) => `${name}.has(${object})`,
    },
  }),
};
