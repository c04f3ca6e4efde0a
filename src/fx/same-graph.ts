import type { Graph } from "./graph.ts";
import { isGraphModule } from "./graph-module-brand.ts";
import { type Argument, isNode, isPlainObject, type Node } from "./node.ts";

/** Whether two graphs do the same, node by node; names do not count. */
export function sameGraph(first: Graph, second: Graph): boolean {
  if (first.nodes.length !== second.nodes.length) return false;
  const twins = new Map<Node, Node>();
  return first.nodes.every((node, index) => {
    const other = second.nodes[index];
    if (other === undefined) return false;
    twins.set(node, other);
    return (
      sameTarget(first, node, second, other) &&
      node.meta.type === other.meta.type &&
      sameArgument(node.args, other.args, twins) &&
      sameArgument(node.kwargs, other.kwargs, twins)
    );
  });
}

function sameTarget(first: Graph, node: Node, second: Graph, other: Node): boolean {
  if (node.op !== other.op) return false;
  if (node.op === "placeholder" || node.op === "output") return true;
  if (node.op !== "get_attr") return node.target === other.target;
  if (typeof other.target !== "string") return false;
  const a = first.attributes.get(node.target);
  const b = second.attributes.get(other.target);
  return a === b || (isGraphModule(a) && isGraphModule(b) && sameGraph(a.graph, b.graph));
}

function sameArgument(a: Argument, b: Argument, twins: ReadonlyMap<Node, Node>): boolean {
  if (isNode(a)) return twins.get(a) === b;
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item: Argument, index) => sameArgument(item, b[index], twins))
    );
  }
  if (isPlainObject(a) && isPlainObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.join() === Object.keys(b).join() &&
      keys.every((key) => sameArgument(a[key], b[key], twins))
    );
  }
  return Object.is(a, b);
}
