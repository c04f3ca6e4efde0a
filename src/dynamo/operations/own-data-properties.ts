import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { LazyVariable, type ObjectVariable, type Variable } from "../variables/variable.ts";
import { arrayIndex } from "./array-index.ts";

/** The own enumerable data properties in [[OwnPropertyKeys]] order (ECMA-262 §10.1.11.1), guarded. */
export function ownDataProperties(
  machine: Machine,
  target: ObjectVariable,
): readonly (readonly [PropertyKey, Variable])[] {
  const found: (readonly [PropertyKey, Variable])[] = [];
  for (const key of ownKeys(machine, target)) {
    const slot = target.properties.get(key);
    if (slot === undefined) {
      const property = outsideProperty(machine, target, key);
      if (property !== null) found.push([key, property]);
    } else if (slot.kind === "data") {
      if (slot.enumerable) found.push([key, slot.value]);
    } else if (slot.kind === "accessor" && slot.enumerable) {
      return breakGraph(
        "exoticObject",
        {
          object: "an object with a getter",
          property: "enumeration of properties",
          kind: "an object with a getter",
        },
        "own properties",
      );
    }
  }
  return found;
}

function outsideProperty(
  machine: Machine,
  target: ObjectVariable,
  key: PropertyKey,
): Variable | null {
  if (target.value === null || target.source === null) return null;
  const descriptor = Object.getOwnPropertyDescriptor(target.value, key);
  if (descriptor === undefined || descriptor.enumerable !== true) return null;
  if (!("value" in descriptor)) {
    return breakGraph(
      "exoticObject",
      {
        object: "an object with a getter",
        property: "enumeration of properties",
        kind: "an object with a getter",
      },
      "own properties",
    );
  }
  machine.tracer.addGuard({ kind: "OWN_DATA", source: target.source, key });
  return new LazyVariable(descriptor.value, { kind: "property", base: target.source, key });
}

/** Own keys after the region's writes: array indices ascending, then strings, then symbols, each in order of creation. */
function ownKeys(machine: Machine, target: ObjectVariable): readonly PropertyKey[] {
  const keys: PropertyKey[] = [];
  if (target.value !== null && target.source !== null) {
    const outside = Reflect.ownKeys(target.value);
    machine.tracer.addGuard({ kind: "KEYS_MATCH", source: target.source, keys: outside });
    const { value } = target;
    const enumerable = outside.filter((key) =>
      Object.prototype.propertyIsEnumerable.call(value, key),
    );
    machine.tracer.addGuard({ kind: "ENUMERABLE", source: target.source, keys: enumerable });
    // A key deleted and written again moves to the end, as in the engine.
    for (const key of outside) if (!wasDeleted(target, key)) keys.push(key);
  }
  for (const [key, slot] of target.properties)
    if (slot.kind !== "deleted" && !keys.includes(key)) keys.push(key);
  const integers = keys.filter(isIndex).sort((a, b) => Number(a) - Number(b));
  const strings = keys.filter((key) => typeof key !== "symbol" && !isIndex(key));
  return [...integers, ...strings, ...keys.filter((key) => typeof key === "symbol")];
}

const wasDeleted = (target: ObjectVariable, key: PropertyKey): boolean =>
  target.properties.get(key)?.kind === "deleted" || target.recreated.has(key);

const isIndex = (key: PropertyKey): boolean => arrayIndex(key) !== null;
