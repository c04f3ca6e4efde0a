/** Calls and closures. A plain call has the receiver undefined; `callMethod` takes what `getMethod` pushed. */

import { define } from "./define.ts";
import { operand } from "./operand.ts";

const counted = { count: operand.count, site: operand.site };

export const callInstructions = {
  call: define({
    operand: counted,
    stack: "callee args*count -> result",
    effect: ({ count }) => [count + 1, 1],
    run: (it, { count }) => {
      const args = it.popMany(count);
      it.pushResult(it.call(it.pop(), args));
    },
    emit: { kind: "call", form: "plain", spread: false },
  }),
  callMethod: define({
    operand: counted,
    stack: "method receiver args*count -> result",
    effect: ({ count }) => [count + 2, 1],
    run: (it, { count }) => {
      const args = it.popMany(count);
      const [method, receiver] = it.popPair();
      it.pushResult(it.callMethod(method, receiver, args));
    },
    emit: { kind: "call", form: "method", spread: false },
  }),
  construct: define({
    operand: counted,
    stack: "constructor args*count -> object",
    effect: ({ count }) => [count + 1, 1],
    run: (it, { count }) => {
      const args = it.popMany(count);
      it.pushResult(it.construct(it.pop(), args));
    },
    emit: { kind: "call", form: "construct", spread: false },
  }),
  callSpread: define({
    operand: { site: operand.site },
    stack: "callee args -> result",
    effect: [2, 1],
    run: (it) => {
      const args = it.elementsOf(it.pop());
      it.pushResult(it.call(it.pop(), args));
    },
    emit: { kind: "call", form: "plain", spread: true },
  }),
  callMethodSpread: define({
    operand: { site: operand.site },
    stack: "method receiver args -> result",
    effect: [3, 1],
    run: (it) => {
      const args = it.elementsOf(it.pop());
      const [method, receiver] = it.popPair();
      it.pushResult(it.callMethod(method, receiver, args));
    },
    emit: { kind: "call", form: "method", spread: true },
  }),
  constructSpread: define({
    operand: { site: operand.site },
    stack: "constructor args -> object",
    effect: [2, 1],
    run: (it) => {
      const args = it.elementsOf(it.pop());
      it.pushResult(it.construct(it.pop(), args));
    },
    emit: { kind: "call", form: "construct", spread: true },
  }),
  /** `super(…)` of the class under it: the object that its parent's constructor makes for `newTarget`. */
  superConstruct: define({
    operand: {},
    stack: "class newTarget args -> object",
    effect: [3, 1],
    run: (it) => {
      const args = it.elementsOf(it.pop());
      const [self, newTarget] = it.popPair();
      it.pushResult(it.superConstruct(self, newTarget, args));
    },
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([self, newTarget, args], _, scope) =>
        `${scope.runtime("superConstruct")}(${self},${newTarget},${args})`,
    },
  }),

  /** `import(specifier, options)`, by a function that calls `import` in the module the text stands in. */
  importModule: define({
    operand: {},
    stack: "importer specifier options -> promise",
    effect: [3, 1],
    run: (it) => it.breakForImport(),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (args, _, scope) => `${scope.runtime("importModule")}(${args.join(",")})`,
    },
  }),

  /** A nested function or class. `name` is the inferred name of an anonymous one, null where it has its own. */
  createClosure: define({
    operand: { child: operand.child, name: operand.optionalName },
    stack: "-> closure",
    effect: [0, 1],
    run: (it, { child, name }) => it.push(it.closure(child, name)),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, { child, name }, scope) => scope.closure(child, scope.literal(name), name),
    },
  }),
  /** An anonymous function or class named by the computed key under it. */
  createNamedClosure: define({
    operand: { child: operand.child },
    stack: "key -> key closure",
    effect: [1, 2],
    run: (it, { child }) => it.push(it.closure(child, it.functionName(it.peek()))),
    emit: {
      kind: "keyed",
      expression: ([key], { child }, scope) => scope.closure(child, key ?? ""),
    },
  }),
};
