import { compileGraph } from "./compile-graph.ts";
import type { FailureReport, GraphRunner } from "./compile-graph.ts";
import { brandGraphModule, isGraphModule } from "./graph-module-brand.ts";
import type { GraphFailure, GraphModule } from "./graph-module-brand.ts";
import type { Graph } from "./graph.ts";
import { interpretGraph } from "./interpret-graph.ts";
import { printGraph, printGraphClass } from "./print-graph.ts";

/** Makes a graph callable: compiled to JavaScript on its first call, interpreted where code generation is forbidden. */
export function createGraphModule(graph: Graph, className = "GraphModule"): GraphModule {
  let failure: GraphFailure | null = null;
  const reportFailure: FailureReport = (callIndex, outputs) => {
    failure = { callIndex, outputs };
  };
  let run: GraphRunner | null = null;
  const forward = (...inputs: readonly unknown[]): unknown => {
    run ??= graphRunner(graph, reportFailure);
    return run(...inputs);
  };
  const prepare = (): void => {
    run ??= graphRunner(graph, reportFailure);
    for (const value of graph.attributes.values()) if (isGraphModule(value)) value.prepare();
  };
  const print_readable = (options: { readonly print_output?: boolean } = {}): string => {
    const text = printGraphClass(graph, className);
    if (options.print_output ?? true) console.log(text);
    return text;
  };
  const takeFailure = (): GraphFailure | null => {
    const taken = failure;
    failure = null;
    return taken;
  };
  const module: GraphModule = Object.assign(forward, {
    graph,
    code: "",
    print_readable,
    prepare,
    takeFailure,
    noteFailure: (noted: GraphFailure): void => {
      failure = noted;
    },
  });
  Object.defineProperty(module, "code", { get: () => printGraph(graph), enumerable: true });
  Object.defineProperty(module, "name", { value: className });
  brandGraphModule(module);
  return module;
}

function graphRunner(graph: Graph, reportFailure: FailureReport): GraphRunner {
  try {
    return compileGraph(graph, reportFailure);
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    return (...inputs) => interpretGraph(graph, inputs, reportFailure);
  }
}
