import { warnOnce } from "../../base/logging.ts";
import { fakeTensor } from "../../core/fake-tensor.ts";
import { stateOf } from "../../core/tensor.ts";
import { metaOf } from "../../core/tensor-meta.ts";
import type { Tensor } from "../../api/tensor.ts";
import { GraphBuilder, type LiftedValue } from "../../fx/graph-builder.ts";
import { createGraphModule } from "../../fx/graph-module.ts";
import type { GraphModule } from "../../fx/graph-module-brand.ts";
import type { Graph } from "../../fx/graph.ts";
import { type Argument, type Node, isNode } from "../../fx/node.ts";
import { describeValue } from "../../fx/describe-value.ts";
import type { CallResult } from "../builtins/builtin.ts";
import { UncapturedHigherOrderOpError } from "../exc.ts";
import { GraphBreak, breakGraph } from "../graph-breaks/graph-break.ts";
import { graphBreakRecord } from "../graph-breaks/graph-break-record.ts";
import { arrayItems } from "../interpreter/contents.ts";
import { GraphRecorder } from "../interpreter/graph-recorder.ts";
import type { Machine } from "../interpreter/machine.ts";
import { runMachine } from "../interpreter/run-machine.ts";
import { userCallers, userStack } from "../units/user-stack.ts";
import { elementCount } from "./tensor-item.ts";
import {
  ArrayVariable,
  ConstantVariable,
  ObjectVariable,
  TensorVariable,
  type Variable,
  describeForUser,
  describeVariable,
  nextBirth,
  undefinedVariable,
} from "../variables/variable.ts";
import { ownDataProperties } from "./own-data-properties.ts";

const operator = "torch.cond";

/** `torch.cond(pred, trueFn, falseFn, operands)`: both branches become sub-graphs; what they use becomes operands. */
export function captureCond(machine: Machine, args: readonly Variable[]): CallResult {
  return namingOperator(machine, () => {
    if (args.length < 3 || args.length > 4)
      breakGraph("condArity", { count: String(args.length) }, `cond with ${args.length} arguments`);
    const [pred, whenTrue, whenFalse] = args.map((arg) => machine.force(arg));
    const operands = operandsOf(machine, args[3]);
    if (pred === undefined || whenTrue === undefined || whenFalse === undefined)
      throw new Error("checked above");
    for (const [index, branch] of [whenTrue, whenFalse].entries())
      checkCallable(branch, `argument ${index + 2}`);
    if (pred.kind === "constant" || (pred.kind === "number" && pred.hint !== undefined)) {
      if (pred.kind === "constant" && typeof pred.value !== "boolean") {
        breakGraph(
          "condPredicate",
          { predicate: describeVariable(pred) },
          `cond(${describeVariable(pred)})`,
        );
      }
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
    const first = captureBranch(machine, whenTrue, operands);
    const second = captureBranch(machine, whenFalse, operands);
    return joinBranches(
      machine,
      pred.kind === "tensor"
        ? machine.tracer.nodeOf(pred)
        : machine.tracer.graph.scalar(pred.expression),
      first,
      second,
    );
  });
}

/** A break in a branch is an error, since the operator has no other way to run while compiling. */
function namingOperator<Result>(machine: Machine, body: () => Result): Result {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof GraphBreak)) throw error;
    const stack = userStack(machine.tracer.frames, "", true);
    throw new UncapturedHigherOrderOpError(
      graphBreakRecord(error.reason, {
        stack,
        callers: userCallers(),
        higherOrderOperator: operator,
      }),
    );
  }
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

function checkCallable(branch: Variable, argument: string): void {
  if (!["function", "closure", "builtin", "inGraph", "bound"].includes(branch.kind)) {
    breakGraph(
      "branchNotCallable",
      { operator, argument, kind: describeForUser(branch) },
      `cond ${argument}`,
    );
  }
}

interface Branch {
  readonly graph: Graph;
  readonly lifted: readonly LiftedValue[];
  /** Structure of the result with tensors as `tensor`. */
  readonly shape: string;
  readonly leaves: readonly TensorVariable[];
  readonly result: Variable;
}

