import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { CallResult } from "../builtins/builtin.ts";
import { outerCell } from "../interpreter/captures.ts";
import { arrayItems } from "../interpreter/contents.ts";
import type { Machine } from "../interpreter/machine.ts";
import { cellReadBy, globalCell } from "../interpreter/same-variable.ts";
import { isModuleNamespace, isProxy } from "../interpreter/wrap-object.ts";
import { isIntrinsicHolder } from "../builtins/intrinsics.ts";
import type { Source } from "../variables/source.ts";
import {
  type ArrayVariable,
  ConstantVariable,
  type ForcedVariable,
  LazyVariable,
  type ObjectVariable,
  type PropertySlot,
  type Variable,
  describeForUser,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";
import {
  type Link,
  nextLink,
  noteWritten,
  passLink,
  pinnedLink,
  writtenSlot,
} from "./prototype-chain.ts";
import { tensorProperty } from "./tensor-property.ts";

const pinned = (value: object, name: string): Source => ({ kind: "pinned", value, name });
const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";

/** OrdinaryGet (ECMA-262 §10.1.8) for every kind of variable; null when a getter of the program was entered. */
export function getProperty(machine: Machine, base: Variable, key: PropertyKey): CallResult {
  const target = machine.force(base);
  switch (target.kind) {
    case "tensor":
      return tensorProperty(machine, target, key);
    case "array":
      return arrayProperty(machine, target, key);
    case "object":
      return objectProperty(machine, target, key, target);
    case "constant":
      return constantProperty(machine, target, key);
    case "number":
      return onPrototype(
        machine,
        typeof target.hint === "boolean" ? Boolean.prototype : Number.prototype,
        key,
        target,
      );
    case "template":
      return breakGraph(
        "tensorToText",
        { operation: `property ${String(key)} of a string` },
        `getProperty ${describeVariable(target)} ${String(key)}`,
      );
    case "map":
    case "set":
      return collectionProperty(machine, target, key);
    case "function":
      return onValue(
        machine,
        target.value,
        target.source ?? pinned(target.value, target.value.name),
        key,
        target,
      );
    case "builtin":
    case "inGraph":
      return onValue(machine, target.value, pinned(target.value, target.value.name), key, target);
    case "closure": {
      const slot = target.properties.get(key);
      if (slot?.kind === "data") return slot.value;
      if (slot !== undefined) break;
      if (key === "name")
        return new ConstantVariable(
          target.name ?? target.parent.children[target.child]?.name ?? "",
        );
      return onPrototype(machine, Function.prototype, key, target);
    }
    case "bound":
      if (key === "name" || key === "length") break;
      return onPrototype(machine, Function.prototype, key, target);
    case "opaque":
      if (isObject(target.value) && isModuleNamespace(target.value))
        return namespaceMember(machine, target.value, target.source, key);
      if (isObject(target.value) && isIntrinsicHolder(target.value))
        return onValue(machine, target.value, target.source, key, target);
      break;
    case "cursor":
      break;
  }
  return breakGraph(
    "unknownProperty",
    { object: describeForUser(target), property: describeKey(key) },
    `getProperty ${describeVariable(target)} ${describeKey(key)}`,
  );
}

const describeKey = (key: PropertyKey): string =>
  typeof key === "symbol" ? String(key) : `'${String(key)}'`;

/** A method of an engine object (a Date, a typed array) can be named without looking inside; its slots cannot be read. */
function opaqueProperty(
  machine: Machine,
  value: object,
  source: Source,
  key: PropertyKey,
  target: Variable,
): CallResult {
  if (Object.hasOwn(value, key)) {
    return breakGraph(
      "unknownProperty",
      { object: describeForUser(target), property: describeKey(key) },
      `getProperty ${describeVariable(target)} ${describeKey(key)}`,
    );
  }
  const prototype = Object.getPrototypeOf(value) as object | null; // [[Prototype]] is an object or null (§10.1.1)
  machine.tracer.addGuard({ kind: "OBJECT_MATCH", source, prototype });
  machine.tracer.addGuard({ kind: "NOT_PRESENT", source, key });
  return onPrototype(machine, prototype, key, target);
}

/** A live binding of a module: only its exporter can change it, so reading it runs nothing of the program. */
function namespaceMember(
  machine: Machine,
  namespace: object,
  source: Source,
  key: PropertyKey,
): Variable {
  if (!Reflect.has(namespace, key)) return undefinedVariable;
  const value: unknown = Reflect.get(namespace, key);
  const cell = cellReadBy(machine, () => Reflect.get(namespace, key));
  const content = cell === null ? null : outerCell(machine, cell, cell.binding.name).content;
  if (content !== null) return content; // a function of that module may have written it by now
  const member: Source = { kind: "member", base: source, key };
  return machine.tracer.memberOfModule(value, member);
}

function constantProperty(
  machine: Machine,
  target: ConstantVariable,
  key: PropertyKey,
): CallResult {
  const { value } = target;
  if (value === undefined || value === null) {
    return breakGraph(
      "observedException",
      {
        errorClass: "TypeError",
        message: `Cannot read properties of ${value} (reading ${describeKey(key)})`,
      },
      `getProperty ${String(value)} ${describeKey(key)}`,
    );
  }
  if (typeof value === "string") {
    if (key === "length") return new ConstantVariable(value.length);
    if (typeof key !== "symbol" && Object.hasOwn(Object(value) as object, key)) {
      return new ConstantVariable(value[Number(key)]);
    }
  }
  if (!isObject(value))
    return onPrototype(machine, Object.getPrototypeOf(value) as object, key, target); // primitives have prototypes (§7.1.18)
  return onValue(machine, value, pinned(value, describeVariable(target)), key, target);
}

function arrayProperty(machine: Machine, target: ArrayVariable, key: PropertyKey): CallResult {
  if (key === "length") return new ConstantVariable(arrayItems(machine, target).length);
  const index = arrayIndex(key);
  if (index !== null) {
    const item = arrayItems(machine, target)[index];
    return (
      item ??
      (item === undefined ? undefinedVariable : onPrototype(machine, Array.prototype, key, target))
    );
  }
  const named = typeof key === "string" ? target.named.get(key) : undefined;
  if (named !== undefined) return named;
  if (target.value !== null && target.source !== null) {
    if (Object.hasOwn(target.value, key))
      return onValue(machine, target.value, target.source, key, target);
    machine.tracer.addGuard({ kind: "NOT_PRESENT", source: target.source, key });
  }
  return onPrototype(
    machine,
    target.flavour === "array" ? Array.prototype : Object.prototype,
    key,
    target,
  );
}

/** The array index a key stands for (ECMA-262 §6.1.7), or null. */
export function arrayIndex(key: PropertyKey): number | null {
  if (typeof key === "symbol") return null;
  const index = Number(key);
  return Number.isInteger(index) &&
    index >= 0 &&
    index < 4294967295 &&
    String(index) === String(key)
    ? index
    : null;
}

function collectionProperty(
  machine: Machine,
  target: Extract<ForcedVariable, { kind: "map" | "set" }>,
  key: PropertyKey,
): CallResult {
  if (target.value !== null && target.source !== null) {
    if (Object.hasOwn(target.value, key))
      return onValue(machine, target.value, target.source, key, target);
    machine.tracer.addGuard({ kind: "NOT_PRESENT", source: target.source, key });
  }
  if (key === "size") return new ConstantVariable(machine.sizeOf(target));
  return onPrototype(machine, target.kind === "map" ? Map.prototype : Set.prototype, key, target);
}

function objectProperty(
  machine: Machine,
  target: ObjectVariable,
  key: PropertyKey,
  receiver: Variable,
): CallResult {
  const cell = target.value === globalThis ? globalCell(machine, key) : null;
  const content = cell === null ? null : outerCell(machine, cell, cell.binding.name).content;
  if (content !== null) return content;
  const slot = target.properties.get(key);
  if (slot !== undefined && slot.kind !== "deleted") return fromSlot(machine, slot, receiver);
  if (target.value === null || target.source === null)
    return onPrototype(machine, target.prototype, key, receiver);
  if (slot === undefined) return onValue(machine, target.value, target.source, key, receiver);
  return onPrototype(machine, target.prototype, key, receiver);
}

function fromSlot(
  machine: Machine,
  slot: Exclude<PropertySlot, { kind: "deleted" }>,
  receiver: Variable,
): CallResult {
  if (slot.kind === "data") return slot.value;
  return slot.get === null ? undefinedVariable : machine.call(slot.get, receiver, []);
}

function onPrototype(
  machine: Machine,
  prototype: object | null,
  key: PropertyKey,
  receiver: Variable,
): CallResult {
  if (prototype === null) return undefinedVariable;
  return onValue(
    machine,
    prototype,
    pinned(prototype, `${prototype.constructor?.name ?? "Object"}.prototype`),
    key,
    receiver,
  );
}

/** Walks the real prototype chain from `start`, guarding what was found and what was passed on the way. */
function onValue(
  machine: Machine,
  start: object,
  startSource: Source,
  key: PropertyKey,
  receiver: Variable,
): CallResult {
  let link: Link | null = { value: start, source: startSource };
  while (link !== null) {
    const { value, source }: Link = link;
    if (isProxy(value)) {
      return breakGraph(
        "exoticObject",
        { object: "a Proxy", property: `property ${describeKey(key)}`, kind: "a Proxy" },
        `getProperty Proxy ${describeKey(key)}`,
      );
    }
    const slot = writtenSlot(machine, value, key);
    if (slot !== undefined && slot.kind !== "deleted") return fromSlot(machine, slot, receiver);
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    if (descriptor !== undefined && slot === undefined)
      return fromDescriptor(machine, descriptor, value, source, key, receiver);
    link = slot === undefined ? passLink(machine, link, key) : nextLink(machine, link);
  }
  return undefinedVariable;
}

function fromDescriptor(
  machine: Machine,
  descriptor: PropertyDescriptor,
  holder: object,
  source: Source,
  key: PropertyKey,
  receiver: Variable,
): CallResult {
  if ("value" in descriptor) {
    if (isIntrinsicHolder(holder))
      return new LazyVariable(descriptor.value, { kind: "member", base: source, key });
    machine.tracer.addGuard({ kind: "OWN_DATA", source, key });
    return new LazyVariable(descriptor.value, { kind: "property", base: source, key });
  }
  if (descriptor.get === undefined) {
    return breakGraph(
      "exoticObject",
      {
        object: "an object with a setter alone",
        property: `property ${describeKey(key)}`,
        kind: "an object with a setter alone",
      },
      `getProperty ${describeKey(key)}`,
    );
  }
  machine.tracer.addGuard({ kind: "OWN_GETTER", source, key, getter: descriptor.get });
  return machine.call(machine.tracer.pinnedFunction(descriptor.get), receiver, []);
}

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
  if (target.kind === "closure" && key !== "prototype" && key !== "name" && key !== "length") {
    target.properties.set(key, { kind: "data", value, enumerable: true });
    return;
  }
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
  const items = arrayItems(machine, target);
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
    checkWritable(machine, target, unusedKey); // elements of sealed arrays cannot be cut off
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
  if (target.value === globalThis) {
    breakGraph(
      "unsupportedPropertyWrite",
      { object: "the global object", property: describeKey(key) },
      `setProperty globalThis ${describeKey(key)}`,
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
  if (slot === undefined) checkWritable(machine, target, key);
  if (slot?.kind === "deleted") {
    checkWritable(machine, target, unusedKey);
    target.recreated.add(key);
  }
  noteWritten(machine, target);
  target.properties.set(key, {
    kind: "data",
    value,
    enumerable: slot?.kind === "data" ? slot.enumerable : true,
  });
  if (target.source !== null) machine.tracer.addEffect({ kind: "setProperty", target, key, value });
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

const prototypeLink = ({ prototype }: ObjectVariable): Link | null =>
  prototype === null ? null : pinnedLink(prototype);

/** Where the lookup of a property begins that the region itself did not write. */
const startOf = (target: ObjectVariable): Link | null =>
  target.value === null || target.source === null
    ? prototypeLink(target)
    : { value: target.value, source: target.source };

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

/** OrdinaryDelete (§10.1.10) on plain objects. */
export function deleteProperty(machine: Machine, base: Variable, key: PropertyKey): boolean {
  const target = machine.force(base);
  if (target.kind !== "object" || target.frozen) {
    return breakGraph(
      "unsupportedPropertyWrite",
      { object: describeForUser(target), property: describeKey(key) },
      `delete ${describeVariable(target)} ${describeKey(key)}`,
    );
  }
  machine.tracer.noteMutation(target, `the property ${describeKey(key)}`);
  if (target.value === null || target.source === null) {
    target.properties.delete(key);
    return true;
  }
  const descriptor = Object.getOwnPropertyDescriptor(target.value, key);
  if (descriptor !== undefined && descriptor.configurable !== true) {
    return breakGraph(
      "unsupportedPropertyWrite",
      { object: describeForUser(target), property: describeKey(key) },
      `delete ${describeKey(key)}`,
    );
  }
  if (descriptor === undefined)
    machine.tracer.addGuard({ kind: "NOT_PRESENT", source: target.source, key });
  else machine.tracer.addGuard({ kind: "CONFIGURABLE", source: target.source, key });
  noteWritten(machine, target);
  target.properties.set(key, { kind: "deleted" });
  machine.tracer.addEffect({ kind: "deleteProperty", target, key });
  return true;
}

/** HasProperty (§7.3.11): the `in` operator. */
export function hasProperty(machine: Machine, base: Variable, key: PropertyKey): boolean {
  const target = machine.force(base);
  if (target.kind === "array") {
    const index = arrayIndex(key);
    if (index !== null)
      return (
        arrayItems(machine, target)[index] !== undefined &&
        arrayItems(machine, target)[index] !== null
      );
    if (key === "length") return true;
    return target.named.has(String(key)) || Reflect.has(Array.prototype, key);
  }
  if (target.kind === "object") {
    const slot = target.properties.get(key);
    if (slot !== undefined && slot.kind !== "deleted") return true;
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
