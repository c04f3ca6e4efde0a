import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Source } from "../variables/source.ts";
import { type NumberLeaf, type Variable, describeVariable } from "../variables/variable.ts";

/** ToBoolean (ECMA-262 §7.1.2), guarded where the answer may change; a tensor's data is never looked at. */
export function truthOf(machine: Machine, variable: Variable): boolean {
  const value = machine.force(variable);
  switch (value.kind) {
    case "constant":
      return Boolean(value.value);
    case "number": {
      const truth = machine.tracer.decide(value);
      if (truth !== undefined) return truth;
      return breakGraph(
        "dataDependentBranch",
        { condition: machine.expressionText(), obstacle: null },
        "attempted to jump with TensorVariable()",
        value,
      );
    }
    case "tensor":
      // With dimensions it is a test whether there is a tensor; a single number looks like a test of it, which it is not.
      if (value.fake.ndim > 0) return true;
      return breakGraph(
        "tensorTruthiness",
        { condition: machine.expressionText() },
        `attempted to jump with ${describeVariable(value)}`,
        value,
      );
    case "opaque":
      // An object or function is true whatever is inside (§7.1.2 step 3; document.all does not exist outside browsers).
      machine.tracer.addGuard({
        kind: "TYPE_MATCH",
        source: value.source,
        type: typeof value.value === "function" ? "function" : "object",
      });
      return true;
    case "template":
      return value.parts.some((part) => isNotEmpty(machine, part));
    default:
      return true;
  }
}

/** A tensor and a number both print at least one character; the length of a text from outside is guarded. */
function isNotEmpty(machine: Machine, part: string | Variable): boolean {
  if (typeof part === "string") return part !== "";
  if (part.kind !== "lazy") return true;
  const length: Source = { kind: "member", base: part.source, key: "length" };
  const hint = String(part.value).length;
  const leaf: NumberLeaf = { kind: "source", source: length, hint, fromTensor: false };
  return machine.tracer.decideExpression({ kind: "leaf", leaf }) ?? true;
}
