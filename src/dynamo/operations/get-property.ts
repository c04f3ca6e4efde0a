import { isObject } from "../../base/is-object.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { CallResult } from "../builtins/builtin.ts";
import { outerCell } from "../interpreter/captures.ts";
import { arrayItem, arrayLength } from "../interpreter/contents.ts";
import type { Machine } from "../interpreter/machine.ts";
import { throwTypeError } from "../interpreter/program-throw.ts";
import { cellReadBy, globalCell } from "../interpreter/same-variable.ts";
import { isModuleNamespace, isProxy } from "../interpreter/exotic-object.ts";
import { isIntrinsicHolder, prototypesOfIterators } from "../builtins/intrinsics.ts";
import { isPackageExport } from "../source/package-export.ts";
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
  classNameOf,
} from "../variables/variable.ts";
import { arrayIndex } from "./array-index.ts";
import { prototypeOfClosure } from "./closure-of.ts";
import { prototypeOfGenerator } from "./generator-prototype.ts";
import { describeKey } from "./describe-key.ts";
import { isErrorStack } from "./error-stack.ts";
import { type Link, nextLink, passLink, writtenSlot } from "./prototype-chain.ts";
import { knownText } from "./known-text.ts";
import { isStandardStream } from "./standard-stream.ts";
import { tensorProperty } from "./tensor-property.ts";

const pinned = (value: object, name: string): Source => ({ kind: "pinned", value, name });

const madeWithFunctions: ReadonlySet<PropertyKey> = new Set([
  "length",
  "prototype",
  "caller",
  "arguments",
]);

/** OrdinaryGet (ECMA-262 §10.1.8) for every kind of variable; null when a getter of the program was entered. */
export function getProperty(machine: Machine, base: Variable, key: PropertyKey): CallResult {
  if (key === "length" && base.kind === "lazy") {
    const length = lengthOfText(machine, base);
    if (length !== null) return length;
  }
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
    case "template": {
      const text = knownText(machine, target);
      if (text.kind === "constant") return constantProperty(machine, text, key);
      return breakGraph(
        "tensorToText",
        { operation: `property ${String(key)} of a string` },
        `getProperty ${describeVariable(target)} ${String(key)}`,
      );
    }
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
      if (madeWithFunctions.has(key)) break; // with the function itself, which is not made yet
      return onPrototype(machine, prototypeOfClosure(target), key, target);
    }
    case "bound":
      if (key === "name" || key === "length") break;
      return onPrototype(machine, Function.prototype, key, target);
    case "opaque":
      if (isObject(target.value) && isModuleNamespace(target.value))
        return namespaceMember(machine, target.value, target.source, key);
      if (isObject(target.value) && isIntrinsicHolder(target.value))
        return onValue(machine, target.value, target.source, key, target);
      if (isEngineObject(target.value))
        return opaqueProperty(machine, target.value, target.source, key, target);
      break;
    case "generator":
      return onPrototype(machine, prototypeOfGenerator(target), key, target);
    case "cursor":
      return onPrototype(machine, prototypesOfIterators[target.state.over.kind], key, target);
    case "protocol":
      break;
  }
  return breakGraph(
    "unknownProperty",
    { object: describeForUser(target), property: describeKey(key) },
    `getProperty ${describeVariable(target)} ${describeKey(key)}`,
  );
}

/** Of a text that nothing else looked at only the length counts: others of this length, or of any if that varies, fit. */
function lengthOfText(
  { tracer }: Machine,
  { value, source, forced }: LazyVariable,
): Variable | null {
  if (forced !== null || typeof value !== "string" || source.kind === "pinned") return null;
  tracer.addGuard({ kind: "TYPE_MATCH", source, type: "string" });
  return new LazyVariable(value.length, { kind: "member", base: source, key: "length" });
}

/** An object with slots of the engine (a Date, a typed array): its methods can be named, its slots not read. */
const isEngineObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !isProxy(value) && !Array.isArray(value);

