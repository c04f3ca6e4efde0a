import type { Expression } from "../../symbolic/expression.ts";
import type { Machine } from "../interpreter/machine.ts";
import { typeOf } from "../operations/operators.ts";
import { scalarExpression } from "../operations/scalar-expression.ts";
import {
  ConstantVariable,
  type NumberLeaf,
  NumberVariable,
  type Variable,
} from "../variables/variable.ts";

const not = (operand: Expression<NumberLeaf>): Expression<NumberLeaf> => ({
  kind: "unary",
  operator: "!",
  operand,
});

/** ToBoolean of a number that only the graph knows, as a boolean of the graph. */
export function truthExpression(machine: Machine, number: NumberVariable): Expression<NumberLeaf> {
  const { expression } = number;
  return typeOf(machine, number) === "boolean" ? expression : not(not(expression));
}

/** A value of which only the truth counts, as a boolean where that is known to be the same. */
export function truthValue(machine: Machine, variable: Variable): Variable {
  const value = machine.force(variable);
  if (value.kind === "number")
    return new NumberVariable(truthExpression(machine, value), undefined);
  return value.kind === "constant" ? new ConstantVariable(Boolean(value.value)) : value;
}

/** The truth of the variable as an expression; null where it is no number and no constant. */
export function truthOfAny(machine: Machine, variable: Variable): Expression<NumberLeaf> | null {
  return scalarExpression(machine.force(truthValue(machine, variable)));
}
