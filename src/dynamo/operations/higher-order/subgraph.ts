import { fakeTensor } from "../../../core/fake-tensor.ts";
import { metaOf } from "../../../core/tensor-meta.ts";
import type { Tensor } from "../../../api/tensor.ts";
import { GraphBuilder, type LiftedValue } from "../../../fx/graph-builder.ts";
import type { Graph } from "../../../fx/graph.ts";
import { createGraphModule } from "../../../fx/graph-module.ts";
import { type GraphModule, isGraphModule } from "../../../fx/graph-module-brand.ts";
import { sameGraph } from "../../../fx/same-graph.ts";
import { type Argument, isNode, type Node, type PlaceholderNode } from "../../../fx/node.ts";
import { breakGraph, GraphBreak } from "../../graph-breaks/graph-break.ts";
import { GraphRecorder } from "../../interpreter/graph-recorder.ts";
import type { Machine } from "../../interpreter/machine.ts";
import { runMachine } from "../../interpreter/run-machine.ts";
import {
  NumberVariable,
  TensorVariable,
  type Variable,
  describeForUser,
  nextBirth,
  undefinedVariable,
} from "../../variables/variable.ts";
import { noteRole } from "./naming-operator.ts";
import { derivedFake } from "./derived-fake.ts";
import { flattenResult, type ResultTree } from "./result-tree.ts";

/** A function given to a higher-order operator, captured into a graph of its own. */
export interface Subgraph {
  readonly graph: Graph;
  /** Inputs that the operator gives for each run: slices, carried values. */
  readonly ownInputs: readonly PlaceholderNode[];
  /** Values of the enclosing graph that it uses. */
  readonly lifted: readonly LiftedValue[];
  /** When it began: what is older came from outside. */
  readonly birth: number;
  readonly result: ResultTree;
  /** Which of the operator's functions it is: `true_fn`. */
  readonly role: string;
}

export function checkCallable(operator: string, value: Variable, argument: string): void {
  if (["function", "closure", "builtin", "inGraph", "bound"].includes(value.kind)) return;
  breakGraph(
    "branchNotCallable",
    { operator, argument, kind: describeForUser(value) },
    `${operator} ${argument}`,
  );
}

/** Inputs for a subgraph, made while it is open. */
export interface SubgraphInputs {
  /** A tensor with the metadata of this one. */
  tensor(like: TensorVariable, name: string): TensorVariable;
  /** A tensor that a function of the sizes gives: `fake` is what it gives for this capture. */
  fake(fake: Tensor, name: string): TensorVariable;
  number(name: string): NumberVariable;
}

/** Captures a call of `fn` in the same machine: guards are shared, effects are refused. */
export function captureSubgraph(
  machine: Machine,
  operator: string,
  role: string,
  fn: Variable,
  argumentsOf: (inputs: SubgraphInputs) => readonly Variable[],
): Subgraph {
  const { tracer } = machine;
  const outer = {
    graph: tracer.graph,
    branch: tracer.branch,
    depth: tracer.frames.length,
    gradMode: tracer.gradMode.now,
  };
  const recorder = new GraphRecorder(outer.graph);
  const birth = nextBirth();
  tracer.graph = recorder;
  tracer.branch = { operator, birth };
  const ownInputs: PlaceholderNode[] = [];
  const placeholder = (name: string, example: unknown, type?: string): PlaceholderNode => {
    const node = recorder.builder.placeholder(name, type === undefined ? { example } : { type });
    ownInputs.push(node);
    return node;
  };
  const inputs: SubgraphInputs = {
    tensor: (like, name) => inputs.fake(copyOf(machine, like.fake), name),
    fake: (fake, name) => new TensorVariable(fake, placeholder(name, fake), null, null),
    number: (name) => {
      const node = placeholder(name, undefined, "number");
      return new NumberVariable(
        { kind: "leaf", leaf: { kind: "node", node, type: "number" } },
        undefined,
      );
    },
  };
  try {
    const returned = callIn(machine, fn, argumentsOf(inputs), outer.depth);
    const result = flattenResult(machine, operator, returned);
    const outputs = result.leaves.map((leaf) =>
      leaf.kind === "tensor" ? tracer.nodeOf(leaf) : recorder.scalar(leaf.expression),
    );
    const graph = recorder.builder.build(outputs);
    return { graph, ownInputs, lifted: recorder.builder.lifted, birth, result, role };
  } catch (error) {
    if (error instanceof GraphBreak) noteRole(error, role);
    throw error;
  } finally {
    tracer.graph = outer.graph;
    tracer.branch = outer.branch;
    tracer.gradMode.now = outer.gradMode;
  }
}

/** A fake of its own with the same metadata, for whatever sizes there will be. */
export const copyOf = (machine: Machine, fake: Tensor): Tensor =>
  derivedFake(machine, "copy", (tensor: Tensor) => fakeTensor(metaOf(tensor)) as Tensor, [fake]); // the class of all tensors

function callIn(
  machine: Machine,
  fn: Variable,
  args: readonly Variable[],
  depth: number,
): Variable {
  const immediate = machine.call(fn, undefinedVariable, args);
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

/** What a node of an operator needs of its subgraphs: graph modules that take their own inputs and then the same operands. */
export function joinSubgraphs(
  machine: Machine,
  subgraphs: readonly Subgraph[],
  names: readonly string[],
): { readonly attributes: readonly Node[]; readonly operands: readonly Node[] } {
  const { builder } = machine.tracer.graph;
  const operands = [
    ...new Set(subgraphs.flatMap(({ lifted }) => lifted.map(({ operand }) => operand))),
  ];
  const attributes = subgraphs.map((subgraph, index) => {
    const module = withOperands(builder, subgraph, operands);
    // Sub-graphs that do the same are one.
    const known = builder.attributeValues.find(
      (value) => isGraphModule(value) && sameGraph(value.graph, module.graph),
    );
    return builder.attribute(names[index] ?? "graph_0", known ?? module);
  });
  return { attributes, operands };
}

function withOperands(
  parent: GraphBuilder,
  subgraph: Subgraph,
  operands: readonly Node[],
): GraphModule {
  const builder = new GraphBuilder(parent);
  const copies = new Map<Node, Node>();
  for (const own of subgraph.ownInputs) copies.set(own, builder.placeholder(own.target, own.meta));
  for (const operand of operands) {
    const input = builder.lift(operand);
    const lifted = subgraph.lifted.find((each) => each.operand === operand);
    if (lifted !== undefined) copies.set(lifted.placeholder, input);
  }
  const replace = (leaf: Argument): Argument => (isNode(leaf) ? (copies.get(leaf) ?? leaf) : leaf);
  let outputs: Argument = [];
  for (const node of subgraph.graph.nodes) {
    if (node.op === "placeholder") continue;
    if (node.op === "output") outputs = (node.args[0] as readonly Argument[]).map(replace); // built from an array above
    else copies.set(node, builder.copy(node, replace, subgraph.graph.attributes));
  }
  return createGraphModule(builder.build(outputs));
}
