import type { GraphModule } from "../fx/graph-module-brand.ts";
import type { CompiledGraph } from "./backends.ts";

/**
 * `torch._dynamo.testing.CompileCounter`: a backend that runs graphs as they are, keeps them and counts.
 * `new CompileCounter()` gives a function, so that it can be passed as `backend` directly.
 */
export interface CompileCounter {
  (graphModule: GraphModule, exampleInputs: readonly unknown[]): CompiledGraph;
}

export class CompileCounter {
  static {
    // Counters are functions, so `call`, `apply` and `bind` are expected of them.
    Object.setPrototypeOf(this.prototype, Function.prototype);
  }

  /** How many graphs it was given. */
  declare frame_count: number;
  /** How many calls there are in these graphs, method calls included. */
  declare op_count: number;
  /** The graphs, in the order of their capture. */
  declare readonly graphs: GraphModule[];

  constructor() {
    const compile = (graphModule: GraphModule): CompiledGraph => {
      counter.frame_count += 1;
      counter.op_count += graphModule.graph.calls.length;
      counter.graphs.push(graphModule);
      return graphModule;
    };
    const counts = { frame_count: 0, op_count: 0, graphs: new Array<GraphModule>() };
    const counter: CompileCounter = Object.setPrototypeOf(
      Object.assign(compile, counts),
      CompileCounter.prototype,
    );
    return counter;
  }

  /** Forgets the graphs and starts counting at zero. */
  clear(): void {
    this.frame_count = 0;
    this.op_count = 0;
    this.graphs.length = 0;
  }
}
