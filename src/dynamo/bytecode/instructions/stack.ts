/** Constants and movements on the operand stack. */

import { define, type Effect } from "./define.ts";
import { operand } from "./operand.ts";

/** Only moves operands: takes as many as `effect` says and leaves copies of them, picked by index. */
function shuffle(stack: string, effect: Effect, picks: readonly number[]) {
  return define({
    operand: {},
    stack,
    effect,
    run: (it) => it.shuffle(effect[0], picks),
    emit: { kind: "shuffle", picks },
  });
}

export const stackInstructions = {
  pushConstant: define({
    operand: { value: operand.constant },
    stack: "-> value",
    effect: [0, 1],
    run: (it, { value }) => it.push(it.constant(value)),
    emit: {
      kind: "value",
      evaluation: "constant",
      expression: (_, { value }, scope) => scope.literal(value),
    },
  }),
  pop: shuffle("a ->", [1, 0], []),
  duplicate: shuffle("a -> a a", [1, 2], [0, 0]),
  duplicatePair: shuffle("a b -> a b a b", [2, 4], [0, 1, 0, 1]),
  swap: shuffle("a b -> b a", [2, 2], [1, 0]),
  /** Removes the operand below the top. */
  nip: shuffle("a b -> b", [2, 1], [1]),
  /** Copies the top below the operand under it: the old value of `o.p++`. */
  insert2: shuffle("a b -> b a b", [2, 3], [1, 0, 1]),
  /** Copies the top below the two operands under it: the old value of `o[k]++`. */
  insert3: shuffle("a b c -> c a b c", [3, 4], [2, 0, 1, 2]),
};
