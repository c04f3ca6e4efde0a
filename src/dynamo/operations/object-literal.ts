import type { Child } from "../bytecode/code.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  type ClosureVariable,
  ConstantVariable,
  ObjectVariable,
  type Variable,
  describeForUser,
  undefinedVariable,
} from "../variables/variable.ts";
import { ownDataProperties } from "./own-data-properties.ts";
import { propertyKey } from "./property-key.ts";

/** `{a: x, b: y}`: names may repeat, the last one counts. */
export function buildObject(names: readonly string[], values: readonly Variable[]): ObjectVariable {
  const object = new ObjectVariable({ prototype: Object.prototype });
  for (const [index, name] of names.entries()) {
    object.properties.set(name, {
      kind: "data",
      value: values[index] ?? undefinedVariable,
      enumerable: true,
    });
  }
  return object;
}

/** CreateDataProperty on an object literal; one that a graph break cut in two is an object from outside by now. */
export function createDataProperty(
  machine: Machine,
  target: Variable,
  key: PropertyKey,
  value: Variable,
): void {
  const object = literal(machine, target);
  object.properties.set(key, { kind: "data", value, enumerable: true });
  if (object.source === null) return;
  const descriptor = new ObjectVariable({ prototype: Object.prototype });
  for (const [name, fact] of Object.entries({
    value,
    writable: new ConstantVariable(true),
    enumerable: new ConstantVariable(true),
    configurable: new ConstantVariable(true),
  })) {
    descriptor.properties.set(name, { kind: "data", value: fact, enumerable: true });
  }
  machine.tracer.addEffect({
    kind: "call",
    callee: Object.defineProperty,
    receiver: object,
    args: [object, new ConstantVariable(key), descriptor],
  });
}

/** A method, getter or setter of an object literal. */
export function defineMethod(
  machine: Machine,
  target: Variable,
  key: PropertyKey,
  closure: ClosureVariable,
  kind: Child["kind"] | undefined,
): void {
  if (kind !== "getter" && kind !== "setter")
    return createDataProperty(machine, target, key, closure);
  const object = literal(machine, target);
  const before = object.properties.get(key);
  // Where the other half was defined before a graph break, only the engine knows it.
  if (object.source !== null)
    breakGraph(
      "unsupportedPropertyWrite",
      { object: "an object literal", property: `accessor ${String(key)}` },
      "defineMethod",
    );
  const get = kind === "getter" ? closure : before?.kind === "accessor" ? before.get : null;
  const set = kind === "setter" ? closure : before?.kind === "accessor" ? before.set : null;
  object.properties.set(key, { kind: "accessor", get, set, enumerable: true });
}

/** `{...source}`: null, undefined, numbers, booleans and symbols have no properties to copy. */
export function copyDataProperties(machine: Machine, target: Variable, from: Variable): void {
  const source = machine.force(from);
  if (
    source.kind === "constant" &&
    typeof source.value !== "string" &&
    typeof source.value !== "object"
  )
    return;
  if (source.kind === "constant" && source.value === null) return;
  if (source.kind !== "object")
    breakGraph(
      "unknownProperty",
      { object: describeForUser(source), property: "object spread" },
      "spreadObject",
    );
  for (const [key, value] of ownDataProperties(machine, source))
    createDataProperty(machine, target, key, value);
}

/** `...rest` of an object pattern: a new object without the keys already taken. */
export function excludeProperties(
  machine: Machine,
  from: Variable,
  keys: readonly Variable[],
): ObjectVariable {
  const excluded = new Set(keys.map((key) => propertyKey(machine, key)));
  const source = machine.force(from);
  if (source.kind !== "object")
    return breakGraph(
      "unknownProperty",
      { object: describeForUser(source), property: "object rest pattern" },
      "excludeProperties",
    );
  const rest = new ObjectVariable({ prototype: Object.prototype });
  for (const [key, value] of ownDataProperties(machine, source)) {
    if (!excluded.has(key)) rest.properties.set(key, { kind: "data", value, enumerable: true });
  }
  return rest;
}

/** `__proto__: value` in a literal. */
export function setPrototype(machine: Machine, value: Variable): never {
  const prototype = machine.force(value);
  return breakGraph(
    "exoticObject",
    {
      object: describeForUser(prototype),
      property: "__proto__ in an object literal",
      kind: describeForUser(prototype),
    },
    "setPrototype",
  );
}

/** RequireObjectCoercible of a destructured value. */
export function requireObject(machine: Machine, variable: Variable): void {
  const value = machine.force(variable);
  if (value.kind === "constant" && (value.value === undefined || value.value === null)) {
    breakGraph(
      "observedException",
      { errorClass: "TypeError", message: `cannot destructure ${String(value.value)}` },
      "requireObject",
    );
  }
}

function literal(machine: Machine, target: Variable): ObjectVariable {
  const object = machine.force(target);
  if (object.kind !== "object") throw new Error("an object literal is an object");
  return object;
}
