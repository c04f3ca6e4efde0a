import { arrayIndex } from "../operations/array-index.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { arrayItems } from "../interpreter/contents.ts";
import type { Machine } from "../interpreter/machine.ts";
import { arrayHasOwn, hasOnlyElements } from "../operations/array-own-keys.ts";
import { ownDataProperties } from "../operations/own-data-properties.ts";
import { isErrorStack } from "../operations/error-stack.ts";
import { propertyKey } from "../operations/property-key.ts";
import { strictEquals } from "../operations/equality.ts";
import {
  ArrayVariable,
  ConstantVariable,
  ObjectVariable,
  type Variable,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";
import type { BuiltinRow } from "./builtin-table.ts";

const refuse = (name: string, value: Variable): never =>
  breakGraph(
    "untraceableBuiltin",
    { functionName: name, argumentTypes: describeVariable(value), loggingFunction: null },
    `call ${name}(${describeVariable(value)})`,
  );

const mayHaveSetters = ({ properties, prototype }: ObjectVariable): boolean =>
  prototype !== Object.prototype ||
  [...properties.values()].some((slot) => slot.kind === "accessor");

/** String-keyed own enumerable properties of a plain object or array. */
function entriesOf(
  machine: Machine,
  name: string,
  variable: Variable | undefined,
): readonly (readonly [string, Variable])[] {
  const value = machine.force(variable ?? undefinedVariable);
  if (value.kind === "array" && value.flavour === "array" && hasOnlyElements(machine, value)) {
    return arrayItems(machine, value).flatMap((item, index): [string, Variable][] =>
      item === null ? [] : [[String(index), item]],
    );
  }
  if (value.kind !== "object") return refuse(name, value);
  return ownDataProperties(machine, value).flatMap(([key, item]): [string, Variable][] =>
    typeof key === "symbol" ? [] : [[String(key), item]],
  );
}

const array = (items: readonly Variable[]): ArrayVariable =>
  new ArrayVariable({ items: [...items] });

export const objectBuiltins: readonly BuiltinRow[] = [
  [
    Object.keys,
    {
      name: "Object.keys",
      call: (m, _, [v], self) =>
        array(entriesOf(m, self.name, v).map(([key]) => new ConstantVariable(key))),
    },
  ],
  [
    Object.values,
    {
      name: "Object.values",
      call: (m, _, [v], self) => array(entriesOf(m, self.name, v).map(([, value]) => value)),
    },
  ],
  [
    Object.entries,
    {
      name: "Object.entries",
      call: (m, _, [v], self) =>
        array(
          entriesOf(m, self.name, v).map(([key, value]) =>
            array([new ConstantVariable(key), value]),
          ),
        ),
    },
  ],
  [
    Object.fromEntries,
    {
      name: "Object.fromEntries",
      call: (machine, _, [given], self) => {
        const pairs = machine.force(given ?? undefinedVariable);
        if (pairs.kind !== "array") return refuse(self.name, pairs);
        const result = new ObjectVariable({ prototype: Object.prototype });
        for (const item of arrayItems(machine, pairs)) {
          const pair = machine.force(item ?? undefinedVariable);
          if (pair.kind !== "array") return refuse(self.name, pair);
          const [key, value] = arrayItems(machine, pair);
          result.properties.set(propertyKey(machine, key ?? undefinedVariable), {
            kind: "data",
            value: value ?? undefinedVariable,
            enumerable: true,
          });
        }
        return result;
      },
    },
  ],
  [
    Object.assign,
    {
      name: "Object.assign",
      call: (machine, _, [into, ...from], self) => {
        const target = machine.force(into ?? undefinedVariable);
        if (target.kind !== "object") return refuse(self.name, target);
        // Everything is read before the first store, so that a refusal leaves nothing half done.
        const stores = from.flatMap((source) => {
          const value = machine.force(source);
          const empty =
            value.kind === "constant" && (value.value === undefined || value.value === null);
          return empty ? [] : entriesOf(machine, self.name, value);
        });
        if (stores.length > 1 && target.source !== null)
          return refuse(`${self.name} to an object from outside`, target);
        // A setter is entered as a frame and runs later: it can only be the last store.
        if (stores.length > 1 && mayHaveSetters(target))
          return refuse(`${self.name} to an object with accessors`, target);
        for (const [key, value] of stores) machine.setProperty(target, key, value);
        return target;
      },
    },
  ],
  [
    Object.freeze,
    {
      name: "Object.freeze",
      call: (machine, _, [given], self) => {
        const value = machine.force(given ?? undefinedVariable);
        if (value.kind === "constant" || value.kind === "number") return value;
        if ((value.kind !== "object" && value.kind !== "array") || value.source !== null)
          return refuse(self.name, value);
        machine.tracer.noteMutation(value, "an object");
        value.frozen = true;
        return value;
      },
    },
  ],
  [
    Object.is,
    {
      name: "Object.is",
      call: (machine, _, [a, b]) => {
        const x = machine.force(a ?? undefinedVariable);
        const y = machine.force(b ?? undefinedVariable);
        if (x.kind === "constant" && y.kind === "constant")
          return new ConstantVariable(Object.is(x.value, y.value));
        if (x.kind === "number" || y.kind === "number") return refuse("Object.is", x);
        return strictEquals(machine, x, y);
      },
    },
  ],
  [
    Object.hasOwn,
    {
      name: "Object.hasOwn",
      call: (m, _, [v, key]) => hasOwn(m, v ?? undefinedVariable, key ?? undefinedVariable),
    },
  ],
  [
    Object.prototype.hasOwnProperty,
    {
      name: "Object.prototype.hasOwnProperty",
      call: (m, v, [key]) => hasOwn(m, v, key ?? undefinedVariable),
    },
  ],
  [
    Object.getPrototypeOf,
    {
      name: "Object.getPrototypeOf",
      call: (machine, _, [given], self) => {
        const value = machine.force(given ?? undefinedVariable);
        if (value.kind !== "object" || value.prototype === null) return refuse(self.name, value);
        return machine.tracer.pinnedObject(value.prototype);
      },
    },
  ],
  [
    Object.create,
    {
      name: "Object.create",
      call: (machine, _, args, self) => {
        const prototype = machine.force(args[0] ?? undefinedVariable);
        if (args.length > 1 || prototype.kind !== "constant" || prototype.value !== null)
          return refuse(self.name, prototype);
        return new ObjectVariable({ prototype: null });
      },
    },
  ],
];

function hasOwn(machine: Machine, variable: Variable, keyVariable: Variable): Variable {
  const key = propertyKey(machine, keyVariable);
  const value = machine.force(variable);
  if (value.kind === "array") {
    // An arguments object has `callee` and an iterator of its own.
    if (value.flavour === "arguments" && arrayIndex(key) === null)
      return refuse("Object.hasOwn", value);
    return new ConstantVariable(arrayHasOwn(machine, value, key));
  }
  if (value.kind !== "object") return refuse("Object.hasOwn", value);
  const slot = value.properties.get(key);
  if (slot !== undefined) return new ConstantVariable(slot.kind !== "deleted");
  if (isErrorStack(value, key)) return new ConstantVariable(true);
  if (value.value === null || value.source === null) return new ConstantVariable(false);
  const present = Object.hasOwn(value.value, key);
  machine.tracer.addGuard({ kind: present ? "PRESENT" : "NOT_PRESENT", source: value.source, key });
  return new ConstantVariable(present);
}
