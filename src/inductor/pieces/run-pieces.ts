/** Runs the parts of a graph, one after the other. Hot path of graphs that call what is not compiled. */
import { at } from "../../core/shape.ts";
import { isTensor, stateOf } from "../../core/tensor.ts";
import type { Graph } from "../../fx/graph.ts";
import { type GraphModule, isGraphModule } from "../../fx/graph-module-brand.ts";
import { type Argument, argumentNodes, isNode, mapArgument, type Node } from "../../fx/node.ts";
import type { Piece } from "./cut-graph.ts";

export type Runner = (...inputs: readonly unknown[]) => unknown;

interface ReadyPiece {
  readonly piece: Piece;
  readonly run: Runner;
  /** Places of what it takes and gives among the values of a call. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Values that are needed no more after it, and that nobody else has. */
  readonly spent: readonly number[];
}

/** The whole graph, of pieces that `runnerOf` makes callable. Failures are reported as those of the whole. */
export function pieceRunner(
  whole: GraphModule,
  pieces: readonly Piece[],
  runnerOf: (piece: Piece) => Runner,
): Runner {
  const { graph } = whole;
  const slots = new Map<Node, number>(graph.placeholders.map((node, index) => [node, index]));
  const slotOf = (node: Node): number => {
    const slot = slots.get(node) ?? slots.size;
    slots.set(node, slot);
    return slot;
  };
  const ready = pieces.map((piece): ReadyPiece => ({
    piece,
    run: runnerOf(piece),
    from: piece.inputs.map(slotOf),
    to: piece.outputs.map(slotOf),
    spent: spentAfter(graph, pieces, piece).map(slotOf),
  }));
  const count = slots.size;
  const result = graph.output.args[0];
  const attributeOf = (leaf: Node): unknown =>
    leaf.op === "get_attr" ? graph.attributes.get(leaf.target) : undefined;
  const outputOf = (leaf: Argument, values: readonly unknown[]): unknown => {
    if (!isNode(leaf)) return leaf;
    const slot = slots.get(leaf);
    return slot === undefined ? attributeOf(leaf) : values[slot];
  };
  const outputs = (values: readonly unknown[]): unknown =>
    Array.isArray(result) && result.every(isNode)
      ? result.map((leaf) => outputOf(leaf, values))
      : mapArgument(result, (leaf) => outputOf(leaf, values));
  return (...inputs) => {
    const values = new Array<unknown>(count);
    for (let index = 0; index < inputs.length; index++) values[index] = inputs[index];
    for (const each of ready) {
      try {
        keep(values, each, each.run(...each.from.map((slot) => values[slot])));
      } catch (error) {
        const failure = each.piece.module.takeFailure();
        if (failure !== null) {
          keep(values, each, failure.outputs);
          const callIndex = each.piece.callIndices[failure.callIndex] ?? -1;
          whole.noteFailure({ callIndex, outputs: outputs(values) });
        }
        throw error;
      }
      if (each.spent.length > 0) discard(values, each.spent);
    }
    return outputs(values);
  };
}

/** A piece gives the list of its outputs. */
function keep(values: unknown[], { to }: ReadyPiece, given: unknown): void {
  if (!Array.isArray(given)) return; // nothing was computed
  for (let index = 0; index < to.length; index++) values[at(to, index)] = given[index];
}

/** What a piece is the last to use, if it came out of a piece and no code of the user's got it. */
function spentAfter(graph: Graph, pieces: readonly Piece[], last: Piece): readonly Node[] {
  if (holdsTensors(graph)) return [];
  const returned = argumentNodes(graph.output);
  const made = pieces.flatMap(({ mayKeep, outputs }) => (mayKeep ? [] : outputs));
  return made.filter((node) => {
    if (returned.has(node)) return false;
    const users = pieces.filter(({ inputs }) => inputs.includes(node));
    return users.at(-1) === last && !users.some(({ mayKeep }) => mayKeep);
  });
}

/** Tensors that belong to the graph may be what a piece gives. */
function holdsTensors({ attributes }: Graph): boolean {
  return [...attributes.values()].some(
    (value) => isTensor(value) || (isGraphModule(value) && holdsTensors(value.graph)),
  );
}

/** Frees the memory of values that are spent, unless another value shares it: views, operands that are handed on. */
function discard(values: unknown[], spent: readonly number[]): void {
  for (const slot of spent) {
    const value = values[slot];
    values[slot] = undefined;
    if (!isTensor(value)) continue;
    const { storage } = stateOf(value);
    if (!values.some((other) => isTensor(other) && stateOf(other).storage === storage))
      storage.discard();
  }
}
