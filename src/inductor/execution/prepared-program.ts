/** A program with everything done once that is the same in every call. Hot path of every call. */
import { OutOfMemoryError } from "../../base/errors.ts";
import { Storage } from "../../core/storage.ts";
import { at } from "../../core/shape.ts";
import type { GraphFailure } from "../../fx/graph-module-brand.ts";
import { writeWord } from "../../loops/wasm/write-arguments.ts";
import { kernelMemory, type KernelMemory } from "../../runtime/kernel-memory.ts";
import type { OwnedBlock } from "../../runtime/owned-block.ts";
import { Frame } from "../frame.ts";
import { frameLayout, type FrameLayout } from "../frame-layout.ts";
import type { Buffer, ChainStep, Program, TemplateStep } from "../program.ts";
import { outputsBefore, runProgram, runStep } from "../run-program.ts";
import { arenaIsLent, giveArenaBack, lendArena } from "./arena.ts";
import { ConstantFactors } from "./constant-factors.ts";
import { chainProducts } from "./chain-products.ts";
import type { Constants } from "./constants.ts";
import { splitTemplates } from "./split-templates.ts";
import { type ArenaWord, type Compiler, type PreparedStep, prepareSteps } from "./prepare-steps.ts";

export class PreparedProgram {
  readonly #program: Program;
  readonly #layout: FrameLayout;
  readonly #steps: readonly PreparedStep[];
  readonly #memory: KernelMemory;
  /** Arguments of kernels; before them the number of the step that a run got to. Null: none run as WebAssembly. */
  readonly #arguments: OwnedBlock | null;
  readonly #arenaBytes: number;
  readonly #arenaWords: readonly ArenaWord[];
  readonly #offsets: readonly (number | null)[];
  /** By slot: memory of what was computed once. */
  readonly #constants: readonly (Storage | null)[];
  /** The arena that the words and storages are for. */
  #arena: OwnedBlock | null = null;
  /** By slot: memory of intermediates and constants. */
  #lent: (Storage | null)[];
  #isRunning = false;

  readonly #compiler: Compiler;
  /** Null: looking for them is over. */
  readonly #constantFactors: ConstantFactors | null;
  /** This program, made anew for the constant factors that were found. */
  #successor: PreparedProgram | null = null;

  /** `constantFactors`: what is packed of them is kept; null: they are to be found in the first calls. */
  constructor(
    given: Program,
    compiler: Compiler,
    constantFactors: ReadonlySet<Buffer> | null = null,
  ) {
    const program = constantFactors === null ? chainProducts(splitTemplates(given)) : given;
    this.#program = program;
    this.#compiler = compiler;
    this.#layout = frameLayout(program);
    this.#memory = kernelMemory();
    this.#constantFactors =
      constantFactors === null ? new ConstantFactors(program, this.#layout) : null;
    const prepared = prepareSteps(
      program,
      this.#layout,
      compiler,
      this.#memory,
      constantFactors ?? new Set(),
    );
    this.#steps = prepared.steps;
    this.#arguments = prepared.block;
    this.#arenaWords = prepared.arenaWords;
    this.#arenaBytes = prepared.plan.arenaBytes;
    this.#offsets = this.#layout.buffers.map((buffer) => prepared.plan.offsets.get(buffer) ?? null);
    this.#constants = this.#computeConstants(prepared.plan.constants);
    this.#lent = [...this.#constants];
  }

  /** By slot. */
  #computeConstants({ steps, buffers }: Constants): readonly (Storage | null)[] {
    const storages = this.#offsets.map(() => null);
    const frame = new Frame(this.#program, this.#layout, [], storages);
    for (const step of steps) runStep(frame, step);
    return this.#layout.buffers.map((buffer, slot) =>
      buffers.has(buffer) ? frame.storageAt(slot) : null,
    );
  }

  /** What is to run in the next call: this, or one that was made for what this has found. */
  get next(): PreparedProgram {
    return this.#successor ?? this;
  }

