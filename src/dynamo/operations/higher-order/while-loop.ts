import type { CallResult } from "../../builtins/builtin.ts";
import { breakGraph } from "../../graph-breaks/graph-break.ts";
import { arrayItems } from "../../interpreter/contents.ts";
import type { Machine } from "../../interpreter/machine.ts";
import {
  ArrayVariable,
  type Variable,
  describeVariable,
  undefinedVariable,
} from "../../variables/variable.ts";
import { describeLeaves, refuseArguments, requireSameMeta } from "./checks.ts";
import { namingOperator } from "./naming-operator.ts";
import { callOperator } from "./operator-result.ts";
import { structureOf, type TreeLeaf } from "./result-tree.ts";
import { runWhileLoop } from "./run-while-loop.ts";
import {
  captureSubgraph,
  checkCallable,
  copyOf,
  joinSubgraphs,
  type SubgraphInputs,
} from "./subgraph.ts";

const operator = "torch._higher_order_ops.while_loop";

/** `while_loop(cond_fn, body_fn, carried)`: both functions become sub-graphs of what is carried. */
export function captureWhileLoop(machine: Machine, args: readonly Variable[]): CallResult {
  return namingOperator(machine, operator, () => {
    const [condition, body, given] = args.map((arg) => machine.force(arg));
    if (
      condition === undefined ||
      body === undefined ||
      given?.kind !== "array" ||
      args.length !== 3
    )
      return refuseArguments(
        operator,
        "two functions and an array of carried values",
        "whileLoopArguments",
      );
    checkCallable(operator, condition, "cond_fn");
    checkCallable(operator, body, "body_fn");
    const carried: TreeLeaf[] = [];
    for (const item of arrayItems(machine, given)) {
      const before = carried.length;
      const value = item ?? undefinedVariable;
      const structure = structureOf(machine, value, carried, (shown) =>
        refuseArguments(
          operator,
          `tensors and integers as carried values, not ${shown}`,
          "whileLoopCarried",
        ),
      );
      if (carried.length !== before + 1 || structure.startsWith("["))
        refuseArguments(
          operator,
          `tensors and integers as carried values, not ${structure}`,
          "whileLoopCarried",
        );
    }
    const inputsOf = (inputs: SubgraphInputs): readonly Variable[] =>
      carried.map((leaf, index) =>
        leaf.kind === "tensor"
          ? inputs.tensor(leaf, `carried_${index}`)
          : inputs.number(`carried_${index}`),
      );
    const test = captureSubgraph(machine, operator, "cond_fn", condition, inputsOf);
    checkTest(machine, test.result.value, test.result.leaves);
    const step = captureSubgraph(machine, operator, "body_fn", body, inputsOf);
    if (step.result.leaves.length !== carried.length || !step.result.structure.startsWith("["))
      refuseArguments(
        operator,
        `body_fn to return an array of ${carried.length} values, not ${step.result.structure}`,
      );
    for (const [index, leaf] of step.result.leaves.entries())
      requireSameMeta(machine, operator, carried[index], leaf);
    const { attributes, operands } = joinSubgraphs(
      machine,
      [test, step],
      ["cond_graph_0", "body_graph_0"],
    );
    const { tracer } = machine;
    const nodes = carried.map((leaf) =>
      leaf.kind === "tensor" ? tracer.nodeOf(leaf) : tracer.graph.scalar(leaf.expression),
    );
    const results = callOperator(
      machine,
      { name: operator, run: runWhileLoop },
      [...attributes, nodes, operands],
      carried.map((leaf) =>
        leaf.kind === "tensor"
          ? // Without a single step the results are what was carried in.
            { kind: "tensor", fake: copyOf(machine, leaf.fake), mayAlias: true }
          : { kind: "number", type: "number" },
      ),
    );
    return new ArrayVariable({ items: [...results] });
  });
}

function checkTest(machine: Machine, returned: Variable, leaves: readonly TreeLeaf[]): void {
  const value = machine.force(returned);
  if (value.kind === "constant" && typeof value.value === "boolean") {
    if (value.value)
      breakGraph("loopNeverEnds", { operator }, "cond_fn of while_loop is always true");
    return;
  }
  const [leaf] = leaves;
  const isScalar =
    (value.kind === "number" && leaf === value) ||
    (value.kind === "tensor" && value.fake.numel() === 1 && value.fake.dtype.category === "bool");
  if (!isScalar) {
    breakGraph(
      "loopCondition",
      { operator, returned: leaf === undefined ? describeVariable(value) : describeLeaves(leaves) },
      `cond_fn returns ${describeVariable(value)}`,
    );
  }
}
