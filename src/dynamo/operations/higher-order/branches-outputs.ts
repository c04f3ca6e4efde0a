import { describeValue } from "../../../fx/describe-value.ts";
import type { Machine } from "../../interpreter/machine.ts";
import { refuseDifferentOutputs } from "./checks.ts";
import { mergeLeaves, type OutputLeaf } from "./operator-result.ts";
import type { Subgraph } from "./subgraph.ts";

/** The outputs of an operator that runs one of several functions: they must have one structure, and dtypes and ranks in common. */
export function branchesOutputs(
  machine: Machine,
  operator: string,
  branches: readonly Subgraph[],
): readonly OutputLeaf[] {
  const [first] = branches;
  if (first === undefined) return [];
  const differ = (other: Subgraph): never =>
    refuseDifferentOutputs(operator, describeBranch(first), describeBranch(other));
  for (const branch of branches)
    if (branch.result.structure !== first.result.structure) differ(branch);
  return first.result.leaves.map((_, index) => {
    const leaves = branches.flatMap((branch) => {
      const leaf = branch.result.leaves[index];
      return leaf === undefined ? [] : [[branch, leaf] as const];
    });
    return mergeLeaves(machine, leaves) ?? differ(branches.at(-1) ?? first);
  });
}

const describeBranch = ({ role, result }: Subgraph): string =>
  `${role} returns ${result.structure} of ${result.leaves
    .map((leaf) => (leaf.kind === "tensor" ? (describeValue(leaf.fake) ?? "?") : "number"))
    .join(", ")}`;