/** A method of an engine object (a Date, a typed array) can be named without looking inside; its slots cannot be read. */
function opaqueProperty(
  machine: Machine,
  value: object,
  source: Source,
  key: PropertyKey,
  target: Variable,
): CallResult {
  if (isStandardStream(value, key)) {
    machine.tracer.addGuard({ kind: "ID_MATCH", source, value });
    return new LazyVariable(Reflect.get(value, key), { kind: "member", base: source, key });
  }
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
  if (value === undefined || value === null)
    return throwTypeError(`Cannot read properties of ${value} (reading '${String(key)}')`);
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
  if (key === "length") return new ConstantVariable(arrayLength(machine, target));
  const index = arrayIndex(key);
  if (index !== null) {
    const item = arrayItem(machine, target, index);
    return (
      item ??
      (item === undefined ? undefinedVariable : onPrototype(machine, Array.prototype, key, target))
    );
  }
  // §10.4.4.6, .7: the function in sloppy code, a getter that throws in strict code.
  if (target.flavour === "arguments" && key === "callee") {
    return breakGraph(
      "unknownProperty",
      { object: "an arguments object", property: describeKey(key) },
      `getProperty arguments ${describeKey(key)}`,
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
  if (key === "size") return sizeProperty(machine, target);
  return onPrototype(machine, target.kind === "map" ? Map.prototype : Set.prototype, key, target);
}

/** `size` is a getter of the prototype (ECMA-262 §24.1.3.10), which a program may patch. */
function sizeProperty(
  machine: Machine,
  target: Extract<ForcedVariable, { kind: "map" | "set" }>,
): CallResult {
  const { holder, getter } = sizeGetters[target.kind];
  const source = pinned(holder, target.kind === "map" ? "Map.prototype" : "Set.prototype");
  if (getter === undefined || Object.getOwnPropertyDescriptor(holder, "size")?.get !== getter)
    return onPrototype(machine, holder, "size", target);
  machine.tracer.addGuard({ kind: "OWN_GETTER", source, key: "size", getter });
  return new ConstantVariable(machine.sizeOf(target));
}

const sizeGetterOf = (holder: object) => ({
  holder,
  getter: Object.getOwnPropertyDescriptor(holder, "size")?.get,
});
const sizeGetters = { map: sizeGetterOf(Map.prototype), set: sizeGetterOf(Set.prototype) } as const;

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
  if (isErrorStack(target, key)) {
    return breakGraph(
      "unknownProperty",
      { object: "an Error", property: describeKey(key) },
      `getProperty ${describeVariable(target)} ${describeKey(key)}`,
    );
  }
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
    pinned(prototype, `${classNameOf(prototype)}.prototype`),
    key,
    receiver,
  );
}

/** `super[key]` (ECMA-262 §13.3.5.3) of a method on the object `home`. */
export function getSuper(
  machine: Machine,
  home: Variable,
  key: PropertyKey,
  receiver: Variable,
): CallResult {
  const target = machine.force(home);
  const value = "value" in target && isObject(target.value) ? target.value : null;
  const base = value === null ? null : nextLink(machine, { value, source: pinned(value, "super") });
  if (base === null) {
    return breakGraph(
      "unknownProperty",
      { object: "super", property: describeKey(key) },
      `getSuper ${describeVariable(target)} ${describeKey(key)}`,
    );
  }
  return onValue(machine, base.value, base.source, key, receiver);
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
  if (isPackageExport(descriptor.get))
    return machine.tracer.memberOfModule(descriptor.get.call(holder), {
      kind: "member",
      base: source,
      key,
    });
  const getter = machine.force(machine.tracer.pinnedFunction(descriptor.get));
  if (getter.kind === "opaque") {
    return breakGraph(
      "unknownProperty",
      { object: describeForUser(receiver), property: describeKey(key) },
      `getProperty ${describeVariable(receiver)} ${describeKey(key)}`,
    );
  }
  return machine.call(getter, receiver, []);
}