/** Captures a branch into a graph of its own, in the same machine: guards are shared, effects are refused. */
function captureBranch(machine: Machine, branch: Variable, operands: readonly Variable[]): Branch {
  const { tracer } = machine;
  const outer = {
    graph: tracer.graph,
    branch: tracer.branch,
    depth: tracer.frames.length,
    effects: tracer.effects.length,
  };
  const recorder = new GraphRecorder(outer.graph);
  const birth = nextBirth();
  tracer.graph = recorder;
  tracer.branch = { operator, birth };
  try {
    const result = runBranch(machine, branch, operands, outer.depth);
    const effect = tracer.effects[outer.effects];
    if (effect !== undefined)
      breakGraph(
        "branchSideEffect",
        { operator, effect: `it has an effect (${effect.kind})` },
        effect.kind,
      );
    const leaves: TensorVariable[] = [];
    const shape = structureOf(machine, result, leaves);
    const nodes = leaves.map((leaf) => tracer.nodeOf(leaf));
    const graph = recorder.builder.build(nodes);
    const { lifted } = recorder.builder;
    for (const [index, leaf] of leaves.entries()) refuseAliasing(leaf, index, birth, lifted);
    return { graph, lifted, shape, leaves, result };
  } finally {
    tracer.graph = outer.graph;
    tracer.branch = outer.branch;
  }
}

function runBranch(
  machine: Machine,
  branch: Variable,
  operands: readonly Variable[],
  depth: number,
): Variable {
  const immediate = machine.call(branch, undefinedVariable, operands);
  if (immediate !== null) return immediate;
  // The call is under way: its frame stands behind it, as callers do.
  const caller = machine.tracer.frames[depth - 1];
  if (caller !== undefined) caller.pc += 1;
  const outcome = runMachine(machine, depth);
  if (outcome.kind === "break") throw outcome.graphBreak;
  if (caller !== undefined) caller.pc -= 1;
  if (outcome.kind === "return") return outcome.value;
  return breakGraph(
    "observedException",
    { errorClass: "an error", message: "it leaves a branch" },
    "throw in a branch",
  );
}

function structureOf(machine: Machine, variable: Variable, leaves: TensorVariable[]): string {
  const value = machine.force(variable);
  switch (value.kind) {
    case "tensor":
      leaves.push(value);
      return "tensor";
    case "array":
      return `[${arrayItems(machine, value)
        .map((item) => structureOf(machine, item ?? undefinedVariable, leaves))
        .join(", ")}]`;
    case "object": {
      if (value.source !== null || value.prototype !== Object.prototype) break;
      const entries = ownDataProperties(machine, value).map(
        ([key, item]) => `${String(key)}: ${structureOf(machine, item, leaves)}`,
      );
      return `{${entries.join(", ")}}`;
    }
    case "constant":
      if (typeof value.value === "number" && Number.isInteger(value.value))
        return String(value.value);
      break;
    default:
      break;
  }
  return breakGraph(
    "branchOutput",
    { operator, output: describeVariable(value) },
    `branch returns ${describeVariable(value)}`,
  );
}

function refuseAliasing(
  leaf: TensorVariable,
  index: number,
  birth: number,
  lifted: readonly LiftedValue[],
): void {
  const output = `output ${index + 1}`;
  if (leaf.birth < birth)
    breakGraph(
      "branchAliasesInput",
      { operator, output, alias: "a tensor from outside the function" },
      output,
    );
  const { storage } = stateOf(leaf.fake);
  for (const { operand } of lifted) {
    const example = operand.meta.example;
    if (isFakeTensor(example) && stateOf(example).storage === storage) {
      breakGraph(
        "branchAliasesInput",
        { operator, output, alias: `operand ${operand.name}` },
        output,
      );
    }
  }
}

const isFakeTensor = (value: unknown): value is Tensor =>
  typeof value === "object" && value !== null && "storage_offset" in value && "dtype" in value;

