/** Jumps and ways out of the frame. "OrPop" keeps the value when it jumps. */

import { define } from "./define.ts";
import { operand } from "./operand.ts";

const target = { target: operand.target };

/** The value stays on the stack when the jump is taken and is popped otherwise: `&&`, `||`, `??`, defaults. */
function orPop(condition: (value: string) => string) {
  return define({
    operand: target,
    stack: "value ->",
    effect: [1, 0],
    jump: { stack: "value -> value", effect: [1, 1] },
    emit: {
      kind: "branch",
      condition: ([value]) => condition(value ?? ""),
      jumpKeeps: [0],
      fallKeeps: [],
    },
  });
}

export const controlInstructions = {
  jump: define({
    operand: target,
    stack: "->",
    effect: [0, 0],
    jump: { stack: "->", effect: [0, 0] },
    emit: { kind: "jump" },
  }),
  jumpIfTrue: define({
    operand: target,
    stack: "condition ->",
    effect: [1, 0],
    jump: { stack: "condition ->", effect: [1, 0] },
    emit: {
      kind: "branch",
      condition: ([condition]) => `${condition}`,
      jumpKeeps: [],
      fallKeeps: [],
    },
  }),
  jumpIfFalse: define({
    operand: target,
    stack: "condition ->",
    effect: [1, 0],
    jump: { stack: "condition ->", effect: [1, 0] },
    emit: {
      kind: "branch",
      condition: ([condition]) => `!${condition}`,
      jumpKeeps: [],
      fallKeeps: [],
    },
  }),
  jumpIfFalseOrPop: orPop((value) => `!${value}`),
  jumpIfTrueOrPop: orPop((value) => value),
  jumpIfNotNullishOrPop: orPop((value) => `${value}!==null&&${value}!==void 0`),
  jumpIfDefinedOrPop: orPop((value) => `${value}!==void 0`),
  /** `a?.b`: jumps without the value when it is null or undefined. */
  jumpIfNullish: define({
    operand: target,
    stack: "value -> value",
    effect: [1, 1],
    jump: { stack: "value ->", effect: [1, 0] },
    emit: {
      kind: "branch",
      condition: ([value]) => `${value}===null||${value}===void 0`,
      jumpKeeps: [],
      fallKeeps: [0],
    },
  }),
  /** `a.b?.()`: the same for the method of a method and receiver pair. */
  jumpIfMethodNullish: define({
    operand: target,
    stack: "method receiver -> method receiver",
    effect: [2, 2],
    jump: { stack: "method receiver ->", effect: [2, 0] },
    emit: {
      kind: "branch",
      condition: ([method]) => `${method}===null||${method}===void 0`,
      jumpKeeps: [],
      fallKeeps: [0, 1],
    },
  }),
  return: define({ operand: {}, stack: "value ->", effect: [1, 0], emit: { kind: "return" } }),
  throw: define({
    operand: {},
    stack: "error ->",
    effect: [1, 0],
    emit: { kind: "throw", statement: ([error]) => `throw ${error};` },
  }),
  /** Assignment to a `const` or to a function expression's own name. */
  throwConstantAssignment: define({
    operand: { name: operand.name },
    stack: "->",
    effect: [0, 0],
    emit: {
      kind: "throw",
      statement: (_, __, scope) => `${scope.runtime("throwConstantAssignment")}();`,
    },
  }),
};
