import type { GraphModule } from "../fx/graph-module-brand.ts";
import type { CompiledGraph } from "./backends.ts";

/** A backend that runs graphs as they are, keeps them and counts. */
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
    return makeCompileCounter();
  }
}

/** `torch._dynamo.testing.CompileCounter`: `new CompileCounter()` is a function, to be passed as `backend` directly. */
// A constructor that returns an object gives that object: here the counter.
export const CompileCounter = CompileCounterFactory as new () => CompileCounter;

function makeCompileCounter(): CompileCounter {
  const compile = (graphModule: GraphModule): CompiledGraph => {
    counter.frame_count += 1;
    counter.op_count += graphModule.graph.calls.length;
    counter.graphs.push(graphModule);
    return graphModule;
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
