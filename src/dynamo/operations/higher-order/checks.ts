import { describeValue } from "../../../fx/describe-value.ts";
import { metaOf } from "../../../core/tensor-meta.ts";
import { breakGraph } from "../../graph-breaks/graph-break.ts";
import type { OperatorArgumentBreak } from "../../graph-breaks/operator-argument-breaks.ts";
import type { Machine } from "../../interpreter/machine.ts";
import type { TreeLeaf } from "./result-tree.ts";

export function refuseArguments(
  operator: string,
  wanted: string,
  key: OperatorArgumentBreak | "operatorArguments" = "operatorArguments",
): never {
  return breakGraph(key, { operator, wanted }, `call ${operator}`);
}

/** What is wrong with the results of an operator's functions, where PyTorch has a type of its own for it. */
const resultBreaks: Readonly<
  Record<
    string,
    { readonly output: OperatorArgumentBreak; readonly differ: OperatorArgumentBreak | null }
  >
> = {
  "torch.cond": { output: "condBranchOutput", differ: null },
  "torch._higher_order_ops.switch": {
    output: "switchBranchOutput",
    differ: "switchBranchesDiffer",
  },
};

const mutationBreaks: Readonly<Record<string, OperatorArgumentBreak>> = {
  "torch._higher_order_ops.scan": "scanMutates",
  "torch._higher_order_ops.map": "mapMutates",
};

export function refuseMutation(operator: string, operand: string): never {
  const key = mutationBreaks[operator];
  if (key !== undefined)
    refuseArguments(operator, `its function to leave tensors as they are, not \`${operand}\``, key);
  return breakGraph("branchMutatesInput", { operator, operand }, "in-place operation in a branch");
}

export function refuseOutput(operator: string, output: string): never {
  const key = resultBreaks[operator]?.output;
  if (key !== undefined)
    refuseArguments(operator, `tensors, integers or booleans as results, not ${output}`, key);
  return breakGraph("branchOutput", { operator, output }, `branch returns ${output}`);
}

export function refuseDifferentOutputs(operator: string, first: string, other: string): never {
  const key = resultBreaks[operator]?.differ ?? null;
  if (key !== null)
    refuseArguments(
      operator,
      `all branches to return one structure, but ${first} and ${other}`,
      key,
    );
  return breakGraph("condBranchesDiffer", { operator, first, other }, operator);
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
