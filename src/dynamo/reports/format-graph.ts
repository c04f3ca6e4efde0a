import type { GraphModule } from "../../fx/graph-module-brand.ts";
import { printGraphClass } from "../../fx/print-graph.ts";
import { printTable, printTypes } from "../../fx/print-table.ts";

/** The record of `TORCH_LOGS=graph_code`: a captured graph as JavaScript. */
export function formatGraphCode(name: string, { graph }: GraphModule): string {
  return `TRACED GRAPH\n===== ${name} =====\n${printGraphClass(graph)}`;
}

/** The record of `TORCH_LOGS=graph`: a captured graph as a table of its nodes. */
export function formatGraphTable(name: string, { graph }: GraphModule): string {
  return `TRACED GRAPH\n===== ${name} =====\n${printTable(graph)}`;
}

/** The record of `TORCH_LOGS=graph_sizes`: the types of a graph's values. */
export function formatGraphSizes(name: string, { graph }: GraphModule): string {
  return `TRACED GRAPH TENSOR SIZES\n===== ${name} =====\n${printTypes(graph)}`;
}