function joinBranches(machine: Machine, pred: Argument, first: Branch, second: Branch): Variable {
  const types = (branch: Branch): string =>
    `${branch.shape} of ${branch.leaves.map((leaf) => describeValue(leaf.fake) ?? "?").join(", ")}`;
  if (types(first) !== types(second)) {
    breakGraph("condBranchesDiffer", { whenTrue: types(first), whenFalse: types(second) }, "cond");
  }
  const { graph, shapes, guardPlace } = machine.tracer;
  for (const [index, leaf] of first.leaves.entries()) {
    const other = second.leaves[index];
    if (other !== undefined) shapes.addSameMeta(leaf.fake, other.fake, guardPlace);
  }
  const operands = [...new Set([...first.lifted, ...second.lifted].map(({ operand }) => operand))];
  const trueGraph = withOperands(graph.builder, first, operands);
  const falseGraph = withOperands(graph.builder, second, operands);
  const attributes = [
    graph.builder.attribute("true_graph_0", trueGraph),
    graph.builder.attribute("false_graph_0", falseGraph),
  ];
  const examples = first.leaves.map((leaf) => leaf.fake);
  const call = graph.callFunction(
    runCond,
    operator,
    [pred, ...attributes, operands],
    examples,
    machine.place(),
  );
  const results = first.leaves.map((leaf, index) => {
    const fake = fakeTensor(metaOf(leaf.fake)) as Tensor; // the registered class of all tensors is Tensor
    shapes.addCopy(fake, leaf.fake, guardPlace);
    return new TensorVariable(fake, graph.getItem(call, index, fake, machine.place()), null, null);
  });
  return rebuild(machine, first.result, results);
}

/** The node's function: the predicate chooses the sub-graph; both take the same operands. */
function runCond(
  pred: unknown,
  whenTrue: GraphModule,
  whenFalse: GraphModule,
  operands: readonly unknown[],
): unknown {
  const taken =
    typeof pred === "boolean" || typeof pred === "number"
      ? Boolean(pred)
      : Boolean((pred as Tensor).item()); // checked while capturing
  return taken ? whenTrue(...operands) : whenFalse(...operands);
}

/** The branch's graph with the operands of both branches as inputs, in one order. */
function withOperands(
  parent: GraphBuilder,
  branch: Branch,
  operands: readonly Node[],
): GraphModule {
  const builder = new GraphBuilder(parent);
  const copies = new Map<Node, Node>();
  for (const operand of operands) {
    const input = builder.lift(operand);
    const lifted = branch.lifted.find((each) => each.operand === operand);
    if (lifted !== undefined) copies.set(lifted.placeholder, input);
  }
  const replace = (leaf: Argument): Argument => (isNode(leaf) ? (copies.get(leaf) ?? leaf) : leaf);
  let outputs: Argument = [];
  for (const node of branch.graph.nodes) {
    if (node.op === "placeholder") continue;
    if (node.op === "output") outputs = (node.args[0] as readonly Argument[]).map(replace); // built from an array above
    else copies.set(node, builder.copy(node, replace, branch.graph.attributes));
  }
  return createGraphModule(builder.build(outputs));
}

/** The branch's result with its tensors replaced by those of the operator. */
function rebuild(machine: Machine, variable: Variable, results: TensorVariable[]): Variable {
  const value = machine.force(variable);
  if (value.kind === "tensor") return results.shift() ?? value;
  if (value.kind === "array") {
    return new ArrayVariable({
      items: arrayItems(machine, value).map((item) =>
        rebuild(machine, item ?? undefinedVariable, results),
      ),
    });
  }
  if (value.kind !== "object")
    return value.kind === "constant" ? new ConstantVariable(value.value) : value;
  const object = new ObjectVariable({ prototype: Object.prototype });
  for (const [key, item] of ownDataProperties(machine, value)) {
    object.properties.set(key, {
      kind: "data",
      value: rebuild(machine, item, results),
      enumerable: true,
    });
  }
  return object;
}
