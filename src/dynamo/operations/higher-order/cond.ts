import { warnOnce } from "../../../base/logging.ts";
import { truthOfPredicate } from "../../../api/higher-order/predicate.ts";
import type { Argument } from "../../../fx/node.ts";
import type { GraphModule } from "../../../fx/graph-module-brand.ts";
import type { CallResult } from "../../builtins/builtin.ts";
import { UncapturedHigherOrderOpError } from "../../exc.ts";
import { breakGraph, GraphBreak } from "../../graph-breaks/graph-break.ts";
import { arrayItems } from "../../interpreter/contents.ts";
import type { Machine } from "../../interpreter/machine.ts";
import {
  type Variable,
  describeForUser,
  describeVariable,
  undefinedVariable,
} from "../../variables/variable.ts";
import { elementCount } from "../tensor-item.ts";
import { branchesOutputs } from "./branches-outputs.ts";
import { namingOperator } from "./naming-operator.ts";
import { callOperator, type OutputLeaf } from "./operator-result.ts";
import { withLeaves } from "./result-tree.ts";
import { captureSubgraph, checkCallable, joinSubgraphs, type Subgraph } from "./subgraph.ts";

const operator = "torch.cond";

/** `torch.cond(pred, trueFn, falseFn, operands)`: both branches become sub-graphs; what they use becomes operands. */
export function captureCond(machine: Machine, args: readonly Variable[]): CallResult {
  return namingOperator(machine, operator, () => {
    if (args.length < 3 || args.length > 4)
      breakGraph("condArity", { count: String(args.length) }, `cond with ${args.length} arguments`);
    const [pred, whenTrue, whenFalse] = args.map((arg) => machine.force(arg));
    const operands = operandsOf(machine, args[3]);
    if (pred === undefined || whenTrue === undefined || whenFalse === undefined)
      throw new Error("checked above");
    checkCallable(operator, whenTrue, "argument 2");
    checkCallable(operator, whenFalse, "argument 3");
    if (pred.kind === "constant" || (pred.kind === "number" && pred.hint !== undefined)) {
      if (pred.kind === "constant" && typeof pred.value !== "boolean") {
        breakGraph(
          "condPredicate",
          { predicate: describeVariable(pred) },
          `cond(${describeVariable(pred)})`,
        );
      }
      const both =
        pred.kind === "number" ? bothSides(machine, whenTrue, whenFalse, operands) : null;
      if (both !== null && pred.kind === "number")
        return addCond(machine, machine.tracer.graph.scalar(pred.expression), both);
      warnOnce(
        "cond-constant",
        "torch.cond: the predicate is a plain boolean, so only the branch taken is captured. Use a tensor as predicate to keep both.",
      );
      return machine.call(
        machine.truthOf(pred) ? whenTrue : whenFalse,
        undefinedVariable,
        operands,
      );
    }
    if (pred.kind !== "number" && (pred.kind !== "tensor" || elementCount(machine, pred) !== 1)) {
      const shown =
        pred.kind === "tensor"
          ? `a tensor of shape [${pred.fake.shape.join(", ")}]`
          : describeVariable(pred);
      breakGraph("condPredicate", { predicate: shown }, `cond(${describeVariable(pred)})`);
    }
    const { tracer } = machine;
    const condition =
      pred.kind === "tensor" ? tracer.nodeOf(pred) : tracer.graph.scalar(pred.expression);
    return addCond(machine, condition, captureSides(machine, whenTrue, whenFalse, operands));
  });
}

interface Sides {
  readonly branches: readonly Subgraph[];
  readonly outputs: readonly OutputLeaf[];
}

function captureSides(
  machine: Machine,
  whenTrue: Variable,
  whenFalse: Variable,
  operands: readonly Variable[],
): Sides {
  const branches = [
    captureSubgraph(machine, operator, "true_fn", whenTrue, () => operands),
    captureSubgraph(machine, operator, "false_fn", whenFalse, () => operands),
  ];
  return { branches, outputs: branchesOutputs(machine, operator, branches) };
}

/**
 * Both branches of a predicate that is known at every call but varies, such as one on a size: one graph then serves all calls.
 * null where the branch not taken cannot be captured, or more would be known if only the one taken were.
 */
function bothSides(
  machine: Machine,
  whenTrue: Variable,
  whenFalse: Variable,
  operands: readonly Variable[],
): Sides | null {
  const { frames, unbacked } = machine.tracer;
  const { length: depth } = frames;
  const { pc } = machine.tracer.frame;
  try {
    const sides = captureSides(machine, whenTrue, whenFalse, operands);
    const isKnown = (leaf: OutputLeaf): boolean =>
      leaf.kind === "tensor" && !leaf.mayAlias && !unbacked.isUnbacked(leaf.fake);
    return sides.outputs.every(isKnown) ? sides : null;
  } catch (error) {
    if (!(error instanceof GraphBreak || error instanceof UncapturedHigherOrderOpError))
      throw error;
    frames.length = depth;
    machine.tracer.frame.pc = pc;
    return null;
  }
}

function addCond(machine: Machine, condition: Argument, { branches, outputs }: Sides): Variable {
  const results = callCond(machine, condition, branches, outputs).values();
  const structure = branches[0]?.result.value ?? undefinedVariable;
  return withLeaves(machine, structure, () => results.next().value ?? undefinedVariable);
}

/** Adds the node of the operator, for branches that have been captured, the one for true first. */
export function callCond(
  machine: Machine,
  condition: Argument,
  branches: readonly Subgraph[],
  outputs: readonly OutputLeaf[],
): readonly Variable[] {
  const joined = joinSubgraphs(machine, branches, ["true_graph_0", "false_graph_0"]);
  return callOperator(
    machine,
    { name: operator, run: runCond },
    [condition, ...joined.attributes, joined.operands],
    outputs,
  );
}

/** The node's function: the predicate chooses the sub-graph; both take the same operands. */
function runCond(
  pred: unknown,
  whenTrue: GraphModule,
  whenFalse: GraphModule,
  operands: readonly unknown[],
): unknown {
  const taken = typeof pred === "number" ? pred !== 0 : truthOfPredicate(operator, pred);
  return taken ? whenTrue(...operands) : whenFalse(...operands);
}

function operandsOf(machine: Machine, given: Variable | undefined): readonly Variable[] {
  if (given === undefined) return [];
  const list = machine.force(given);
  if (list.kind === "constant" && list.value === undefined) return [];
  if (list.kind !== "array")
    return breakGraph(
      "condOperands",
      { operands: describeVariable(list) },
      `operands ${describeVariable(list)}`,
    );
  return arrayItems(machine, list).map((item, index) => {
    const operand = machine.force(item ?? undefinedVariable);
    if (operand.kind !== "tensor" && operand.kind !== "number" && operand.kind !== "constant") {
      breakGraph(
        "condOperandContents",
        { operand: `operand ${index + 1}`, kind: describeForUser(operand) },
        "cond operands",
      );
    }
    return operand;
  });
}
