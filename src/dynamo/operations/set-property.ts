import { breakGraph } from "../graph-breaks/graph-break.ts";
import { isIntrinsicHolder } from "../builtins/intrinsics.ts";
import { replaceableItems, unguardedItems } from "../interpreter/contents.ts";
import type { Machine } from "../interpreter/machine.ts";
import { isProxy } from "../interpreter/exotic-object.ts";
import {
  type ArrayVariable,
  type ObjectVariable,
  type PropertySlot,
  type Variable,
  describeForUser,
  describeVariable,
} from "../variables/variable.ts";
import { arrayIndex } from "./array-index.ts";
import { describeKey } from "./describe-key.ts";
import { isErrorStack } from "./error-stack.ts";
import {
  type Link,
  noteWritten,
  passLink,
  pinnedLink,
  prototypeLink,
  startOf,
} from "./prototype-chain.ts";

/** OrdinarySet (§10.1.9). Natively-observable refusals (frozen, read-only, exotic) run natively. */
export function setProperty(
  machine: Machine,
  base: Variable,
  key: PropertyKey,
  value: Variable,
): void {
  const target = machine.force(base);
  if (target.kind === "array") return setArrayElement(machine, target, key, value);
  if (target.kind === "object") return setObjectProperty(machine, target, key, value);
  if (target.kind === "closure" && !ownOfFunctions.has(key)) {
    machine.tracer.noteMutation(target, `the property ${describeKey(key)}`);
    target.properties.set(key, { kind: "data", value, enumerable: true });
    return;
  }
  if (target.kind === "tensor" && key === "requires_grad")
    breakGraph("requiresGradWrite", {}, "setProperty TensorVariable() requires_grad");
  if (target.kind === "tensor") {
    breakGraph(
      "tensorAttributeWrite",
      { attribute: String(key) },
      `setProperty TensorVariable() ${describeKey(key)}`,
    );
  }
  breakGraph(
    "unsupportedPropertyWrite",
    { object: describeForUser(target), property: describeKey(key) },
    `setProperty ${describeVariable(target)} ${describeKey(key)}`,
  );
}

/** What functions have or refuse by themselves. */
const ownOfFunctions: ReadonlySet<PropertyKey> = new Set([
  "prototype",
  "name",
  "length",
  "caller",
  "arguments",
]);

function setArrayElement(
  machine: Machine,
  target: ArrayVariable,
  key: PropertyKey,
  value: Variable,
): void {
  if (target.frozen) {
    breakGraph(
      "frozenMutation",
      { object: machine.expressionText(), property: describeKey(key) },
      `setProperty frozen ${describeKey(key)}`,
    );
  }
  const refuse = (): never =>
    breakGraph(
      "unsupportedPropertyWrite",
      { object: describeForUser(target), property: describeKey(key) },
      `setProperty ${describeVariable(target)} ${describeKey(key)}`,
    );
  if (target.flavour !== "array") refuse();
  machine.tracer.noteMutation(target, "an array");
  const items = unguardedItems(machine, target);
  const index = arrayIndex(key);
  if (index !== null) {
    if (index > items.length + 1000) refuse(); // a sparse array: the engine's business
    checkWritable(machine, target, key);
    while (items.length < index) items.push(null);
    items[index] = value;
  } else if (key === "length") {
    const length = machine.force(value);
    if (
      length.kind !== "constant" ||
      typeof length.value !== "number" ||
      !(length.value <= items.length)
    )
      return refuse();
    if (!Number.isInteger(length.value) || length.value < 0) return refuse();
    checkWritable(machine, target, key);
    // What cannot be deleted cannot be cut off.
    if (length.value < items.length && replaceableItems(machine, target) === null) return refuse();
    items.length = length.value;
  } else refuse();
  if (target.source !== null) machine.tracer.addEffect({ kind: "setProperty", target, key, value });
}

/** Guards that a plain store to an object from outside will neither throw nor call anything. */
function checkWritable(
  machine: Machine,
  target: ArrayVariable | ObjectVariable,
  key: PropertyKey,
): void {
  if (target.value === null || target.source === null) return;
  if (Object.isFrozen(target.value)) {
    breakGraph(
      "frozenMutation",
      { object: machine.expressionText(), property: describeKey(key) },
      `setProperty frozen ${describeKey(key)}`,
    );
  }
  if (!machine.isWritable(target.value, key)) {
    breakGraph(
      "unsupportedPropertyWrite",
      { object: describeForUser(target), property: describeKey(key) },
      `setProperty ${describeVariable(target)} ${describeKey(key)}`,
    );
  }
  machine.tracer.addGuard({ kind: "EXTENSIBLE", source: target.source, writableKey: key });
}

