import { lowerFunction } from "../bytecode/lower/lower-function.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { Frame } from "../interpreter/frame.ts";
import { markPolyfill } from "../interpreter/polyfill.ts";
import { describeVariable, undefinedVariable } from "../variables/variable.ts";
import type { Builtin } from "./builtin.ts";
import type { BuiltinRow } from "./builtin-table.ts";

/**
 * Array methods that call back, written in the language itself: entered as a frame, so that a graph break inside the
 * callback resumes inside the method. Each follows its algorithm in ECMA-262 §23.1.3 for ordinary arrays.
 */
const texts: Readonly<Record<string, string>> = {
  forEach: `function forEach(callback, thisArg) {
    const length = this.length;
    for (let k = 0; k < length; k++) if (k in this) Reflect.apply(callback, thisArg, [this[k], k, this]);
  }`,
  map: `function map(callback, thisArg) {
    const length = this.length;
    const result = new Array(length);
    for (let k = 0; k < length; k++) if (k in this) result[k] = Reflect.apply(callback, thisArg, [this[k], k, this]);
    return result;
  }`,
  filter: `function filter(callback, thisArg) {
    const length = this.length;
    const result = [];
    for (let k = 0; k < length; k++) {
      if (k in this) {
        const value = this[k];
        if (Reflect.apply(callback, thisArg, [value, k, this])) result[result.length] = value;
      }
    }
    return result;
  }`,
  some: `function some(callback, thisArg) {
    const length = this.length;
    for (let k = 0; k < length; k++) if (k in this && Reflect.apply(callback, thisArg, [this[k], k, this])) return true;
    return false;
  }`,
  every: `function every(callback, thisArg) {
    const length = this.length;
    for (let k = 0; k < length; k++) if (k in this && !Reflect.apply(callback, thisArg, [this[k], k, this])) return false;
    return true;
  }`,
  find: `function find(callback, thisArg) {
    const length = this.length;
    for (let k = 0; k < length; k++) {
      const value = this[k];
      if (Reflect.apply(callback, thisArg, [value, k, this])) return value;
    }
    return undefined;
  }`,
  findIndex: `function findIndex(callback, thisArg) {
    const length = this.length;
    for (let k = 0; k < length; k++) if (Reflect.apply(callback, thisArg, [this[k], k, this])) return k;
    return -1;
  }`,
  findLast: `function findLast(callback, thisArg) {
    for (let k = this.length - 1; k >= 0; k--) {
      const value = this[k];
      if (Reflect.apply(callback, thisArg, [value, k, this])) return value;
    }
    return undefined;
  }`,
  findLastIndex: `function findLastIndex(callback, thisArg) {
    for (let k = this.length - 1; k >= 0; k--) if (Reflect.apply(callback, thisArg, [this[k], k, this])) return k;
    return -1;
  }`,
  flatMap: `function flatMap(callback, thisArg) {
    const length = this.length;
    const result = [];
    for (let k = 0; k < length; k++) {
      if (k in this) {
        const value = Reflect.apply(callback, thisArg, [this[k], k, this]);
        if (Array.isArray(value)) {
          for (let j = 0; j < value.length; j++) if (j in value) result[result.length] = value[j];
        } else result[result.length] = value;
      }
    }
    return result;
  }`,
  reduce: `function reduce(callback, ...initial) {
    const length = this.length;
    let k = 0;
    let accumulator;
    if (initial.length > 0) accumulator = initial[0];
    else {
      while (k < length && !(k in this)) k++;
      if (k >= length) throw new TypeError("Reduce of empty array with no initial value");
      accumulator = this[k];
      k++;
    }
    for (; k < length; k++) if (k in this) accumulator = Reflect.apply(callback, undefined, [accumulator, this[k], k, this]);
    return accumulator;
  }`,
  reduceRight: `function reduceRight(callback, ...initial) {
    let k = this.length - 1;
    let accumulator;
    if (initial.length > 0) accumulator = initial[0];
    else {
      while (k >= 0 && !(k in this)) k--;
      if (k < 0) throw new TypeError("Reduce of empty array with no initial value");
      accumulator = this[k];
      k--;
    }
    for (; k >= 0; k--) if (k in this) accumulator = Reflect.apply(callback, undefined, [accumulator, this[k], k, this]);
    return accumulator;
  }`,
};

export const arrayCallbackBuiltins: readonly BuiltinRow[] = Object.entries(texts).flatMap(
  ([name, text]): BuiltinRow[] => {
    const fn: unknown = Reflect.get(Array.prototype, name);
    return typeof fn === "function"
      ? [[fn, { name: `Array.prototype.${name}`, call: polyfilled(name, text) }]]
      : [];
  },
);

function polyfilled(name: string, text: string): Builtin["call"] {
  const polyfill = markPolyfill(`Array.prototype.${name}`, () => lowerFunction(text));
  return (machine, thisValue, args) => {
    const target = machine.force(thisValue);
    const callback = machine.force(args[0] ?? undefinedVariable);
    const isCallable = ["function", "closure", "builtin", "inGraph", "bound"].includes(
      callback.kind,
    );
    if (target.kind !== "array" || target.flavour !== "array" || !isCallable) {
      return breakGraph(
        "untraceableBuiltin",
        {
          functionName: `Array.prototype.${name}`,
          argumentTypes: describeVariable(callback),
          loggingFunction: null,
        },
        `call Array.prototype.${name} on ${describeVariable(target)}`,
      );
    }
    const { code, captures, capturesSource } = polyfill.enter(machine);
    machine.tracer.frames.push(
      new Frame({
        code,
        captures,
        capturesSource,
        thisValue: target,
        args,
        newTarget: undefinedVariable,
        self: undefinedVariable,
        returnMode: "push",
      }),
    );
    return null;
  };
}
