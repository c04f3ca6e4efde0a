import type { Expression } from "../../symbolic/expression.ts";
import type { ForcedVariable, NumberLeaf } from "../variables/variable.ts";

/** The variable as an expression over numbers and booleans, or null if it is something else. */
export function scalarExpression(variable: ForcedVariable): Expression<NumberLeaf> | null {
  if (variable.kind === "number") return variable.expression;
  if (
    variable.kind === "constant" &&
    (typeof variable.value === "number" || typeof variable.value === "boolean")
  ) {
    return { kind: "constant", value: variable.value };
  }
  return null;
}
