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

/** The elements of an array; looking inside one from outside guards its length, and every element when it is used. */
export function arrayItems(machine: Machine, target: ArrayVariable): (Variable | null)[] {
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