  /** Whether it can run now: not in the middle of a call of itself, or of another program that has the arena. */
  get isFree(): boolean {
    return !this.#isRunning && (this.#arenaBytes === 0 || !arenaIsLent());
  }

  /** What is thrown is reported with the call it belongs to, and passes. */
  run(inputs: readonly unknown[], noteFailure: (failure: GraphFailure) => void): unknown {
    const program = this.#program;
    if (this.#arenaBytes > 0 && !this.#borrowArena())
      return runProgram(program, inputs, noteFailure);
    this.#isRunning = true;
    const frame = new Frame(program, this.#layout, inputs, this.#lent.slice());
    let current = 0;
    try {
      for (; current < this.#steps.length; current++)
        this.#runStep(frame, at(this.#steps, current));
    } catch (error) {
      const callIndex = this.#callOf(at(this.#steps, current));
      noteFailure({ callIndex, outputs: outputsBefore(program, frame, callIndex) });
      throw error;
    } finally {
      this.#isRunning = false;
      if (this.#arenaBytes > 0) giveArenaBack();
    }
    const constantFactors = this.#constantFactors?.note(frame) ?? null;
    if (constantFactors !== null)
      this.#successor = new PreparedProgram(program, this.#compiler, constantFactors);
    return frame.real(program.outputs);
  }

  #runStep(frame: Frame, prepared: PreparedStep): void {
    switch (prepared.kind) {
      case "run":
        return prepared.run.execute(frame, this.#memory, this.#progress);
      case "script":
        return prepared.script.execute(frame);
      case "zero": {
        const { buffer, byteOffset, byteLength } = frame.storageAt(prepared.slot).array;
        new Uint8Array(buffer, byteOffset, byteLength).fill(0);
        return;
      }
      case "item":
        return frame.bind(
          prepared.step.result,
          frame.storageAt(prepared.slot).array[prepared.offset],
        );
      case "other":
        if (prepared.step.kind === "template" || prepared.step.kind === "chain")
          this.#renew(frame, prepared.step);
        return runStep(frame, prepared.step);
    }
  }

  /** Intermediates have other contents in every call: whoever remembers something about them can tell by the version. */
  #renew(frame: Frame, { operands }: TemplateStep | ChainStep): void {
    for (const { buffer } of operands) {
      const slot = this.#layout.slotOf.get(buffer) ?? -1;
      if ((this.#offsets[slot] ?? null) !== null) frame.storageAt(slot).version += 1;
    }
  }

  get #progress(): number {
    return this.#arguments?.address ?? 0;
  }

  #callOf(prepared: PreparedStep): number {
    switch (prepared.kind) {
      case "run": {
        const reached = this.#memory.i32[this.#progress >>> 2] ?? 0;
        return at(prepared.run.steps, reached).step.callIndex;
      }
      case "script":
        return prepared.script.step.callIndex;
      case "zero":
        return prepared.callIndex;
      case "item":
      case "other":
        return prepared.step.callIndex;
    }
  }

  /** False where there is no room for all of it: memory that is given back step by step may do. */
  #borrowArena(): boolean {
    try {
      this.#useArena(lendArena(this.#arenaBytes, this.#arena));
      return true;
    } catch (error) {
      if (error instanceof OutOfMemoryError) return false;
      throw error;
    }
  }

  /** Has the intermediates in a block from now on. */
  #useArena(arena: OwnedBlock): void {
    if (arena === this.#arena) return;
    this.#arena = arena;
    for (const { address, byteOffset } of this.#arenaWords)
      writeWord(this.#memory, address, arena.address + byteOffset);
    this.#lent = this.#offsets.map((offset, slot) => {
      if (offset === null) return this.#constants[slot] ?? null;
      const { dtype, length } = at(this.#layout.buffers, slot);
      return Storage.within(dtype, length, arena, offset);
    });
  }
}
