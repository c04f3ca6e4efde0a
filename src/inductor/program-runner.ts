/** A program as a function of its inputs. */
import type { GraphModule } from "../fx/graph-module-brand.ts";
import { currentBackend, kernelGeneration } from "../loops/run-computation.ts";
import { wasmBackend } from "../loops/wasm/wasm-backend.ts";
import { kernelMemoryOrNull } from "../runtime/kernel-memory.ts";
import type { Compiler } from "./execution/prepare-steps.ts";
import { PreparedProgram } from "./execution/prepared-program.ts";
import { inputsOverlap } from "./may-overlap.ts";
import type { Program } from "./program.ts";
import { runProgram } from "./run-program.ts";
import { suitsTrial } from "./trial-run.ts";

/** Carries a program out for the inputs of a call. */
export type ProgramRun = (inputs: readonly unknown[]) => unknown;

/**
 * `graphModule` is what the program was made of: inputs that share memory in a way that the recording did not know run it.
 * `isTrial`: these sizes may never come again, so nothing is prepared for them before the second call.
 * `compiler`: what makes code for the kernels, beside the backend.
 */
export function programRunner(
  graphModule: GraphModule,
  program: Program,
  { isTrial, ...compiler }: { readonly isTrial: boolean } & Omit<Compiler, "backend">,
): ProgramRun {
  const written = writtenInputs(program);
  const noteFailure = graphModule.noteFailure;
  let prepared: PreparedProgram | null = null;
  let generation = -1;
  let waits = isTrial && suitsTrial(program);
  return (inputs) => {
    if (written.length > 0 && inputsOverlap(inputs, written)) return graphModule(...inputs);
    if (currentBackend() !== wasmBackend || kernelMemoryOrNull() === null)
      return runProgram(program, inputs, noteFailure);
    if (waits) {
      waits = false;
      return runProgram(program, inputs, noteFailure);
    }
    if (prepared === null || generation !== kernelGeneration()) {
      prepared = new PreparedProgram(program, { backend: wasmBackend, ...compiler });
      generation = kernelGeneration();
    }
    prepared = prepared.next;
    return prepared.isFree
      ? prepared.run(inputs, noteFailure)
      : runProgram(program, inputs, noteFailure);
  };
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
