import { isWatchedBuiltin } from "../bytecode/pristine-builtins.ts";
import { breakGraph, skipFrame } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { propertyKey } from "../operations/property-key.ts";
import {
  type ClosureVariable,
  type Variable,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";
import type { BuiltinRow } from "./builtin-table.ts";

/**
 * Object.defineProperty, as far as naming a function that the region made goes: tsx and esbuild write
 * `__name(() => …, "f")`, which is this call, around every function that gets its name from where it stands.
 */
export const definePropertyBuiltin: BuiltinRow = [
  Object.defineProperty,
  {
    name: "Object.defineProperty",
    call: (machine, _, [given, key, descriptor], { name }) => {
      const target = machine.force(given ?? undefinedVariable);
      if (target.kind === "closure" && propertyKey(machine, key ?? undefinedVariable) === "name") {
        const wanted = nameDescribed(machine, descriptor ?? undefinedVariable);
        if (wanted !== null && giveName(target, wanted)) return target;
      }
      if (isLastingPatch(machine, target, key, descriptor)) {
        skipFrame(
          "patchedBuiltin",
          {
            assumption: "that the property can be deleted again, which takes `configurable: true`",
          },
          `call ${name}(${describeVariable(target)})`,
        );
      }
      return breakGraph(
        "untraceableBuiltin",
        { functionName: name, argumentTypes: describeVariable(target), loggingFunction: null },
        `call ${name}(${describeVariable(target)})`,
      );
    },
  },
];

/**
 * Whether the call changes a built-in for good. After it the compiler could not even make the code that goes on, as its
 * own arrays may have a setter for an index; so the engine has to run the function from before the call.
 */
function isLastingPatch(
  machine: Machine,
  target: Variable,
  key: Variable = undefinedVariable,
  descriptor: Variable = undefinedVariable,
): boolean {
  if (!("value" in target) || !isWatchedBuiltin(target.value)) return false;
  const existing = Object.getOwnPropertyDescriptor(target.value, propertyKey(machine, key));
  const wanted = configurableIn(machine, machine.force(descriptor));
  return existing === undefined
    ? wanted !== true
    : existing.configurable === true && wanted === false;
}

/** Only decides who runs the code, so what an object from outside says needs no guard. */
function configurableIn(machine: Machine, descriptor: Variable): unknown {
  if (descriptor.kind !== "object") return undefined;
  const slot = descriptor.properties.get("configurable");
  if (slot !== undefined) return constantAt(machine, slot);
  if (descriptor.value === null) return undefined;
  const own = Object.getOwnPropertyDescriptor(descriptor.value, "configurable");
  return own?.value === true || own?.value === false ? own.value : undefined;
}

/** The name in `{ value: "f", configurable: true }`; null for any other descriptor. */
function nameDescribed(machine: Machine, variable: Variable): string | null {
  const descriptor = machine.force(variable);
  if (descriptor.kind !== "object" || descriptor.source !== null) return null;
  if (descriptor.prototype !== Object.prototype || descriptor.properties.size !== 2) return null;
  if (constantAt(machine, descriptor.properties.get("configurable")) !== true) return null;
  const value = constantAt(machine, descriptor.properties.get("value"));
  return typeof value === "string" ? value : null;
}

function constantAt(
  machine: Machine,
  slot: { readonly kind: string; readonly value?: Variable } | undefined,
): unknown {
  const value =
    slot?.kind === "data" && slot.value !== undefined ? machine.force(slot.value) : null;
  return value?.kind === "constant" ? value.value : null;
}

/** False where the function already has another name. */
function giveName(closure: ClosureVariable, name: string): boolean {
  const child = closure.parent.children[closure.child];
  if (child?.isAnonymous === true && closure.name === null) closure.name = name;
  return (closure.name ?? child?.name) === name;
}
