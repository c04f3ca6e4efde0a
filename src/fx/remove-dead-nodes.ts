import { GraphBuilder } from "./graph-builder.ts";
import type { Graph } from "./graph.ts";
import { argumentNodes, isCall, isNode, mapArgument } from "./node.ts";
import type { CallNode, Node } from "./node.ts";
import { definePass } from "./pass.ts";

/** What this pass must know about calls; which functions have effects is knowledge of the layers above. */
export interface DeadNodeOptions {
  /**
   * Whether a call does more than compute its result: mutates, prints, draws random numbers, or may raise an error
   * that depends on data. Removing `x.add_(1)` because nobody reads its result would lose the write.
   */
  readonly hasEffects: (node: CallNode) => boolean;
}

/** Removes operations whose result is unused. Inputs stay: the caller passes them by position. */
export const removeDeadNodes = definePass<DeadNodeOptions>({
  name: "remove-dead-nodes",
  summary: "Removes operations whose result is unused, unless they have effects.",
  run: (graph, { hasEffects }) => {
    const live = liveNodes(graph, hasEffects);
    return live.size === graph.nodes.length ? graph : keepNodes(graph, live);
  },
});

// Backwards: consumers come after producers, so each node is decided before its arguments are reached.
function liveNodes(graph: Graph, hasEffects: (node: CallNode) => boolean): ReadonlySet<Node> {
  const live = new Set<Node>([graph.output, ...graph.placeholders]);
  for (const node of [...graph.nodes].reverse()) {
    if (isCall(node) && hasEffects(node)) live.add(node);
    if (live.has(node)) for (const argument of argumentNodes(node)) live.add(argument);
  }
  return live;
}

function keepNodes(graph: Graph, live: ReadonlySet<Node>): Graph {
  const builder = new GraphBuilder();
  const copies = new Map<Node, Node>();
  const replace = (leaf: unknown): unknown => (isNode(leaf) ? copies.get(leaf) : leaf);
  for (const node of graph.nodes) {
    if (node.op === "output" || !live.has(node)) continue;
    copies.set(node, builder.copy(node, replace, graph.attributes));
  }
  return builder.build(mapArgument(graph.output.args[0], replace));
}
