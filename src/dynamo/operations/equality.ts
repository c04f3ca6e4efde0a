import { isObject } from "../../base/is-object.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  ConstantVariable,
  type ForcedVariable,
  type Variable,
  describeVariable,
} from "../variables/variable.ts";
import { knownText } from "./known-text.ts";
import { shapeOwner } from "./tensor-property.ts";
import { scalarExpression } from "./scalar-expression.ts";

/** IsStrictlyEqual (ECMA-262 §7.2.15). Objects compare by identity, tensors among them. */
export function strictEquals(machine: Machine, left: Variable, right: Variable): Variable {
  const a = machine.force(left);
  const b = machine.force(right);
  if (a.kind === "template" || b.kind === "template") return compareTemplate(machine, a, b);
  if (a.kind === "constant" && b.kind === "constant")
    return new ConstantVariable(a.value === b.value);
  if (a.kind === "number" || b.kind === "number") {
    const x = scalarExpression(a);
    const y = scalarExpression(b);
    if (x === null || y === null) return new ConstantVariable(false);
    return machine.tracer.number({ kind: "binary", operator: "===", left: x, right: y });
  }
  if (a.kind === "constant" || b.kind === "constant") return new ConstantVariable(false);
  return new ConstantVariable(sameObject(machine, a, b));
}

/** Whether two object variables are the same object; the answer is guarded when both come from outside. */
function sameObject(machine: Machine, a: ForcedVariable, b: ForcedVariable): boolean {
  if (a === b) return true;
  if (a.kind === "tensor" && b.kind === "tensor" && (a.mayAlias || b.mayAlias)) {
    return breakGraph(
      "dataDependentBranch",
      { condition: machine.expressionText(), obstacle: null },
      `compare ${describeVariable(a)} with ${describeVariable(b)}`,
    );
  }
  const ownerOfA = a.kind === "array" ? shapeOwner(a) : null;
  const ownerOfB = b.kind === "array" ? shapeOwner(b) : null;
  if (ownerOfA !== null && ownerOfB !== null) return sameObject(machine, ownerOfA, ownerOfB);
  const x = outside(a);
  const y = outside(b);
  if (x === null || y === null) {
    if (a.kind === b.kind && (a.kind === "builtin" || a.kind === "inGraph") && "value" in b)
      return a.value === b.value;
    return false; // at least one was made inside the region, so it is nothing else
  }
  if (x.kind === "pinned" && y.kind === "pinned") return x.value === y.value;
  machine.tracer.addGuard({ kind: "NO_ALIASING", source: x, other: y });
  return false;
}

const outside = (variable: ForcedVariable) => ("source" in variable ? variable.source : null);

function compareTemplate(machine: Machine, a: ForcedVariable, b: ForcedVariable): Variable {
  if (a === b) return new ConstantVariable(true);
  const isText = (v: ForcedVariable): boolean =>
    v.kind === "template" || (v.kind === "constant" && typeof v.value === "string");
  if (!isText(a) || !isText(b)) return new ConstantVariable(false);
  const x = knownText(machine, a);
  const y = knownText(machine, b);
  if (x.kind === "constant" && y.kind === "constant")
    return new ConstantVariable(x.value === y.value);
  return breakGraph(
    "tensorToText",
    { operation: "comparison of a string that contains tensor data" },
    `compare ${describeVariable(a)} ${describeVariable(b)}`,
  );
}

const isNullish = (v: ForcedVariable): boolean =>
  v.kind === "constant" && (v.value === undefined || v.value === null);

/** IsLooselyEqual (ECMA-262 §7.2.14) for the cases that call nothing; the others run natively. */
export function looseEquals(machine: Machine, left: Variable, right: Variable): Variable {
  const given = [machine.force(left), machine.force(right)] as const;
  const [isLeftNullish, isRightNullish] = [isNullish(given[0]), isNullish(given[1])];
  if (isLeftNullish || isRightNullish) return new ConstantVariable(isLeftNullish && isRightNullish);
  const a = knownText(machine, given[0]);
  const b = knownText(machine, given[1]);
  if (a.kind === "constant" && b.kind === "constant" && !isObject(a.value) && !isObject(b.value)) {
    // oxlint-disable-next-line eqeqeq -- the program's own operator, on primitives
    return new ConstantVariable(a.value == b.value);
  }
  if (a.kind === "number" || b.kind === "number") {
    const x = scalarExpression(a);
    const y = scalarExpression(b);
    if (x !== null && y !== null)
      return machine.tracer.number({ kind: "binary", operator: "==", left: x, right: y });
  } else if (a.kind !== "constant" && b.kind !== "constant") {
    return strictEquals(machine, a, b);
  }
  return breakGraph(
    "unmodelledValue",
    {
      value: `${describeVariable(a)} == ${describeVariable(b)}`,
      kind: `an operand of ${"=="} that is converted by its own methods`,
    },
    `${describeVariable(a)} == ${describeVariable(b)}`,
  );
}
