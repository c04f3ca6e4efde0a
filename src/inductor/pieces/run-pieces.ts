/** Runs the parts of a graph, one after the other. Hot path of graphs that call what is not compiled. */
import { at } from "../../core/shape.ts";
import type { GraphModule } from "../../fx/graph-module-brand.ts";
import { isNode, mapArgument, type Node } from "../../fx/node.ts";
import type { Piece } from "./cut-graph.ts";

export type Runner = (...inputs: readonly unknown[]) => unknown;

interface ReadyPiece {
  readonly piece: Piece;
  readonly run: Runner;
  /** Places of what it takes and gives among the values of a call. */
  readonly from: readonly number[];
  readonly to: readonly number[];
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
  }));
  const result = graph.output.args[0];
  const attributeOf = (leaf: Node): unknown =>
    leaf.op === "get_attr" ? graph.attributes.get(leaf.target) : undefined;
  const outputs = (values: readonly unknown[]): unknown =>
    mapArgument(result, (leaf) => {
      if (!isNode(leaf)) return leaf;
      const slot = slots.get(leaf);
      return slot === undefined ? attributeOf(leaf) : values[slot];
    });
  return (...inputs) => {
    const values = [...inputs];
    values.length = slots.size;
    for (const each of ready) {
      try {
        keep(
          values,
          each,
          Reflect.apply(
            each.run,
            undefined,
            each.from.map((slot) => values[slot]),
          ),
        );
      } catch (error) {
        const failure = each.piece.module.takeFailure();
        if (failure !== null) {
          keep(values, each, failure.outputs);
          const callIndex = each.piece.callIndices[failure.callIndex] ?? -1;
          whole.noteFailure({ callIndex, outputs: outputs(values) });
        }
        throw error;
      }
    }
    return outputs(values);
  };
}

/** A piece gives the list of its outputs. */
function keep(values: unknown[], { to }: ReadyPiece, given: unknown): void {
  for (let index = 0; index < to.length; index++)
    values[at(to, index)] = Reflect.get(Object(given), index);
}
