import { isObject } from "../../base/is-object.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { type Variable, describeVariable } from "../variables/variable.ts";
import { knownText } from "./known-text.ts";

/** ToPropertyKey (ECMA-262 §7.1.19) of a key that must be known while capturing. */
export function propertyKey(machine: Machine, variable: Variable): PropertyKey {
  const key = knownText(machine, machine.force(variable));
  if (key.kind === "constant") {
    if (typeof key.value === "symbol") return key.value;
    if (!isObject(key.value)) return String(key.value);
  }
  if (key.kind === "number") return String(machine.tracer.specialize(key, "a property key"));
  return breakGraph(
    "unmodelledValue",
    {
      value: `property key ${describeVariable(key)}`,
      kind: `an operand of ${"property key"} that is converted by its own methods`,
    },
    `property key ${describeVariable(key)}`,
  );
}
