import { arrayIndex } from "./array-index.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { isProxy } from "../interpreter/exotic-object.ts";
import { type Variable, describeForUser, describeVariable } from "../variables/variable.ts";
import { arrayHasOwn } from "./array-own-keys.ts";
import { describeKey } from "./describe-key.ts";
import { isErrorStack } from "./error-stack.ts";
import {
  type Link,
  nextLink,
  passLink,
  writtenSlot,
  prototypeLink,
  startOf,
} from "./prototype-chain.ts";

/** HasProperty (§7.3.11): the `in` operator. */
export function hasProperty(machine: Machine, base: Variable, key: PropertyKey): boolean {
  const target = machine.force(base);
  if (target.kind === "array" && (target.flavour === "array" || arrayIndex(key) !== null)) {
    const prototype = target.flavour === "array" ? Array.prototype : Object.prototype;
    return arrayHasOwn(machine, target, key) || Reflect.has(prototype, key);
  }
  if (target.kind === "object") {
    const slot = target.properties.get(key);
    if (slot !== undefined && slot.kind !== "deleted") return true;
    if (isErrorStack(target, key)) return true;
    return hasOnValue(machine, slot === undefined ? startOf(target) : prototypeLink(target), key);
  }
  return breakGraph(
    "unsupportedMembershipTest",
    { object: describeForUser(target), key: describeKey(key) },
    `${describeKey(key)} in ${describeVariable(target)}`,
  );
}

function hasOnValue(machine: Machine, start: Link | null, key: PropertyKey): boolean {
  let link = start;
  while (link !== null) {
    if (isProxy(link.value)) {
      return breakGraph(
        "exoticObject",
        { object: "a Proxy", property: "in", kind: "a Proxy" },
        `${describeKey(key)} in Proxy`,
      );
    }
    const slot = writtenSlot(machine, link.value, key);
    if (slot !== undefined && slot.kind !== "deleted") return true;
    if (slot === undefined && Object.hasOwn(link.value, key)) {
      machine.tracer.addGuard({ kind: "PRESENT", source: link.source, key });
      return true;
    }
    link = slot === undefined ? passLink(machine, link, key) : nextLink(machine, link);
  }
  return false;
}
