/** Reverse postorder and immediate dominators (Cooper, Harvey, Kennedy 2001: "A Simple, Fast Dominance Algorithm"). */

import type { Block, FlowGraph } from "./flow-graph.ts";

export interface Dominators {
  readonly order: readonly number[];
  /** Position in reverse postorder. */
  readonly index: ReadonlyMap<number, number>;
  readonly parent: ReadonlyMap<number, number>;
  dominates(a: number, b: number): boolean;
}

/** All edges of a block: an exception may leave it for its innermost handler. */
function edgesOf(block: Block): readonly number[] {
  const handler = block.handlers.at(-1);
  return handler === undefined ? block.successors : [...block.successors, handler.block];
}

export function computeDominators(graph: FlowGraph): Dominators {
  const order = reversePostorder(graph);
  const index = new Map(order.map((block, i) => [block, i]));
  const predecessors = new Map<number, number[]>(order.map((block) => [block, []]));
  for (const block of order)
    for (const to of edges(graph, block)) predecessors.get(to)?.push(block);
  const parent = new Map<number, number>([[graph.entry, graph.entry]]);
  for (let changed = true; changed;) {
    changed = false;
    for (const block of order) {
      if (block === graph.entry) continue;
      let found: number | null = null;
      for (const before of predecessors.get(block) ?? []) {
        if (parent.has(before))
          found = found === null ? before : commonDominator(before, found, parent, index);
      }
      if (found !== null && parent.get(block) !== found) {
        parent.set(block, found);
        changed = true;
      }
    }
  }
  const dominates = (a: number, b: number): boolean => {
    for (let at = b; ;) {
      if (at === a) return true;
      const next = parent.get(at);
      if (next === undefined || next === at) return false;
      at = next;
    }
  };
  return { order, index, parent, dominates };
}

function edges(graph: FlowGraph, block: number): readonly number[] {
  const found = graph.blocks.get(block);
  return found === undefined ? [] : edgesOf(found);
}

function reversePostorder(graph: FlowGraph): readonly number[] {
  const seen = new Set<number>([graph.entry]);
  const postorder: number[] = [];
  // Iterative: functions with thousands of blocks must not overflow the stack.
  const path: { readonly block: number; readonly rest: number[] }[] = [
    { block: graph.entry, rest: [...edges(graph, graph.entry)].reverse() },
  ];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const next = top.rest.pop();
    if (next === undefined) {
      postorder.push(top.block);
      path.pop();
    } else if (!seen.has(next)) {
      seen.add(next);
      path.push({ block: next, rest: [...edges(graph, next)].reverse() });
    }
  }
  return postorder.reverse();
}

function commonDominator(
  a: number,
  b: number,
  parent: ReadonlyMap<number, number>,
  index: ReadonlyMap<number, number>,
): number {
  let left = a;
  let right = b;
  const positionOf = (block: number): number => index.get(block) ?? 0;
  const up = (block: number): number => parent.get(block) ?? block;
  while (left !== right) {
    while (positionOf(left) > positionOf(right)) left = up(left);
    while (positionOf(right) > positionOf(left)) right = up(right);
  }
  return left;
}
