import type { Graph } from "./graph.ts";
import { verifyGraph } from "./verify-graph.ts";

/** One rewriting of graphs. `Options` is what the pass must be told, `void` when nothing. */
export interface Pass<Options = void> {
  readonly name: string;
  readonly summary: string;
  readonly run: (graph: Graph, options: Options) => Graph;
}

/** What a finished pass did. */
export interface PassReport {
  readonly pass: string;
  readonly before: Graph;
  readonly after: Graph;
  readonly milliseconds: number;
}

export function definePass<Options = void>(pass: Pass<Options>): Pass<Options> {
  return pass;
}

/** Runs a pass, checks that it left a valid graph, and reports to `observe`: dumping and timing belong there. */
export function runPass<Options>(
  pass: Pass<Options>,
  graph: Graph,
  options: Options,
  observe: ((report: PassReport) => void) | null = null,
): Graph {
  const start = performance.now();
  const after = pass.run(graph, options);
  const milliseconds = performance.now() - start;
  verifyGraph(after);
  observe?.({ pass: pass.name, before: graph, after, milliseconds });
  return after;
}
