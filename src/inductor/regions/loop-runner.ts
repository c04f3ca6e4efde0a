/** Loops of a graph by what they are called with. */
import { isFake, isTensor, type TensorBase } from "../../core/tensor.ts";
import { metaOf } from "../../core/tensor-meta.ts";
import type { GraphModule } from "../../fx/graph-module-brand.ts";
import { currentBackend, kernelGeneration } from "../../loops/run-computation.ts";
import { wasmBackend } from "../../loops/wasm/wasm-backend.ts";
import { kernelMemoryOrNull } from "../../runtime/kernel-memory.ts";
import { NotCompilableError } from "../not-compilable.ts";
import type { Program } from "../program.ts";
import { ProgramCache } from "../program-cache.ts";
import { WhileLoop } from "./while-loop.ts";

export class LoopRunner {
  readonly #programOf: (module: GraphModule, inputs: readonly unknown[]) => Program;
  #loops = new ProgramCache<WhileLoop | "notFixed">();
  #generation = -1;

  constructor(programOf: (module: GraphModule, inputs: readonly unknown[]) => Program) {
    this.#programOf = programOf;
  }

  /** What is carried in the end; null where the loop does not run in WebAssembly as a whole. */
  run(
    test: GraphModule,
    step: GraphModule,
    carried: readonly unknown[],
    operands: readonly unknown[],
  ): readonly TensorBase[] | null {
    const values = [...carried, ...operands];
    // Another backend is there to be tested, or observes every launch.
    if (currentBackend() !== wasmBackend || !values.every(isRealTensor)) return null;
    if (this.#generation !== kernelGeneration()) {
      this.#loops = new ProgramCache();
      this.#generation = kernelGeneration();
    }
    let loop = this.#loops.find(values);
    if (loop === null)
      this.#loops.add(values, null, (loop = this.#prepare(test, step, values) ?? "notFixed"));
    return loop === "notFixed" ? null : loop.run(values);
  }

  #prepare(test: GraphModule, step: GraphModule, values: readonly TensorBase[]): WhileLoop | null {
    const memory = kernelMemoryOrNull();
    if (memory === null) return null;
    try {
      const programs = [test, step].map((module) => this.#programOf(module, values));
      const [testProgram, stepProgram] = programs;
      if (testProgram === undefined || stepProgram === undefined) return null;
      return WhileLoop.prepare(testProgram, stepProgram, values.map(metaOf), wasmBackend, memory);
    } catch (error) {
      if (error instanceof NotCompilableError) return null;
      throw error;
    }
  }
}

const isRealTensor = (value: unknown): value is TensorBase => isTensor(value) && !isFake(value);
