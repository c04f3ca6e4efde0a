import { branchIndex } from "../../../api/higher-order/switch.ts";
import type { GraphModule } from "../../../fx/graph-module-brand.ts";
import type { CallResult } from "../../builtins/builtin.ts";
import { arrayItems } from "../../interpreter/contents.ts";
import type { Machine } from "../../interpreter/machine.ts";
import { type Variable, undefinedVariable } from "../../variables/variable.ts";
import { elementCount } from "../tensor-item.ts";
import { branchesOutputs } from "./branches-outputs.ts";
import { refuseArguments } from "./checks.ts";
import { namingOperator } from "./naming-operator.ts";
import { callOperator } from "./operator-result.ts";
import { withLeaves } from "./result-tree.ts";
import { captureSubgraph, checkCallable, joinSubgraphs } from "./subgraph.ts";

const operator = "torch._higher_order_ops.switch";

/** `switch(index, branches, operands)`: all branches become sub-graphs, unless the index is a plain number. */
export function captureSwitch(machine: Machine, args: readonly Variable[]): CallResult {
  return namingOperator(machine, operator, () => {
    const [index, list, given] = args.map((arg) => machine.force(arg));
    if (
      index === undefined ||
      list?.kind !== "array" ||
      given?.kind !== "array" ||
      args.length !== 3
    )
      return refuseArguments(
        operator,
        "an index, an array of functions and an array of operands",
        "switchArguments",
      );
    const functions = arrayItems(machine, list).map((item) =>
      machine.force(item ?? undefinedVariable),
    );
    const operands = arrayItems(machine, given).map((item) => item ?? undefinedVariable);
    for (const [place, fn] of functions.entries()) checkCallable(operator, fn, `branch ${place}`);
    if (functions.length === 0)
      return refuseArguments(operator, "at least one branch", "switchNoBranches");
    const { tracer } = machine;
    if (index.kind === "constant" || (index.kind === "number" && index.hint !== undefined)) {
      const value =
        index.kind === "constant" ? index.value : tracer.specialize(index, "the index of a switch");
      if (!Number.isInteger(value))
        return refuseArguments(operator, "an integer as index", "switchIndex");
      const branch = functions[branchIndex(value, functions.length)];
      return machine.call(branch ?? undefinedVariable, undefinedVariable, operands);
    }
    if (index.kind !== "number" && (index.kind !== "tensor" || elementCount(machine, index) !== 1))
      return refuseArguments(
        operator,
        "an integer or a one-element integer tensor as index",
        "switchIndex",
      );
    const place =
      index.kind === "tensor" ? tracer.nodeOf(index) : tracer.graph.scalar(index.expression);
    const branches = functions.map((fn, index) =>
      captureSubgraph(machine, operator, `branches[${index}]`, fn, () => operands),
    );
    const outputs = branchesOutputs(machine, operator, branches);
    const joined = joinSubgraphs(
      machine,
      branches,
      branches.map((_, each) => `branch_graph_${each}`),
    );
    const results = callOperator(
      machine,
      { name: operator, run: runSwitch },
      [place, joined.attributes, joined.operands],
      outputs,
    ).values();
    const structure = branches[0]?.result.value ?? undefinedVariable;
    return withLeaves(machine, structure, () => results.next().value ?? undefinedVariable);
  });
}

function runSwitch(
  index: unknown,
  branches: readonly GraphModule[],
  operands: readonly unknown[],
): unknown {
  return branches[branchIndex(index, branches.length)]?.(...operands);
}
