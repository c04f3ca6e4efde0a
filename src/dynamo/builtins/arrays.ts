import { breakGraph } from "../graph-breaks/graph-break.ts";
import { arrayItems, replaceableItems, unguardedItems } from "../interpreter/contents.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Source } from "../variables/source.ts";
import { isDefinitely, sameValueZero } from "../operations/same-value.ts";
import { toTemplatePart } from "../operations/operators.ts";
import { binaryOperation } from "../operations/operators.ts";
import {
  ArrayVariable,
  ConstantVariable,
  type Variable,
  undefinedVariable,
} from "../variables/variable.ts";
import type { Builtin } from "./builtin.ts";
import type { BuiltinRow } from "./builtin-table.ts";
import { requirePlainArrayClass } from "./iterators.ts";
import { refuseBuiltin } from "./refuse-builtin.ts";

type ArrayRule = (context: {
  readonly machine: Machine;
  readonly target: ArrayVariable;
  readonly items: (Variable | null)[];
  readonly args: readonly Variable[];
}) => Variable;

/** Methods of Array.prototype (ECMA-262 §23.1.3) that call nothing of the program. */
const readers: Readonly<Record<string, ArrayRule>> = {
  at: ({ machine, items, args }) => {
    const index = integer(machine, args[0], 0);
    return items[index < 0 ? items.length + index : index] ?? undefinedVariable;
  },
  concat: ({ machine, target, items, args }) => {
    guardSpreadable(machine, target);
    const result = [...items];
    for (const arg of args) {
      const value = machine.force(arg);
      if (value.kind === "array" && value.flavour === "array") {
        guardSpreadable(machine, value);
        result.push(...arrayItems(machine, value));
      } else if (value.kind === "opaque" || value.kind === "object") refuseBuiltin("concat", value);
      else result.push(value);
    }
    return new ArrayVariable({ items: result });
  },
  includes: ({ machine, items, args }) => {
    const sought = args[0] ?? undefinedVariable;
    const from = start(machine, args[1], items.length);
    return new ConstantVariable(
      items.slice(from).some((item) => sameValueZero(machine, item ?? undefinedVariable, sought)),
    );
  },
  indexOf: ({ machine, items, args }) => {
    const sought = args[0] ?? undefinedVariable;
    const from = start(machine, args[1], items.length);
    const found = items.findIndex(
      (item, index) => index >= from && item !== null && isDefinitely(machine, item, sought),
    );
    return new ConstantVariable(found);
  },
  join: ({ machine, items, args }) => {
    const separator = args[0] === undefined ? "," : constantString(machine, args[0]);
    let text: Variable = new ConstantVariable("");
    for (const [index, item] of items.entries()) {
      if (index > 0) text = binaryOperation(machine, "+", text, new ConstantVariable(separator));
      text = binaryOperation(machine, "+", text, elementText(machine, item));
    }
    return text;
  },
  slice: ({ machine, items, args }) => {
    const from = start(machine, args[0], items.length);
    const to = end(machine, args[1], items.length);
    return new ArrayVariable({ items: items.slice(from, Math.max(from, to)) });
  },
};

/** Methods that change the array: applied to what is known of it, and replayed on the real one. */
const writers: Readonly<Record<string, ArrayRule>> = {
  push: ({ items, args }) => {
    items.push(...args);
    return new ConstantVariable(items.length);
  },
  pop: ({ items }) => items.pop() ?? undefinedVariable,
  shift: ({ items }) => items.shift() ?? undefinedVariable,
  unshift: ({ items, args }) => {
    items.unshift(...args);
    return new ConstantVariable(items.length);
  },
  reverse: ({ target, items }) => {
    items.reverse();
    return target;
  },
  splice: ({ machine, items, args }) => {
    const from = args[0] === undefined ? 0 : start(machine, args[0], items.length);
    const count =
      args.length === 0
        ? 0
        : args[1] === undefined && args.length === 1
          ? items.length - from
          : integer(machine, args[1], 0);
    const removed = items.splice(
      from,
      Math.min(Math.max(count, 0), items.length - from),
      ...args.slice(2),
    );
    return new ArrayVariable({ items: removed });
  },
  fill: ({ machine, target, items, args }) => {
    const from = start(machine, args[1], items.length);
    const to = end(machine, args[2], items.length);
    for (let index = from; index < to; index++) items[index] = args[0] ?? undefinedVariable;
    return target;
  },
};

export const arrayBuiltins: readonly BuiltinRow[] = [
  [
    Array.prototype.sort,
    {
      name: "Array.prototype.sort",
      call: (machine) =>
        breakGraph(
          "sortByTensorData",
          { call: machine.expressionText() },
          "call Array.prototype.sort",
        ),
    },
  ],
  ...rows(readers, reading),
  ...rows(writers, writing),
  [
    Array.isArray,
    {
      name: "Array.isArray",
      call: (machine, _, [value]) => isArray(machine, value ?? undefinedVariable),
    },
  ],
  [
    Array.of,
    {
      name: "Array.of",
      call: (machine, thisValue, args, self) => {
        requirePlainArrayClass(machine, thisValue, self.name);
        return new ArrayVariable({ items: [...args] });
      },
    },
  ],
  [
    Array,
    {
      name: "Array",
      call: (machine, _, args) => newArray(machine, args),
      construct: (machine, args) => newArray(machine, args),
    },
  ],
];

function rows(
  rules: Readonly<Record<string, ArrayRule>>,
  wrap: (fn: Function, rule: ArrayRule) => Builtin["call"],
): BuiltinRow[] {
  return Object.entries(rules).flatMap(([name, rule]): BuiltinRow[] => {
    const fn: unknown = Reflect.get(Array.prototype, name);
    return typeof fn === "function"
      ? [[fn, { name: `Array.prototype.${name}`, call: wrap(fn, rule) }]]
      : [];
  });
}

