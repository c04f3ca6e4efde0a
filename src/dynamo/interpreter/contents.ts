import { hasPlainElements } from "../residual/runtime.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { type Source, sourceName } from "../variables/source.ts";
import {
  type ArrayVariable,
  LazyVariable,
  type MapEntry,
  type MapVariable,
  type SetVariable,
  type Variable,
} from "../variables/variable.ts";
import type { Machine } from "./machine.ts";

/** The length of an array. One from outside is guarded to be as long as this. */
export const arrayLength = (machine: Machine, target: ArrayVariable): number =>
  unguardedItems(machine, target).length;

/** The element at a constant index: null for a hole, undefined past the end. */
export function arrayItem(
  machine: Machine,
  target: ArrayVariable,
  index: number,
): Variable | null | undefined {
  const items = unguardedItems(machine, target);
  const { value, source } = target;
  if (value !== null && source !== null && Object.hasOwn(value, index))
    machine.tracer.addGuard({ kind: "OWN_DATA", source, key: index });
  return items[index];
}

/** All elements of an array. Those of one from outside are guarded to be there, and to run nothing when they are read. */
export function arrayItems(machine: Machine, target: ArrayVariable): (Variable | null)[] {
  const items = unguardedItems(machine, target);
  guardElements(machine, target, "DATA_ELEMENTS");
  return items;
}

/** The same for a method that moves, overwrites or removes elements; null where one is read-only and would make it throw. */
export function replaceableItems(
  machine: Machine,
  target: ArrayVariable,
): (Variable | null)[] | null {
  const items = unguardedItems(machine, target);
  const { value } = target;
  if (value !== null && !hasPlainElements(value, countElements(value))) return null;
  guardElements(machine, target, "PLAIN_ELEMENTS");
  return items;
}

function guardElements(
  machine: Machine,
  { value, source }: ArrayVariable,
  kind: "DATA_ELEMENTS" | "PLAIN_ELEMENTS",
): void {
  if (value === null || source === null || value.length === 0) return;
  machine.tracer.addGuard({ kind, source, count: countElements(value) });
}

function countElements(array: readonly unknown[]): number {
  let count = 0;
  for (let index = 0; index < array.length; index++) if (Object.hasOwn(array, index)) count += 1;
  return count;
}

/** Looking inside an array from outside guards its length and its holes; whoever uses an element guards that. */
export function unguardedItems(machine: Machine, target: ArrayVariable): (Variable | null)[] {
  if (target.items !== null) return target.items;
  const { value, source } = target;
  if (value === null || source === null)
    throw new Error("an array made inside the region has its items");
  machine.tracer.addGuard({ kind: "SEQUENCE_LENGTH", source, length: value.length });
  const items: (Variable | null)[] = [];
  for (let index = 0; index < value.length; index++) {
    const element = Object.getOwnPropertyDescriptor(value, index);
    if (element !== undefined) {
      if (!("value" in element)) {
        breakGraph(
          "exoticObject",
          { object: sourceName(source), property: String(index), kind: "an array with a getter" },
          "array with an accessor element",
        );
      }
      items.push(new LazyVariable(element.value, { kind: "property", base: source, key: index }));
    } else {
      machine.tracer.addGuard({ kind: "NOT_PRESENT", source, key: index });
      items.push(null);
    }
  }
  items.push(...target.appended);
  target.items = items;
  return items;
}

/** The entries of a Map in insertion order; the keys are guarded together, every value when it is used. */
export function mapEntries(machine: Machine, target: MapVariable): MapEntry[] {
  if (target.entries !== null) return target.entries;
  const { value, source } = target;
  if (value === null || source === null)
    throw new Error("a Map made inside the region has its entries");
  const keys = [...value.keys()];
  machine.tracer.addGuard({ kind: "ENTRY_KEYS_MATCH", source, keys });
  target.entries = keys.map((key, index) => {
    const keySource: Source = { kind: "entryKey", base: source, index };
    return {
      key: new LazyVariable(key, keySource),
      value: new LazyVariable(value.get(key), {
        kind: "mapValue",
        base: source,
        key: { constant: key },
      }),
    };
  });
  return target.entries;
}

export function setKeys(machine: Machine, target: SetVariable): Variable[] {
  if (target.keys !== null) return target.keys;
  const { value, source } = target;
  if (value === null || source === null)
    throw new Error("a Set made inside the region has its keys");
  const keys = [...value];
  machine.tracer.addGuard({ kind: "ENTRY_KEYS_MATCH", source, keys });
  target.keys = keys.map(
    (key, index) => new LazyVariable(key, { kind: "entryKey", base: source, index }),
  );
  return target.keys;
}
