import type { Graph } from "./graph.ts";
import { printedTarget } from "./node.ts";
import { printArgument, readable } from "./print-argument.ts";

const header = ["opcode", "name", "target", "args", "kwargs"] as const;

/** The graph as a table, a row a node: the text of `TORCH_LOGS=graph`. */
export function printTable(graph: Graph): string {
  const rows = graph.nodes.map((node) => [
    node.op,
    node.name,
    printedTarget(node),
    `(${node.args.map((argument) => printArgument(argument, readable)).join(", ")})`,
    printArgument(node.kwargs, readable),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join(
    "\n",
  );
}

/** Dtype and shape of every value that has them: the text of `TORCH_LOGS=graph_sizes`. */
export function printTypes(graph: Graph): string {
  return graph.nodes
    .filter((node) => node.meta.type !== null)
    .map((node) => `${node.name}: ${node.meta.type}`)
    .join("\n");
}
