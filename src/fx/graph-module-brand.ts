import type { Graph } from "./graph.ts";

/** Which call of a graph threw, and its place among `graph.calls`. */
export interface GraphFailure {
  readonly callIndex: number;
  /** What the graph would have given, with undefined for what the failed call and those after it had to compute. */
  readonly outputs: unknown;
}

/** A captured graph that can be called with its inputs. */
export interface GraphModule {
  (...inputs: readonly unknown[]): unknown;
  readonly graph: Graph;
  /** The graph as a JavaScript method. */
  readonly code: string;
  /** Prints the graph and its sub-graphs as a class (unless `print_output` is false) and returns the text. */
  print_readable(options?: { readonly print_output?: boolean }): string;
  /** Does now what the first call would do: by then the program may have patched the built-ins that this takes. */
  prepare(): void;
  /** Where the last run threw; null when it did not, or when this was asked already. */
  takeFailure(): GraphFailure | null;
  /** For backends that run something else than the module itself: says where that threw. */
  noteFailure(failure: GraphFailure): void;
}

const graphModules = new WeakSet<object>();

/** Records that a function is a graph module. */
export function brandGraphModule(module: GraphModule): void {
  graphModules.add(module);
}

export function isGraphModule(value: unknown): value is GraphModule {
  return typeof value === "function" && graphModules.has(value);
}
