import type { GraphModule } from "../fx/graph-module-brand.ts";
import { lookup_backend } from "./backends.ts";
import { compiledOf } from "./compiled-target.ts";
import {
  type GraphBreakRecord,
  formatGraphBreak,
  formatRewrite,
  graphBreakToJSON,
} from "./graph-breaks/graph-break-record.ts";
import { CompiledFunction } from "./units/compiled-function.ts";

/** What happened when a function was captured for one call. */
export interface ExplainOutput {
  readonly graphs: readonly GraphModule[];
  readonly graph_count: number;
  readonly graph_break_count: number;
  readonly break_reasons: readonly GraphBreakRecord[];
  readonly op_count: number;
  readonly ops_per_graph: readonly (readonly string[])[];
  toString(): string;
  toJSON(): unknown;
}

type AnyFunction = (this: never, ...args: never[]) => unknown;

/**
 * `torch._dynamo.explain(fn)(...args)`: captures `fn` afresh for this call and says what was captured and what broke.
 * Nothing compiled before is used or kept.
 *
 * @example
 * ```ts
 * console.log(String(torch._dynamo.explain(fn)(torch.ones(3))));
 * ```
 * @see https://docs.pytorch.org/docs/stable/torch.compiler_dynamo_overview.html
 */
export function explain<Fn extends AnyFunction>(
  fn: Fn,
): (this: unknown, ...args: Parameters<Fn>) => ExplainOutput {
  if (typeof fn !== "function") {
    throw new TypeError(`torch._dynamo.explain needs a function, but got ${String(fn)}`);
  }
  const target = compiledOf(fn)?.fn ?? fn;
  return function (this: unknown, ...args) {
    const graphs: GraphModule[] = [];
    const breaks: GraphBreakRecord[] = [];
    const compiled = new CompiledFunction(
      target,
      { fullgraph: false, dynamic: null, recompileLimit: null },
      lookup_backend("eager"),
      "eager",
    );
    compiled.observer = {
      graph: (graph) => graphs.push(graph),
      graphBreak: (record) => breaks.push(record),
    };
    compiled.call(this, args);
    return describe(graphs, breaks);
  };
}

function describe(
  graphs: readonly GraphModule[],
  breaks: readonly GraphBreakRecord[],
): ExplainOutput {
  const opsPerGraph = graphs.map(({ graph }) =>
    graph.calls.map((node) => (node.op === "call_function" ? node.targetName : node.target)),
  );
  const opCount = opsPerGraph.reduce((count, ops) => count + ops.length, 0);
  const text = [
    `Graph Count: ${graphs.length}`,
    `Graph Break Count: ${breaks.length}`,
    `Op Count: ${opCount}`,
    ...breaks.flatMap((record, index) => [
      `\nBreak Reason ${index + 1}:\n${formatGraphBreak(record)}`,
      ...(record.rewrite === null ? [] : [`\n${formatRewrite(record.rewrite)}`]),
    ]),
    ...opsPerGraph.map((ops, index) => `\nOps of graph ${index + 1}: ${ops.join(", ")}`),
  ].join("\n");
  return {
    graphs,
    graph_count: graphs.length,
    graph_break_count: breaks.length,
    break_reasons: breaks,
    op_count: opCount,
    ops_per_graph: opsPerGraph,
    toString: () => text,
    toJSON: () => ({
      graph_count: graphs.length,
      graph_break_count: breaks.length,
      op_count: opCount,
      ops_per_graph: opsPerGraph,
      break_reasons: breaks.map(graphBreakToJSON),
    }),
  };
}
