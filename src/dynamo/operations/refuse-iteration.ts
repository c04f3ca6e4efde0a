import { breakGraph } from "../graph-breaks/graph-break.ts";
import { type ForcedVariable, describeForUser } from "../variables/variable.ts";

export function refuseIteration(value: ForcedVariable, context: string): never {
  return breakGraph(
    "untraceableIteration",
    { iterable: describeForUser(value), kind: "a value whose iteration is not known" },
    context,
  );
}
