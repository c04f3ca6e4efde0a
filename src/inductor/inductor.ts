/** The backend "inductor". */
import type { CompiledGraph } from "../dynamo/backends.ts";
import type { GraphModule } from "../fx/graph-module-brand.ts";
import type { config } from "./config.ts";
import { GraphCompiler } from "./graph-compiler.ts";

/** Compiles a graph; `settings` are flags of the configuration that hold for it. What cannot be compiled runs operator by operator, with the same results. */
export function inductor(
  graphModule: GraphModule,
  exampleInputs: readonly unknown[],
  settings: Parameters<typeof config.patch>[0] = {},
): CompiledGraph {
  return new GraphCompiler(settings).compile(graphModule, exampleInputs);
}
