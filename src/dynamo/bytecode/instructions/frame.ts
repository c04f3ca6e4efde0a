/** What a frame was called with. */

import { define } from "./define.ts";
import { operand } from "./operand.ts";

export const frameInstructions = {
  /** The frame's `this`, after OrdinaryCallBindThis; in an arrow function the `this` of where it was created. */
  loadThis: define({
    operand: {},
    stack: "-> this",
    effect: [0, 1],
    run: (it) => it.push(it.thisValue),
    emit: { kind: "value", evaluation: "constant", expression: () => "this" },
  }),
  loadNewTarget: define({
    operand: {},
    stack: "-> newTarget",
    effect: [0, 1],
    run: (it) => it.push(it.newTarget),
    emit: { kind: "value", evaluation: "constant", expression: () => "$newTarget" },
  }),
  /** The running function object: what its own name means inside a named function expression. */
  loadSelf: define({
    operand: {},
    stack: "-> function",
    effect: [0, 1],
    run: (it) => it.push(it.self),
    emit: { kind: "value", evaluation: "constant", expression: () => "$self" },
  }),
  /** The argument at `index`, undefined where the call passed fewer. */
  loadParameter: define({
    operand: { index: operand.count },
    stack: "-> value",
    effect: [0, 1],
    run: (it, { index }) => it.push(it.argument(index)),
    emit: {
      kind: "value",
      evaluation: "constant",
      expression: (_, { index }) => `($args.length>${index}?$args[${index}]:void 0)`,
    },
  }),
  /** A new array of the arguments from `index` on. */
  restParameters: define({
    operand: { index: operand.count },
    stack: "-> array",
    effect: [0, 1],
    run: (it, { index }) => it.push(it.restArguments(index)),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, { index }, scope) => `${scope.runtime("restParameters")}($args,${index})`,
    },
  }),
  /** The frame's unmapped `arguments` object; run at most once per frame, the result lives in a local. */
  createArguments: define({
    operand: {},
    stack: "-> arguments",
    effect: [0, 1],
    run: (it) => it.push(it.argumentsObject()),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, __, scope) => `${scope.runtime("createArguments")}($args)`,
    },
  }),
};
