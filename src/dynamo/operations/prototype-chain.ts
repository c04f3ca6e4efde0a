import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { isIntrinsicHolder } from "../builtins/intrinsics.ts";
import { isProxy } from "../interpreter/exotic-object.ts";
import type { Source } from "../variables/source.ts";
import { type ObjectVariable, type PropertySlot, classNameOf } from "../variables/variable.ts";

/** One object on the way up a prototype chain. */
export interface Link {
  readonly value: object;
  readonly source: Source;
}

/** Objects from outside that a capture wrote to: what they really hold is older than what the program sees. */
const written = new WeakMap<Machine, Map<object, ObjectVariable>>();

export function noteWritten(machine: Machine, target: ObjectVariable): void {
  if (target.value === null) return;
  const objects = written.get(machine) ?? new Map<object, ObjectVariable>();
  objects.set(target.value, target);
  written.set(machine, objects);
}

/** What the capture wrote under the key of an object that is met as somebody's prototype. */
export const writtenSlot = (
  machine: Machine,
  value: object,
  key: PropertyKey,
): PropertySlot | undefined => written.get(machine)?.get(value)?.properties.get(key);

export const pinnedLink = (value: object): Link => ({
  value,
  source: { kind: "pinned", value, name: `${classNameOf(value)}.prototype` },
});

/** Passes an object that does not have the key: it must not get it, nor get another prototype. */
export function passLink(machine: Machine, { value, source }: Link, key: PropertyKey): Link | null {
  machine.tracer.addGuard({ kind: "NOT_PRESENT", source, key });
  return nextLink(machine, { value, source });
}

/** The prototype, guarded. */
export function nextLink(machine: Machine, { value, source }: Link): Link | null {
  if (isProxy(value)) {
    return breakGraph(
      "exoticObject",
      { object: "a Proxy", property: "its prototype", kind: "a Proxy" },
      "getPrototypeOf Proxy",
    );
  }
  const next = Object.getPrototypeOf(value) as object | null; // [[Prototype]] is an object or null (§10.1.1)
  // An object that is not pinned was looked at already, and its prototype guarded with it; a function was not.
  const isGuarded =
    isIntrinsicHolder(value) || (source.kind !== "pinned" && typeof value !== "function");
  if (!isGuarded) {
    const place: Source = { kind: "prototype", base: source };
    if (next === null)
      machine.tracer.addGuard({ kind: "CONSTANT_MATCH", source: place, value: null });
    else machine.tracer.addGuard({ kind: "ID_MATCH", source: place, value: next });
  }
  return next === null ? null : pinnedLink(next);
}

export const prototypeLink = ({ prototype }: ObjectVariable): Link | null =>
  prototype === null ? null : pinnedLink(prototype);

/** Where the lookup of a property begins that the region itself did not write. */
export const startOf = (target: ObjectVariable): Link | null =>
  target.value === null || target.source === null
    ? prototypeLink(target)
    : { value: target.value, source: target.source };
