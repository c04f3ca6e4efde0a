import { isCall, argumentNodes, type CallNode, type Node } from "../../fx/node.ts";
import { printCall, readable } from "../../fx/print-argument.ts";
import { leavesOf } from "../../symbolic/expression.ts";
import type { ComputationStep } from "../graph-breaks/graph-break-record.ts";
import type { Variable } from "../variables/variable.ts";

/** More operations than these say nothing that fewer do not. */
const mostSteps = 20;

/** The operations of the graph that gave a value, those nearest to it, in program order. */
export function computationOf(subject: Variable | null): readonly ComputationStep[] {
  const found: CallNode[] = [];
  const seen = new Set<Node>();
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const argument of argumentNodes(node)) visit(argument);
    if (isCall(node)) found.push(node);
  };
  for (const node of nodesOf(subject)) visit(node);
  return found.slice(-mostSteps).map((node) => ({
    operation: `${node.name} = ${printCall(node, readable)}`,
    source: node.meta.source,
  }));
}

function nodesOf(subject: Variable | null): readonly Node[] {
  if (subject === null) return [];
  switch (subject.kind) {
    case "lazy":
      return nodesOf(subject.forced);
    case "tensor":
      return subject.node === null ? [] : [subject.node];
    case "number":
      return [...leavesOf(subject.expression)].flatMap((leaf) => {
        if (leaf.kind === "node") return [leaf.node];
        return leaf.kind === "source" ? [] : nodesOf(leaf.tensor);
      });
    default:
      return [];
  }
}
