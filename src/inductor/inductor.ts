/** The backend "inductor". */
import { emit } from "../base/logging.ts";
import type { CompiledGraph } from "../dynamo/backends.ts";
import type { GraphModule } from "../fx/graph-module-brand.ts";
import { currentBackend, kernelGeneration } from "../loops/run-computation.ts";
import { wasmBackend } from "../loops/wasm/wasm-backend.ts";
import { kernelMemoryOrNull } from "../runtime/kernel-memory.ts";
import { config } from "./config.ts";
import { PreparedProgram } from "./execution/prepared-program.ts";
import { logProgram } from "./log-program.ts";
import { inputsOverlap } from "./may-overlap.ts";
import { NotCompilableError } from "./not-compilable.ts";
import type { Program } from "./program.ts";
import { ProgramCache } from "./program-cache.ts";
import { recordGraph } from "./record-graph.ts";
import { writeDebugFiles } from "./write-debug-files.ts";
import { scheduleProgram } from "./schedule/schedule-program.ts";
import { runProgram } from "./run-program.ts";

/** Compiles a graph; `settings` are flags of the configuration that hold for it. What cannot be compiled runs operator by operator, with the same results. */
export function inductor(
  graphModule: GraphModule,
  exampleInputs: readonly unknown[],
  settings: Parameters<typeof config.patch>[0] = {},
): CompiledGraph {
  const cache = new ProgramCache<GraphRunner>();
  const prepare = (inputs: readonly unknown[]): GraphRunner => {
    const program = config.patch(settings, () => recorded(graphModule, inputs));
    const run = program === null ? graphModule : runnerOf(graphModule, program);
    cache.add(inputs, program?.fixedNumbers ?? new Map(), run);
    return run;
  };
  prepare(exampleInputs);
  return (...inputs) => (cache.find(inputs) ?? prepare(inputs))(...inputs);
}

type GraphRunner = (...inputs: readonly unknown[]) => unknown;

function runnerOf(graphModule: GraphModule, program: Program): GraphRunner {
  const written = writtenInputs(program);
  const noteFailure = graphModule.noteFailure;
  let prepared: PreparedProgram | null = null;
  let generation = -1;
  return (...inputs) => {
    if (written.length > 0 && inputsOverlap(inputs, written)) return graphModule(...inputs);
    if (currentBackend() !== wasmBackend || kernelMemoryOrNull() === null)
      return runProgram(program, inputs, noteFailure);
    if (prepared === null || generation !== kernelGeneration()) {
      prepared = new PreparedProgram(program, wasmBackend);
      generation = kernelGeneration();
    }
    return prepared.isFree
      ? prepared.run(inputs, noteFailure)
      : runProgram(program, inputs, noteFailure);
  };
}

function recorded(graphModule: GraphModule, inputs: readonly unknown[]): Program | null {
  try {
    const program = recordGraph(graphModule.graph, inputs);
    const scheduled = scheduleProgram(program);
    logProgram(scheduled);
    writeDebugFiles(graphModule, program, scheduled);
    return scheduled;
  } catch (error) {
    if (!(error instanceof NotCompilableError)) throw error;
    emit("perf_hints", `A graph runs operator by operator: ${error.message}.`);
    return null;
  }
}

/** The positions of inputs whose memory the graph changes. */
function writtenInputs({ steps }: Program): readonly number[] {
  const written = new Set<number>();
  for (const step of steps) {
    if (step.kind === "version" && step.buffer.origin.kind === "input")
      written.add(step.buffer.origin.index);
  }
  return [...written];
}
