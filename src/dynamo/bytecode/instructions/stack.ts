/** Constants and movements on the operand stack. */

import { define } from "./define.ts";
import { operand } from "./operand.ts";

export const stackInstructions = {
  pushConstant: define({
    operand: { value: operand.constant },
    stack: "-> value",
    effect: [0, 1],
    emit: {
      kind: "value",
      evaluation: "constant",
      expression: (_, { value }, scope) => scope.literal(value),
    },
  }),
  pop: define({ operand: {}, stack: "a ->", effect: [1, 0], emit: { kind: "shuffle", picks: [] } }),
  duplicate: define({
    operand: {},
    stack: "a -> a a",
    effect: [1, 2],
    emit: { kind: "shuffle", picks: [0, 0] },
  }),
  duplicatePair: define({
    operand: {},
    stack: "a b -> a b a b",
    effect: [2, 4],
    emit: { kind: "shuffle", picks: [0, 1, 0, 1] },
  }),
  swap: define({
    operand: {},
    stack: "a b -> b a",
    effect: [2, 2],
    emit: { kind: "shuffle", picks: [1, 0] },
  }),
  /** Removes the operand below the top. */
  nip: define({
    operand: {},
    stack: "a b -> b",
    effect: [2, 1],
    emit: { kind: "shuffle", picks: [1] },
  }),
  /** Copies the top below the operand under it: the old value of `o.p++`. */
  insert2: define({
    operand: {},
    stack: "a b -> b a b",
    effect: [2, 3],
    emit: { kind: "shuffle", picks: [1, 0, 1] },
  }),
  /** Copies the top below the two operands under it: the old value of `o[k]++`. */
  insert3: define({
    operand: {},
    stack: "a b c -> c a b c",
    effect: [3, 4],
    emit: { kind: "shuffle", picks: [2, 0, 1, 2] },
  }),
};
