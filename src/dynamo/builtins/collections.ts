import { arrayItems, mapEntries, setKeys } from "../interpreter/contents.ts";
import type { Machine } from "../interpreter/machine.ts";
import { listOf } from "../operations/iteration.ts";
import { sameValueZero } from "../operations/same-value.ts";
import {
  ConstantVariable,
  MapVariable,
  SetVariable,
  type Variable,
  undefinedVariable,
} from "../variables/variable.ts";
import type { Builtin } from "./builtin.ts";
import type { BuiltinRow } from "./builtin-table.ts";
import { refuseBuiltin } from "./refuse-builtin.ts";

function mapMethod(
  rule: (
    machine: Machine,
    target: MapVariable,
    key: Variable,
    value: Variable,
    self: Builtin,
  ) => Variable,
): Builtin["call"] {
  return (machine, thisValue, args, self) => {
    const target = machine.force(thisValue);
    if (target.kind !== "map") return refuseBuiltin(self.name, target);
    return rule(machine, target, args[0] ?? undefinedVariable, args[1] ?? undefinedVariable, self);
  };
}

function setMethod(
  rule: (machine: Machine, target: SetVariable, key: Variable, self: Builtin) => Variable,
): Builtin["call"] {
  return (machine, thisValue, args, self) => {
    const target = machine.force(thisValue);
    if (target.kind !== "set") return refuseBuiltin(self.name, target);
    return rule(machine, target, args[0] ?? undefinedVariable, self);
  };
}

const indexOfKey = (machine: Machine, keys: readonly Variable[], key: Variable): number =>
  keys.findIndex((known) => sameValueZero(machine, known, key));

/** A live iteration would see the change: the engine's own iterator must be there for it. */
function checkNotIterated(
  machine: Machine,
  target: MapVariable | SetVariable,
  self: Builtin,
): void {
  machine.tracer.noteMutation(target, target.kind === "map" ? "a Map" : "a Set");
  if (machine.isBeingIterated(target)) refuseBuiltin(`${self.name} during iteration`, target);
}

