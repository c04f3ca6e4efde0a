/** Where generators and async functions stop. The graph ends there, and goes on in a resume function. */

import { define } from "./define.ts";
import { operand } from "./operand.ts";

const suspend = (how: "await" | "yield" | "delegate") =>
  define({
    operand: {},
    stack: "value -> received",
    effect: [1, 1],
    run: (it) => it.suspend(how),
    emit: { kind: "suspend", how },
  });

export const suspensionInstructions = {
  /** The end of a generator's parameters: its caller gets the generator object here. */
  startGenerator: define({
    operand: {},
    stack: "->",
    effect: [0, 0],
    run: (it) => it.breakSilently("startGenerator"),
    emit: { kind: "suspend", how: "start" },
  }),
  await: suspend("await"),
  yield: suspend("yield"),
  yieldDelegate: suspend("delegate"),
  /** `return` in an async generator: the value is awaited, then the frame is left as by its caller's `return`. */
  returnAwaited: define({
    operand: {},
    stack: "value ->",
    effect: [1, 0],
    run: (it) => it.suspend("return"),
    emit: {
      kind: "throw",
      statement: ([value], _, scope) =>
        `throw yield ${scope.runtime("suspension")}("return",${value});`,
    },
  }),
  /** Whether what a handler got is a generator's `return` that passes by. */
  isReturnCompletion: define({
    operand: {},
    stack: "error -> error isReturn",
    effect: [1, 2],
    run: (it) => {
      const error = it.pop();
      const isReturn = it.isReturnCompletion(error);
      it.push(error);
      it.push(it.constant(isReturn));
    },
    emit: {
      kind: "keyed",
      expression: ([error], _, scope) => `${scope.runtime("isReturnCompletion")}(${error})`,
    },
  }),
  /** GetIterator(async) (ECMA-262 7.4.3). */
  getAsyncIterator: define({
    operand: { site: operand.site },
    stack: "iterable -> record",
    effect: [1, 1],
    run: (it) => it.breakSilently("getAsyncIterator"),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([iterable], { site }, scope) =>
        `${scope.runtime("getAsyncIterator")}(${iterable},${scope.literal(site)})`,
    },
  }),
  /** Calls `next`; what it gives is to be awaited. */
  asyncIteratorNext: define({
    operand: { iterator: operand.localRead },
    stack: "-> promise",
    effect: [0, 1],
    run: (it) => it.breakSilently("asyncIteratorNext"),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, { iterator }, scope) => `${scope.local(iterator)}.next()`,
    },
  }),
  /** The awaited result must be an object; it is left on the stack. */
  requireIteratorResult: define({
    operand: {},
    stack: "result -> result",
    effect: [1, 1],
    run: (it) => it.breakSilently("requireIteratorResult"),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([result], _, scope) => `${scope.runtime("requireIteratorResult")}(${result})`,
    },
  }),
  /** First half of AsyncIteratorClose (7.4.13): whether there is a `return` method to call. */
  hasAsyncReturn: define({
    operand: { iterator: operand.localRead },
    stack: "-> hasReturn",
    effect: [0, 1],
    run: (it) => it.breakSilently("hasAsyncReturn"),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, { iterator }, scope) => `${scope.local(iterator)}.hasReturn()`,
    },
  }),
  /** Calls the method that `hasAsyncReturn` found; what it gives is to be awaited. */
  asyncIteratorReturn: define({
    operand: { iterator: operand.localRead },
    stack: "-> promise",
    effect: [0, 1],
    run: (it) => it.breakSilently("asyncIteratorReturn"),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, { iterator }, scope) => `${scope.local(iterator)}.return()`,
    },
  }),
};
