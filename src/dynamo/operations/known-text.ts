import { InternalError } from "../../base/errors.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  ConstantVariable,
  type ForcedVariable,
  type TemplateVariable,
  type Variable,
} from "../variables/variable.ts";

/**
 * A text made of numbers and strings that are there at entry, as a constant: the entry then serves only calls with these.
 * Every other value, and a text with data of a tensor in it, is given back as it is.
 */
export function knownText(machine: Machine, value: ForcedVariable): ForcedVariable {
  if (value.kind !== "template" || !isKnown(machine, value)) return value;
  return new ConstantVariable(value.parts.map((part) => textOf(machine, part)).join(""));
}

function isKnown(machine: Machine, { parts }: TemplateVariable): boolean {
  return parts.every((part) => {
    if (typeof part === "string" || part.kind === "lazy") return true;
    if (part.kind === "template") return isKnown(machine, part);
    return part.kind === "number" && isKnownNumber(machine, part);
  });
}

/** Whether a number can be made a constant by a guard. */
export const isKnownNumber = (
  { tracer }: Machine,
  { hint, expression }: Extract<ForcedVariable, { kind: "number" }>,
): boolean => hint !== undefined && !tracer.isFromTensor(expression);

function textOf(machine: Machine, part: string | Variable): string {
  if (typeof part === "string") return part;
  if (part.kind === "lazy") {
    machine.tracer.addGuard({ kind: "CONSTANT_MATCH", source: part.source, value: part.value });
    return String(part.value);
  }
  if (part.kind === "number") return String(machine.tracer.specialize(part, "a text"));
  if (part.kind !== "template") throw new InternalError(`${part.kind} is no known part of a text`);
  return part.parts.map((inner) => textOf(machine, inner)).join("");
}