/** Methods of Map.prototype and Set.prototype (ECMA-262 §24.1.3, §24.2.4). */
export const collectionBuiltins: readonly BuiltinRow[] = [
  [
    Map.prototype.get,
    {
      name: "Map.prototype.get",
      call: mapMethod((machine, target, key) => {
        const entries = mapEntries(machine, target);
        const index = indexOfKey(
          machine,
          entries.map((entry) => entry.key),
          key,
        );
        return entries[index]?.value ?? undefinedVariable;
      }),
    },
  ],
  [
    Map.prototype.has,
    {
      name: "Map.prototype.has",
      call: mapMethod((machine, target, key) => {
        const keys = mapEntries(machine, target).map((entry) => entry.key);
        return new ConstantVariable(indexOfKey(machine, keys, key) >= 0);
      }),
    },
  ],
  [
    Map.prototype.set,
    {
      name: "Map.prototype.set",
      call: mapMethod((machine, target, key, value, self) => {
        machine.tracer.noteMutation(target, "a Map");
        const entries = mapEntries(machine, target);
        const index = indexOfKey(
          machine,
          entries.map((entry) => entry.key),
          key,
        );
        const existing = entries[index];
        if (existing === undefined) {
          checkNotIterated(machine, target, self);
          entries.push({ key: normalizeZero(machine, key), value });
        } else entries[index] = { key: existing.key, value };
        if (target.source !== null)
          machine.tracer.addEffect({
            kind: "call",
            callee: Map.prototype.set,
            receiver: target,
            args: [key, value],
          });
        return target;
      }),
    },
  ],
  [
    Map.prototype.delete,
    {
      name: "Map.prototype.delete",
      call: mapMethod((machine, target, key, _, self) => {
        const entries = mapEntries(machine, target);
        const index = indexOfKey(
          machine,
          entries.map((entry) => entry.key),
          key,
        );
        if (index < 0) return new ConstantVariable(false);
        checkNotIterated(machine, target, self);
        entries.splice(index, 1);
        if (target.source !== null)
          machine.tracer.addEffect({
            kind: "call",
            callee: Map.prototype.delete,
            receiver: target,
            args: [key],
          });
        return new ConstantVariable(true);
      }),
    },
  ],
  [
    Map.prototype.clear,
    {
      name: "Map.prototype.clear",
      call: mapMethod((machine, target, _, __, self) => {
        checkNotIterated(machine, target, self);
        mapEntries(machine, target).length = 0;
        if (target.source !== null)
          machine.tracer.addEffect({
            kind: "call",
            callee: Map.prototype.clear,
            receiver: target,
            args: [],
          });
        return undefinedVariable;
      }),
    },
  ],
  [
    Set.prototype.has,
    {
      name: "Set.prototype.has",
      call: setMethod(
        (machine, target, key) =>
          new ConstantVariable(indexOfKey(machine, setKeys(machine, target), key) >= 0),
      ),
    },
  ],
  [
    Set.prototype.add,
    {
      name: "Set.prototype.add",
      call: setMethod((machine, target, key, self) => {
        const keys = setKeys(machine, target);
        if (indexOfKey(machine, keys, key) < 0) {
          checkNotIterated(machine, target, self);
          keys.push(normalizeZero(machine, key));
          if (target.source !== null)
            machine.tracer.addEffect({
              kind: "call",
              callee: Set.prototype.add,
              receiver: target,
              args: [key],
            });
        }
        return target;
      }),
    },
  ],
  [
    Set.prototype.delete,
    {
      name: "Set.prototype.delete",
      call: setMethod((machine, target, key, self) => {
        const keys = setKeys(machine, target);
        const index = indexOfKey(machine, keys, key);
        if (index < 0) return new ConstantVariable(false);
        checkNotIterated(machine, target, self);
        keys.splice(index, 1);
        if (target.source !== null)
          machine.tracer.addEffect({
            kind: "call",
            callee: Set.prototype.delete,
            receiver: target,
            args: [key],
          });
        return new ConstantVariable(true);
      }),
    },
  ],
  [
    Set.prototype.clear,
    {
      name: "Set.prototype.clear",
      call: setMethod((machine, target, _, self) => {
        checkNotIterated(machine, target, self);
        setKeys(machine, target).length = 0;
        if (target.source !== null)
          machine.tracer.addEffect({
            kind: "call",
            callee: Set.prototype.clear,
            receiver: target,
            args: [],
          });
        return undefinedVariable;
      }),
    },
  ],
  [
    Map,
    {
      name: "Map",
      call: (_, thisValue) => refuseBuiltin("Map called without new", thisValue),
      construct: newMap,
    },
  ],
  [
    Set,
    {
      name: "Set",
      call: (_, thisValue) => refuseBuiltin("Set called without new", thisValue),
      construct: newSet,
    },
  ],
];

/** CanonicalizeKeyedCollectionKey (§24.5.1): -0 becomes 0. */
function normalizeZero(machine: Machine, key: Variable): Variable {
  const value = machine.force(key);
  return value.kind === "constant" && value.value === 0 ? new ConstantVariable(0) : key;
}

function newMap(machine: Machine, args: readonly Variable[], self: Builtin): Variable {
  const target = new MapVariable([], null, null);
  const given = machine.force(args[0] ?? undefinedVariable);
  if (given.kind === "constant" && (given.value === undefined || given.value === null))
    return target;
  if (given.kind === "map") {
    target.entries = [...mapEntries(machine, given)];
    return target;
  }
  for (const item of listOf(machine, given, self.name)) {
    const pair = machine.force(item);
    if (pair.kind !== "array") return refuseBuiltin(self.name, pair);
    const [key, value] = arrayItems(machine, pair);
    const entries = mapEntries(machine, target);
    const index = indexOfKey(
      machine,
      entries.map((entry) => entry.key),
      key ?? undefinedVariable,
    );
    const entry = {
      key: normalizeZero(machine, key ?? undefinedVariable),
      value: value ?? undefinedVariable,
    };
    if (index < 0) entries.push(entry);
    else entries[index] = entry;
  }
  return target;
}

function newSet(machine: Machine, args: readonly Variable[], self: Builtin): Variable {
  const target = new SetVariable([], null, null);
  const given = machine.force(args[0] ?? undefinedVariable);
  if (given.kind === "constant" && (given.value === undefined || given.value === null))
    return target;
  const members =
    given.kind === "set" ? setKeys(machine, given) : listOf(machine, given, self.name);
  const keys = setKeys(machine, target);
  for (const key of members) {
    if (indexOfKey(machine, keys, key) < 0) keys.push(normalizeZero(machine, key));
  }
  return target;
}
