/** Jumps and ways out of the frame. "OrPop" keeps the value when it jumps. */

import type { SymbolicInterpreter } from "../../interpreter/symbolic-interpreter.ts";
import type { Variable } from "../../variables/variable.ts";
import { define } from "./define.ts";
import { operand } from "./operand.ts";

const target = { target: operand.target };

/** The value stays on the stack when the jump is taken and is popped otherwise: `&&`, `||`, `??`, defaults. */
function orPop(
  jumps: (it: SymbolicInterpreter, value: Variable) => boolean,
  condition: (value: string) => string,
) {
  return define({
    operand: target,
    stack: "value ->",
    effect: [1, 0],
    jump: { stack: "value -> value", effect: [1, 1] },
    run: (it, operands) => {
      if (jumps(it, it.peek())) return { jump: operands.target };
      it.pop();
      return undefined;
    },
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
    run: (_, operands) => ({ jump: operands.target }),
    emit: { kind: "jump" },
  }),
  jumpIfTrue: define({
    operand: target,
    stack: "condition ->",
    effect: [1, 0],
    jump: { stack: "condition ->", effect: [1, 0] },
    run: (it, operands) => (it.isTrue(it.pop()) ? { jump: operands.target } : undefined),
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
    run: (it, operands) => (it.isTrue(it.pop()) ? undefined : { jump: operands.target }),
    emit: {
      kind: "branch",
      condition: ([condition]) => `!${condition}`,
      jumpKeeps: [],
      fallKeeps: [],
    },
  }),
  jumpIfFalseOrPop: orPop(
    (it, value) => !it.isTrue(value),
    (value) => `!${value}`,
  ),
  jumpIfTrueOrPop: orPop(
    (it, value) => it.isTrue(value),
    (value) => value,
  ),
  jumpIfNotNullishOrPop: orPop(
    (it, value) => !it.isNullish(value),
    (value) => `${value}!==null&&${value}!==void 0`,
  ),
  jumpIfDefinedOrPop: orPop(
    (it, value) => !it.isUndefined(value),
    (value) => `${value}!==void 0`,
  ),
  /** `a?.b`: jumps without the value when it is null or undefined. */
  jumpIfNullish: define({
    operand: target,
    stack: "value -> value",
    effect: [1, 1],
    jump: { stack: "value ->", effect: [1, 0] },
    run: (it, operands) => {
      if (!it.isNullish(it.peek())) return undefined;
      it.pop();
      return { jump: operands.target };
    },
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
    run: (it, operands) => {
      if (!it.isNullish(it.peek(1))) return undefined;
      it.popMany(2);
      return { jump: operands.target };
    },
    emit: {
      kind: "branch",
      condition: ([method]) => `${method}===null||${method}===void 0`,
      jumpKeeps: [],
      fallKeeps: [0, 1],
    },
  }),
  return: define({
    operand: {},
    stack: "value ->",
    effect: [1, 0],
    run: (it) => ({ return: it.pop() }),
    emit: { kind: "return" },
  }),
  throw: define({
    operand: {},
    stack: "error ->",
    effect: [1, 0],
    run: (it) => ({ throw: it.pop() }),
    emit: { kind: "throw", statement: ([error]) => `throw ${error};` },
  }),
  /** Assignment to a `const` or to a function expression's own name. */
  throwConstantAssignment: define({
    operand: { name: operand.name },
    stack: "->",
    effect: [0, 0],
    run: (it, { name }) => it.throwConstantAssignment(name),
    emit: {
      kind: "throw",
      statement: (_, __, scope) => `${scope.runtime("throwConstantAssignment")}();`,
    },
  }),
};
