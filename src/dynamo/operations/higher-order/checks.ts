import { describeValue } from "../../../fx/describe-value.ts";
import { metaOf } from "../../../core/tensor-meta.ts";
import { breakGraph } from "../../graph-breaks/graph-break.ts";
import type { Machine } from "../../interpreter/machine.ts";
import type { TreeLeaf } from "./result-tree.ts";

export function refuseArguments(operator: string, wanted: string): never {
  return breakGraph("operatorArguments", { operator, wanted }, `call ${operator}`);
}

/** What is carried keeps its dtype and shape from step to step. */
export function requireSameMeta(
  machine: Machine,
  operator: string,
  carried: TreeLeaf | undefined,
  returned: TreeLeaf,
): void {
  const isSame =
    carried?.kind === "tensor" && returned.kind === "tensor"
      ? metaOf(carried.fake).dtype === metaOf(returned.fake).dtype &&
        metaOf(carried.fake).shape.join() === metaOf(returned.fake).shape.join()
      : carried?.kind === returned.kind;
  if (!isSame) {
    breakGraph(
      "carriedChanges",
      {
        operator,
        carried: carried === undefined ? "nothing" : describeLeaves([carried]),
        returned: describeLeaves([returned]),
      },
      `${operator} carries ${describeLeaves([returned])}`,
    );
  }
  if (carried?.kind === "tensor" && returned.kind === "tensor")
    machine.tracer.shapes.addSameSizes(carried.fake, returned.fake, machine.tracer.guardPlace);
}

export const describeLeaves = (leaves: readonly TreeLeaf[]): string =>
  leaves
    .map((leaf) => (leaf.kind === "tensor" ? (describeValue(leaf.fake) ?? "a tensor") : "a number"))
    .join(", ");
