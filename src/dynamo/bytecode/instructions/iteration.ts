/**
 * Iterator records live in locals, never on the stack, and user code never sees them.
 * A record is an `IteratorRecord` (../iterator-record.ts): an ArrayCursor, a KeyCursor or a genuine iterator.
 */

import { define } from "./define.ts";
import { operand } from "./operand.ts";

const iterator = { iterator: operand.localRead };

export const iterationInstructions = {
  getIterator: define({
    operand: { site: operand.site },
    stack: "iterable -> record",
    effect: [1, 1],
    run: (it) => it.push(it.getIterator(it.pop())),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([iterable], { site }, scope) =>
        `${scope.runtime("getIterator")}(${iterable},${scope.literal(site)})`,
    },
  }),
  /** The keys of `for (k in object)`. */
  enumerateKeys: define({
    operand: {},
    stack: "object -> record",
    effect: [1, 1],
    run: (it) => it.push(it.enumerateKeys(it.pop())),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([object], _, scope) => `${scope.runtime("enumerateKeys")}(${object})`,
    },
  }),
  /** IteratorStep and IteratorValue of a loop head: jumps when the iterator is exhausted, else the record holds the value. */
  advanceIterator: define({
    operand: { iterator: operand.localRead, target: operand.target },
    stack: "->",
    effect: [0, 0],
    jump: { stack: "->", effect: [0, 0] },
    run: (it, operands) =>
      it.advance(it.local(operands.iterator)) ? undefined : { jump: operands.target },
    emit: {
      kind: "branch",
      condition: (_, operands, scope) => `!${scope.local(operands.iterator)}.advance()`,
      jumpKeeps: [],
      fallKeeps: [],
    },
  }),
  /** The value found by the last `advanceIterator`. */
  iteratorValue: define({
    operand: iterator,
    stack: "-> value",
    effect: [0, 1],
    run: (it, operands) => it.push(it.currentValue(it.local(operands.iterator))),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, operands, scope) => `${scope.local(operands.iterator)}.value`,
    },
  }),
  /** One element of an array pattern: undefined once exhausted. */
  iteratorStep: define({
    operand: iterator,
    stack: "-> value",
    effect: [0, 1],
    run: (it, operands) => it.push(it.nextValue(it.local(operands.iterator))),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, operands, scope) => {
        const record = scope.local(operands.iterator);
        return `(${record}.advance()?${record}.value:void 0)`;
      },
    },
  }),
  /** The rest element of an array pattern: a new array of what is left. */
  iteratorRest: define({
    operand: iterator,
    stack: "-> array",
    effect: [0, 1],
    run: (it, operands) => it.push(it.restOf(it.local(operands.iterator))),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, operands, scope) =>
        `${scope.runtime("iteratorRest")}(${scope.local(operands.iterator)})`,
    },
  }),
  /** IteratorClose for a normal, break or return completion; nothing if exhausted. */
  iteratorClose: define({
    operand: iterator,
    stack: "->",
    effect: [0, 0],
    run: (it, operands) => it.close(it.local(operands.iterator)),
    emit: {
      kind: "statement",
      statement: (_, operands, scope) => `${scope.local(operands.iterator)}.close();`,
      keeps: [],
    },
  }),
  /** IteratorClose for a throw completion: errors of `return` are dropped in favour of the one under way. */
  iteratorCloseQuietly: define({
    operand: iterator,
    stack: "->",
    effect: [0, 0],
    run: (it, operands) => it.closeQuietly(it.local(operands.iterator)),
    emit: {
      kind: "statement",
      statement: (_, operands, scope) => `${scope.local(operands.iterator)}.closeQuietly();`,
      keeps: [],
    },
  }),
};
