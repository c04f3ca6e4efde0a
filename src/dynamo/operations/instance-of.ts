import { isObject } from "../../base/is-object.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { prototypeOfClosure } from "./closure-of.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Source } from "../variables/source.ts";
import { type ForcedVariable, type Variable, describeVariable } from "../variables/variable.ts";
import { isProxy } from "../interpreter/exotic-object.ts";
import { nextLink, pinnedLink } from "./prototype-chain.ts";

/** InstanceofOperator (ECMA-262 §13.10.2) for classes with the ordinary Symbol.hasInstance. */
export function instanceOf(machine: Machine, left: Variable, right: Variable): boolean {
  const constructor = machine.force(right);
  const target =
    "value" in constructor && typeof constructor.value === "function" && !isProxy(constructor.value)
      ? constructor.value
      : null;
  const prototype: unknown = target?.prototype;
  // Without a prototype (an arrow function) the operator throws, in V8's words.
  if (
    target === null ||
    !isObject(prototype) ||
    target[Symbol.hasInstance] !== Function.prototype[Symbol.hasInstance]
  ) {
    return breakGraph(
      "unmodelledValue",
      {
        value: `instanceof ${describeVariable(constructor)}`,
        kind: `an operand of ${"instanceof"} that is converted by its own methods`,
      },
      `instanceof ${describeVariable(constructor)}`,
    );
  }
  const constructorSource = "source" in constructor ? constructor.source : null;
  if (constructorSource !== null) guardConstructor(machine, target, constructorSource);
  const value = machine.force(left);
  let link = prototypeOf(value);
  if (link === undefined)
    return breakGraph(
      "unmodelledValue",
      {
        value: `${describeVariable(value)} instanceof`,
        kind: `an operand of ${"instanceof"} that is converted by its own methods`,
      },
      `${describeVariable(value)} instanceof`,
    );
  if (value.kind === "function" && value.source !== null)
    nextLink(machine, { value: value.value, source: value.source });
  while (link !== null) {
    if (link === prototype) return true;
    link = nextLink(machine, pinnedLink(link))?.value ?? null;
  }
  return false;
}

/** What `instanceof` reads of its right side: that it is this function, with this prototype and the ordinary rule. */
function guardConstructor(machine: Machine, target: Function, source: Source): void {
  const member = (key: PropertyKey): Source => ({ kind: "member", base: source, key });
  if (source.kind !== "pinned")
    machine.tracer.addGuard({ kind: "ID_MATCH", source, value: target });
  machine.tracer.addGuard({
    kind: "ID_MATCH",
    source: member(Symbol.hasInstance),
    value: target[Symbol.hasInstance],
  });
  const prototype = Object.getOwnPropertyDescriptor(target, "prototype");
  if (
    prototype?.writable === true &&
    typeof prototype.value === "object" &&
    prototype.value !== null
  ) {
    machine.tracer.addGuard({
      kind: "ID_MATCH",
      source: member("prototype"),
      value: prototype.value,
    });
  }
}

/** The first link of the prototype chain; null for primitives; undefined when it is not known. */
function prototypeOf(value: ForcedVariable): object | null | undefined {
  switch (value.kind) {
    case "constant":
      return typeof value.value === "object" && value.value !== null
        ? Object.getPrototypeOf(value.value)
        : null;
    case "number":
    case "template":
      return null;
    case "tensor":
      return Object.getPrototypeOf(value.fake);
    case "array":
      return value.flavour === "array" ? Array.prototype : Object.prototype;
    case "object":
      return value.prototype;
    case "map":
      return Map.prototype;
    case "set":
      return Set.prototype;
    case "function":
      return Object.getPrototypeOf(value.value);
    case "closure":
      return prototypeOfClosure(value);
    case "builtin":
    case "inGraph":
    case "bound":
      return Function.prototype;
    case "cursor":
    case "generator":
    case "protocol":
    case "opaque":
      return undefined;
  }
}
