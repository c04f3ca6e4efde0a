/** Bytecode back to JavaScript, from any pc to the end of the frame. */

import type { Code } from "../code.ts";
import { printBlock } from "./block-text.ts";
import { printDispatch } from "./dispatch.ts";
import { computeDominators } from "./dominators.ts";
import { buildFlowGraph } from "./flow-graph.ts";
import { Naming } from "./naming.ts";
import { printStructured } from "./structure.ts";

export interface GenerateOptions {
  /** Captures that are plain globals: written by bare name. */
  readonly globalNames?: ReadonlySet<string>;
  /** Where control leaves the generated code through `$split` instead of going on, the start excepted. */
  readonly splitAt?: ReadonlySet<number>;
  /** Only for tests of the fallback: `switch` output even where structured output exists. */
  readonly shape?: "best" | "dispatch";
}

/**
 * JavaScript that continues a frame of `code` at `pc`, an expression that gives a function (for a generator or async
 * function a generator of `SuspensionRequest`s) to be called with the frame's `this` and `($args, $newTarget, $self, $captures, $locals, $stack)`. It mentions `$r` (runtime), `$instructions`, `$closure`, `$mark` and `$split`.
 */
export function generateFrom(code: Code, pc: number, options: GenerateOptions = {}): string {
  const depth = code.depthAt(pc);
  if (depth < 0) throw new Error(`no path of ${code.name} reaches pc ${pc}`);
  const naming = new Naming(code, options.globalNames ?? new Set());
  const graph = buildFlowGraph(code, pc, options.splitAt ?? new Set());
  const print = (block: Parameters<typeof printBlock>[2]): ReturnType<typeof printBlock> =>
    printBlock(code, naming, block, graph.patterns);
  const structured =
    options.shape === "dispatch" ? null : printStructured(graph, computeDominators(graph), print);
  const body = structured ?? printDispatch(graph, print);
  const declarations = naming.declarations(code.maxDepth, depth);
  const mode = code.isStrict ? '"use strict";\n' : "";
  return naming.around(
    `function${code.suspends === null ? "" : "*"}($args,$newTarget,$self,$captures,$locals,$stack){\n${mode}${declarations}\n${body}\n}`,
  );
}
