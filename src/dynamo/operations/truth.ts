import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Variable } from "../variables/variable.ts";
import { describeVariable } from "../variables/variable.ts";

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
        { condition: machine.expressionText() },
        "attempted to jump with TensorVariable()",
      );
    }
    case "tensor":
      return breakGraph(
        "tensorTruthiness",
        { condition: machine.expressionText() },
        `attempted to jump with ${describeVariable(value)}`,
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
      // A tensor and a number both print at least one character.
      return value.parts.length > 0;
    default:
      return true;
  }
}
