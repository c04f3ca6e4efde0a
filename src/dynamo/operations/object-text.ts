import type { Machine } from "../interpreter/machine.ts";
import {
  ConstantVariable,
  type ForcedVariable,
  TemplateVariable,
  type Variable,
  undefinedVariable,
} from "../variables/variable.ts";
import { callNested, getNested } from "./nested-call.ts";

/** What an object is converted to where a string or, in `a + b`, any primitive will do: ToPrimitive (ECMA-262 §7.1.1). */
export type ConversionHint = "string" | "default";

/** The text of an object, or of an array or error of the engine's; null where it is not known. */
export function primitiveOf(
  machine: Machine,
  value: ForcedVariable,
  hint: ConversionHint,
): ForcedVariable | null {
  if (value.kind !== "object" && value.kind !== "array") return null;
  if (!isUndefined(machine, getNested(machine, value, Symbol.toPrimitive))) return null;
  // Without a rule of its own `valueOf` gives the object, which is no primitive.
  if (hint === "default") {
    const valueOf = machine.force(getNested(machine, value, "valueOf"));
    if (engineFunction(valueOf) !== Object.prototype.valueOf) return null;
  }
  const method = machine.force(getNested(machine, value, "toString"));
  const text = machine.force(applyToString(machine, method, value) ?? value);
  const isPrimitive =
    text.kind === "number" ||
    text.kind === "template" ||
    (text.kind === "constant" && (typeof text.value !== "object" || text.value === null));
  return isPrimitive ? text : null;
}

function applyToString(
  machine: Machine,
  method: ForcedVariable,
  value: ForcedVariable,
): Variable | null {
  if (method.kind === "function" || method.kind === "closure")
    return callNested(machine, method, value, []);
  switch (engineFunction(method)) {
    case Array.prototype.toString:
      return callNested(machine, getNested(machine, value, "join"), value, []);
    case Error.prototype.toString:
      return errorText(machine, value);
    default:
      return null;
  }
}

/** Error.prototype.toString (§20.5.3.4). */
function errorText(machine: Machine, error: ForcedVariable): Variable | null {
  const name = textOf(machine, getNested(machine, error, "name"), "Error");
  const message = textOf(machine, getNested(machine, error, "message"), "");
  if (name === null || message === null) return null;
  const parts = [name, message].filter((part) => part !== "");
  const joined = parts.flatMap((part, index) => (index === 0 ? [part] : [": ", part])).flat();
  return joined.every((part) => typeof part === "string")
    ? new ConstantVariable(joined.join(""))
    : new TemplateVariable(joined);
}

function textOf(
  machine: Machine,
  variable: Variable,
  missing: string,
): string | readonly (string | Variable)[] | null {
  const value = machine.force(variable);
  if (value.kind === "template") return value.parts;
  if (value.kind !== "constant") return null;
  if (value.value === undefined) return missing;
  return typeof value.value === "string" ? value.value : null;
}

const isUndefined = (machine: Machine, variable: Variable): boolean => {
  const value = machine.force(variable);
  return value === undefinedVariable || (value.kind === "constant" && value.value === undefined);
};

const engineFunction = (value: ForcedVariable): unknown =>
  value.kind === "opaque" || value.kind === "builtin" ? value.value : null;