function setObjectProperty(
  machine: Machine,
  target: ObjectVariable,
  key: PropertyKey,
  value: Variable,
): void {
  // Everything else relies on what the engine's own objects have.
  if (target.value !== null && isIntrinsicHolder(target.value)) {
    const object = target.value === globalThis ? "the global object" : "an object of the engine";
    breakGraph(
      "unsupportedPropertyWrite",
      { object, property: describeKey(key) },
      `setProperty ${describeVariable(target)} ${describeKey(key)}`,
    );
  }
  const slot = target.properties.get(key);
  if (slot?.kind === "accessor") return enterSetter(machine, slot.set, target, key, value);
  if (slot?.kind !== "data") {
    const setter = findSetter(
      machine,
      slot === undefined ? startOf(target) : prototypeLink(target),
      key,
    );
    if (setter !== null)
      return enterSetter(
        machine,
        setter === undefined ? null : machine.tracer.pinnedFunction(setter),
        target,
        key,
        value,
      );
  }
  if (target.frozen) {
    breakGraph(
      "frozenMutation",
      { object: machine.expressionText(), property: describeKey(key) },
      `setProperty frozen ${describeKey(key)}`,
    );
  }
  machine.tracer.noteMutation(target, `the property ${describeKey(key)}`);
  if (slot === undefined) {
    checkWritable(machine, target, key);
    checkInherited(machine, target, key);
  }
  if (slot?.kind === "deleted") {
    checkWritable(machine, target, unusedKey);
    target.recreated.add(key);
    target.properties.delete(key); // so that it comes after what was written meanwhile
  }
  noteWritten(machine, target);
  target.properties.set(key, {
    kind: "data",
    value,
    enumerable: slot?.kind === "data" ? slot.enumerable : isEnumerable(target, key, slot),
  });
  if (target.source !== null) machine.tracer.addEffect({ kind: "setProperty", target, key, value });
}

/**
 * The class of an object made by the capture may get an accessor or a read-only property of that name later. Prototypes
 * of the engine are taken to stay as they are.
 */
function checkInherited(machine: Machine, target: ObjectVariable, key: PropertyKey): void {
  const { prototype } = target;
  if (target.value !== null || prototype === null || isIntrinsicHolder(prototype)) return;
  if (!machine.isWritable(prototype, key)) {
    breakGraph(
      "unsupportedPropertyWrite",
      { object: describeForUser(target), property: describeKey(key) },
      `setProperty ${describeVariable(target)} ${describeKey(key)}`,
    );
  }
  machine.tracer.addGuard({
    kind: "EXTENSIBLE",
    source: pinnedLink(prototype).source,
    writableKey: key,
  });
}

/** A store keeps whether an existing property is enumerable; a new one is. */
function isEnumerable(
  target: ObjectVariable,
  key: PropertyKey,
  slot: PropertySlot | undefined,
): boolean {
  if (isErrorStack(target, key)) return false;
  const { value } = target;
  const existing =
    value === null || slot !== undefined ? undefined : Object.getOwnPropertyDescriptor(value, key);
  return existing?.enumerable ?? true;
}

function enterSetter(
  machine: Machine,
  setter: Variable | null,
  target: ObjectVariable,
  key: PropertyKey,
  value: Variable,
): void {
  const known = setter === null ? null : machine.force(setter);
  if (known === null || (known.kind !== "function" && known.kind !== "closure")) {
    breakGraph(
      "unsupportedPropertyWrite",
      { object: describeForUser(target), property: describeKey(key) },
      `setter ${describeKey(key)}`,
    );
  }
  machine.enter(known, target, [value], "discard");
}

/** No object has this key: storing under it would make a new property. */
const unusedKey = Symbol("new property");

/** The setter of an accessor found on the chain, guarded; undefined for one without setter; null when there is no accessor. */
function findSetter(
  machine: Machine,
  start: Link | null,
  key: PropertyKey,
): Function | undefined | null {
  const holder = holderOf(start, key);
  if (holder === undefined) return undefined;
  const descriptor = holder === null ? undefined : Object.getOwnPropertyDescriptor(holder, key);
  if (descriptor === undefined || "value" in descriptor) return null;
  if (descriptor.set === undefined) return undefined;
  let link = start;
  while (link !== null && link.value !== holder) link = passLink(machine, link, key);
  if (link !== null)
    machine.tracer.addGuard({
      kind: "OWN_SETTER",
      source: link.source,
      key,
      setter: descriptor.set,
    });
  return descriptor.set;
}

/** The object on the chain that has the key; undefined where a Proxy hides the answer. */
function holderOf(start: Link | null, key: PropertyKey): object | null | undefined {
  for (
    let value = start?.value ?? null;
    value !== null;
    value = Object.getPrototypeOf(value) as object | null
  ) {
    if (isProxy(value)) return undefined;
    if (Object.hasOwn(value, key)) return value;
  }
  return null;
}