function reading(_: Function, rule: ArrayRule): Builtin["call"] {
  return (machine, thisValue, args, self) => {
    const target = receiver(machine, thisValue, self);
    return rule({ machine, target, items: arrayItems(machine, target), args });
  };
}

/** IsConcatSpreadable (§23.1.3.2.1): one array may say that it is an element. */
function guardSpreadable(machine: Machine, target: ArrayVariable): void {
  const key = Symbol.isConcatSpreadable;
  if (target.value === null || target.source === null) return;
  if (Object.hasOwn(target.value, key)) refuseBuiltin("Array.prototype.concat", target);
  machine.tracer.addGuard({ kind: "NOT_PRESENT", source: target.source, key });
}

/** No array has this key: whether it could be stored tells whether the array is extensible. */
const newElement = Symbol("new element");

function writing(fn: Function, rule: ArrayRule): Builtin["call"] {
  return (machine, thisValue, args, self) => {
    const target = receiver(machine, thisValue, self);
    if (target.frozen) refuseBuiltin(self.name, target);
    machine.tracer.noteMutation(target, "an array");
    if (target.value !== null && target.source !== null) {
      for (const writableKey of ["length", newElement]) {
        if (!machine.isWritable(target.value, writableKey)) refuseBuiltin(self.name, target);
        machine.tracer.addGuard({ kind: "EXTENSIBLE", source: target.source, writableKey });
      }
    }
    const onlyAdds = fn === Array.prototype.push;
    if (onlyAdds && target.items === null) return pushUnseen(machine, target, args);
    const items = onlyAdds ? unguardedItems(machine, target) : replaceableItems(machine, target);
    if (items === null || items.includes(null)) return refuseBuiltin(self.name, target); // holes show the prototype through: the engine's business
    const result = rule({ machine, target, items, args });
    if (target.source !== null)
      machine.tracer.addEffect({ kind: "call", callee: fn, receiver: target, args });
    return result;
  };
}

/** `list.push(x)` where nothing has looked at the list: its length takes part as a number that varies. */
function pushUnseen(machine: Machine, target: ArrayVariable, args: readonly Variable[]): Variable {
  const { source, value } = target;
  if (source === null || value === null) return refuseBuiltin("Array.prototype.push", target);
  target.appended.push(...args);
  machine.tracer.addEffect({ kind: "call", callee: Array.prototype.push, receiver: target, args });
  const length: Source = { kind: "member", base: source, key: "length" };
  return machine.tracer.number({
    kind: "binary",
    operator: "+",
    left: {
      kind: "leaf",
      leaf: { kind: "source", source: length, hint: value.length, fromTensor: false },
    },
    right: { kind: "constant", value: target.appended.length },
  });
}

function receiver(machine: Machine, thisValue: Variable, self: Builtin): ArrayVariable {
  const target = machine.force(thisValue);
  return target.kind === "array" && target.flavour === "array"
    ? target
    : refuseBuiltin(self.name, target);
}

/** ToIntegerOrInfinity of a constant argument. */
function integer(machine: Machine, arg: Variable | undefined, missing: number): number {
  if (arg === undefined) return missing;
  const value = machine.force(arg);
  if (value.kind === "number")
    return toInteger(Number(machine.tracer.specialize(value, "an array index")));
  if (
    value.kind !== "constant" ||
    typeof value.value === "bigint" ||
    typeof value.value === "symbol"
  )
    return refuseBuiltin("array index", value);
  return toInteger(Number(value.value));
}

const toInteger = (number: number): number => (Number.isNaN(number) ? 0 : Math.trunc(number));

function start(machine: Machine, arg: Variable | undefined, length: number): number {
  const relative = integer(machine, arg, 0);
  return relative < 0 ? Math.max(length + relative, 0) : Math.min(relative, length);
}

/** Where a range ends: undefined means the end of the array. */
function end(machine: Machine, arg: Variable | undefined, length: number): number {
  const value = machine.force(arg ?? undefinedVariable);
  const isMissing = value.kind === "constant" && value.value === undefined;
  return isMissing ? length : start(machine, value, length);
}

function constantString(machine: Machine, arg: Variable): string {
  const value = machine.force(arg);
  return value.kind === "constant" && typeof value.value === "string"
    ? value.value
    : refuseBuiltin("join", value);
}

/** Array.prototype.join writes undefined and null as nothing (§23.1.3.18 step 7.c). */
function elementText(machine: Machine, item: Variable | null): Variable {
  const value = machine.force(item ?? undefinedVariable);
  if (value.kind === "constant" && (value.value === undefined || value.value === null))
    return new ConstantVariable("");
  return toTemplatePart(machine, value);
}

function isArray(machine: Machine, variable: Variable): Variable {
  const value = machine.force(variable);
  if (value.kind === "opaque") return refuseBuiltin("Array.isArray", value);
  return new ConstantVariable(value.kind === "array" && value.flavour === "array");
}

function newArray(machine: Machine, args: readonly Variable[]): Variable {
  const [only] = args;
  if (args.length !== 1 || only === undefined) return new ArrayVariable({ items: [...args] });
  const length = machine.force(only);
  if (length.kind !== "constant" && length.kind !== "number")
    return new ArrayVariable({ items: [length] });
  if (length.kind === "constant" && typeof length.value !== "number")
    return new ArrayVariable({ items: [length] });
  const size = integer(machine, length, 0);
  if (size < 0 || size > 100_000) return refuseBuiltin("new Array", length);
  return new ArrayVariable({ items: Array.from({ length: size }, () => null) });
}
