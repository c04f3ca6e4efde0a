import type { GraphModule } from "../fx/graph-module-brand.ts";
import { type Backend, type CompiledGraph, lookup_backend } from "./backends.ts";

/** A backend that keeps graphs and counts, and leaves running them to another (or to the graphs themselves). */
export interface CompileCounter {
  (graphModule: GraphModule, exampleInputs: readonly unknown[]): CompiledGraph;
  /** How many graphs it was given. */
  frame_count: number;
  /** How many calls there are in these graphs, method calls included. */
  op_count: number;
  /** The graphs, in the order of their capture. */
  readonly graphs: GraphModule[];
  /** Forgets the graphs and starts counting at zero. */
  clear(): void;
}

class CompileCounterFactory {
  constructor() {
    return makeCompileCounter((graphModule) => graphModule);
  }
}

class CompileCounterWithBackendFactory {
  constructor(backend: string | Backend) {
    return makeCompileCounter(lookup_backend(backend));
  }
}

/** `torch._dynamo.testing.CompileCounter`: `new CompileCounter()` is a function, to be passed as `backend` directly. */
// A constructor that returns an object gives that object: here the counter.
export const CompileCounter = CompileCounterFactory as new () => CompileCounter;

/** `torch._dynamo.testing.CompileCounterWithBackend`: counts what it passes on to another backend. */
export const CompileCounterWithBackend = CompileCounterWithBackendFactory as new (
  backend: string | Backend,
) => CompileCounter;

function makeCompileCounter(inner: Backend): CompileCounter {
  const compile: Backend = (graphModule: GraphModule, exampleInputs): CompiledGraph => {
    counter.frame_count += 1;
    counter.op_count += graphModule.graph.calls.length;
    counter.graphs.push(graphModule);
    return inner(graphModule, exampleInputs);
  };
  const clear = (): void => {
    counter.frame_count = 0;
    counter.op_count = 0;
    counter.graphs.length = 0;
  };
  const graphs: GraphModule[] = [];
  const counter: CompileCounter = Object.assign(compile, {
    frame_count: 0,
    op_count: 0,
    graphs,
    clear,
  });
  return counter;
}
