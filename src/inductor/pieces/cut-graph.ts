/** Cuts a graph into graphs that run one after the other, so that calls which cannot be compiled stand alone. */
import { GraphBuilder } from "../../fx/graph-builder.ts";
import type { Graph } from "../../fx/graph.ts";
import { createGraphModule } from "../../fx/graph-module.ts";
import { type GraphModule, isGraphModule } from "../../fx/graph-module-brand.ts";
import {
  argumentNodes,
  type CallFunctionNode,
  type CallNode,
  isCall,
  isNode,
  type Node,
  type TargetFunction,
} from "../../fx/node.ts";
import { kindOfCall } from "../call-kind.ts";
import type { Cut } from "../not-compilable.ts";

/** A part of a graph. */
export interface Piece {
  readonly module: GraphModule;
  /** Made of calls that run as they stand. */
  readonly isForeign: boolean;
  /** Calls code that may keep tensors beyond the call. */
  readonly mayKeep: boolean;
  /** The nodes of the whole graph that it takes, and those that it gives, as an array. */
  readonly inputs: readonly Node[];
  readonly outputs: readonly Node[];
  /** By the number of a call in the piece: its number in the whole graph. */
  readonly callIndices: readonly number[];
}

/** Where a graph has to be cut before anything of it is recorded. */
export function foreignCalls(graph: Graph): readonly Cut[] {
  return graph.calls
    .filter((node) => kindOfCall(node) === "foreign")
    .map((node) => ({ node, place: "around" }));
}

/**
 * The parts in order; null if there would be one only, which is the graph itself.
 * `targetOf` gives the function that a call which is not compiled calls.
 */
export function cutGraph(
  graph: Graph,
  cuts: readonly Cut[],
  targetOf: (node: CallFunctionNode) => TargetFunction,
): readonly Piece[] | null {
  const parts = partition(graph, cuts);
  const [first] = parts;
  if (first === undefined || (parts.length === 1 && !first.isForeign)) return null;
  const usedLater = new Set<Node>(argumentNodes(graph.output));
  const pieces: Piece[] = [];
  // From the last to the first: what a part must give is what those behind it take.
  for (const part of [...parts].reverse()) {
    const piece = pieceOf(graph, part, usedLater, targetOf);
    for (const node of piece.inputs) usedLater.add(node);
    pieces.push(piece);
  }
  return pieces.reverse();
}

interface Part {
  readonly isForeign: boolean;
  readonly calls: CallNode[];
}

function partition(graph: Graph, cuts: readonly Cut[]): readonly Part[] {
  const places = new Map(cuts.map(({ node, place }) => [node, place]));
  const parts: Part[] = [];
  const partOf = new Map<Node, Part>();
  for (const node of graph.calls) {
    const place = places.get(node);
    const isForeign = place === "around";
    // Tuples do not leave the part that makes them.
    const [tuple] = node.args;
    const maker = kindOfCall(node) === "getitem" && isNode(tuple) ? partOf.get(tuple) : undefined;
    let part = maker ?? parts.at(-1);
    if (
      part === undefined ||
      (maker === undefined && (part.isForeign !== isForeign || place === "before"))
    )
      parts.push((part = { isForeign, calls: [] }));
    part.calls.push(node);
    partOf.set(node, part);
  }
  return parts;
}

function pieceOf(
  graph: Graph,
  { isForeign, calls }: Part,
  usedLater: ReadonlySet<Node>,
  targetOf: (node: CallFunctionNode) => TargetFunction,
): Piece {
  const own = new Set<Node>(calls);
  const inputs = new Set<Node>();
  for (const call of calls)
    for (const node of argumentNodes(call))
      if (!own.has(node) && node.op !== "get_attr") inputs.add(node);
  const outputs = calls.filter((call) => usedLater.has(call));
  const builder = new GraphBuilder();
  const copies = new Map<Node, Node>();
  for (const node of inputs) copies.set(node, builder.placeholder(node.name, node.meta));
  const copyOf = (leaf: unknown): unknown => {
    if (!isNode(leaf)) return leaf;
    let copy = copies.get(leaf);
    if (copy === undefined) {
      const given: Node =
        isForeign && leaf.op === "call_function" ? { ...leaf, target: targetOf(leaf) } : leaf;
      copies.set(leaf, (copy = builder.copy(given, copyOf, graph.attributes)));
    }
    return copy;
  };
  for (const call of calls) copyOf(call);
  const module = createGraphModule(builder.build(outputs.map(copyOf)));
  const numberOf = new Map(graph.nodes.filter(isCall).map((call, index) => [call, index]));
  return {
    module,
    isForeign,
    mayKeep: isForeign && calls.some((call) => mayKeepTensors(call, graph)),
    inputs: [...inputs],
    outputs,
    callIndices: calls.map((call) => numberOf.get(call) ?? -1),
  };
}

/** Operators that are given sub-graphs do what these do. */
function mayKeepTensors(call: CallNode, graph: Graph): boolean {
  if (kindOfCall(call) !== "foreign") return false;
  const regions = [...argumentNodes(call)].flatMap((node) => {
    const value = node.op === "get_attr" ? graph.attributes.get(node.target) : null;
    return isGraphModule(value) ? [value] : [];
  });
  return (
    regions.length === 0 ||
    regions.some((region) => region.graph.calls.some((each) => mayKeepTensors(each, region.graph)))
  );
}
