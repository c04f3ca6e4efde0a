/** A program of kernels only, over memory at fixed places: what a loop that runs in WebAssembly is made of. */
import { RuntimeScalar } from "../../core/runtime-scalar.ts";
import { isContiguousLayout, numelOf } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import type { Backend } from "../../loops/backend.ts";
import type { CompiledLaunch } from "../../loops/wasm/compiled-launch.ts";
import { slackBytes, writeWord } from "../../loops/wasm/write-arguments.ts";
import type { KernelMemory } from "../../runtime/kernel-memory.ts";
import type { OwnedBlock } from "../../runtime/owned-block.ts";
import type { RunItem } from "../../runtime/run-list.ts";
import { type MemoryPlan, planMemory } from "../execution/memory-plan.ts";
import { readyStep } from "../execution/ready-step.ts";
import type { Buffer, LaunchStep, Program } from "../program.ts";
import { mayThrow } from "../schedule/may-throw.ts";
import { visibleBuffers } from "../schedule/step-access.ts";

interface FixedLaunch {
  readonly step: LaunchStep;
  readonly compiled: CompiledLaunch;
}

/** Memory that stays where it is. */
export class FixedMemory {
  readonly memory: KernelMemory;
  /** Freed when this is unreachable. */
  readonly #blocks: OwnedBlock[] = [];

  constructor(memory: KernelMemory) {
    this.memory = memory;
  }

  /** Zeroed, with room for a vector behind it. */
  take(bytes: number): number {
    const block = this.memory.own(bytes + slackBytes, true);
    this.#blocks.push(block);
    return block.address;
  }

  /** A word that holds an address. */
  pointerTo(address: number): number {
    const pointer = this.take(4);
    writeWord(this.memory, pointer, address);
    return pointer;
  }
}

export class FixedProgram {
  readonly program: Program;
  readonly #launches: readonly FixedLaunch[];
  readonly #plan: MemoryPlan;
  readonly #memory: FixedMemory;
  readonly #arena: number;
  readonly #constants = new Map<Buffer, number>();

  /** Null: something in it is more than kernels, or changes from call to call. */
  static of(program: Program, backend: Backend, memory: FixedMemory): FixedProgram | null {
    if (program.fixedNumbers.size > 0 || program.scalarCount > 0) return null;
    const visible = visibleBuffers(program);
    const steps: LaunchStep[] = [];
    for (const step of program.steps) {
      if (step.kind === "launch") steps.push(step);
      // How often a tensor was changed shows.
      else if (step.kind !== "version" || visible.has(step.buffer)) return null;
    }
    if (steps.some(({ scalars }) => scalars.some((each) => each instanceof RuntimeScalar)))
      return null;
    const compiled = backend.compile?.(steps, { smallToo: true }) ?? [];
    const launches = steps.flatMap((step, index) => {
      const own = compiled[index] ?? null;
      return own === null ? [] : [{ step, compiled: own }];
    });
    if (launches.length < steps.length) return null;
    return new FixedProgram(program, launches, memory);
  }

  private constructor(program: Program, launches: readonly FixedLaunch[], memory: FixedMemory) {
    this.program = program;
    this.#launches = launches;
    this.#memory = memory;
    this.#plan = planMemory(program);
    this.#arena = memory.take(this.#plan.arenaBytes);
    for (const buffer of this.#plan.constants.buffers)
      this.#constants.set(buffer, memory.take(buffer.length * buffer.dtype.itemsize));
  }

  get arenaBytes(): number {
    return this.#plan.arenaBytes;
  }

  /** In each run; constants are computed once. */
  get kernelCount(): number {
    return this.#launches.length - this.#plan.constants.steps.size;
  }

  /** What is the same in every step of a loop. */
  constantItems(): readonly RunItem[] {
    const { constants } = this.#plan;
    return this.#launches
      .filter(({ step }) => constants.steps.has(step))
      .map((launch) => this.#kernelItem(launch, () => 0));
  }

  /** One run of the program, with inputs and outputs where `placeOf` says. */
  items(placeOf: (buffer: Buffer) => number): readonly RunItem[] {
    const { constants, zeroedBefore } = this.#plan;
    const zero = (buffer: Buffer): RunItem => ({
      kind: "zero",
      pointer: this.#memory.pointerTo(this.#addressOf(buffer, placeOf)),
      bytes: buffer.length * buffer.dtype.itemsize,
    });
    const given = this.program.buffers.filter(
      (buffer) => buffer.origin.kind === "made" && !this.program.overwritten.has(buffer),
    );
    const items: RunItem[] = given
      .filter((buffer) => visibleBuffers(this.program).has(buffer))
      .map(zero);
    this.program.steps.forEach((step, index) => {
      const launch = this.#launches.find((each) => each.step === step);
      if (launch === undefined || constants.steps.has(step)) return;
      items.push(...(zeroedBefore.get(index) ?? []).map(zero));
      if (launch.compiled.plan.units > 0) items.push(this.#kernelItem(launch, placeOf));
    });
    return items;
  }

  #kernelItem({ step, compiled }: FixedLaunch, placeOf: (buffer: Buffer) => number): RunItem {
    const { memory } = this.#memory;
    const args = this.#memory.take(compiled.layout.sizeBytes);
    const { words } = readyStep({ kind: "launch", step, compiled }, args);
    for (const { address, buffer, byteOffset } of words)
      if (buffer !== "spare")
        writeWord(memory, address, this.#addressOf(buffer, placeOf) + byteOffset);
    return {
      kind: "kernel",
      index: compiled.installed.index,
      args,
      units: compiled.plan.units,
      chunkUnits: compiled.chunkUnits,
      mayFail: mayThrow(step),
      number: 0,
    };
  }

  #addressOf(buffer: Buffer, placeOf: (buffer: Buffer) => number): number {
    const offset = this.#plan.offsets.get(buffer);
    if (offset !== undefined) return this.#arena + offset;
    return this.#constants.get(buffer) ?? placeOf(buffer);
  }
}

/** The buffer of a result that has it all to itself, in order; null for others. */
export function wholeBuffer(program: Program, result: TensorBase): Buffer | null {
  const { storage, shape, strides, offset } = stateOf(result);
  const buffer = program.bufferOf.get(storage);
  if (buffer?.origin.kind !== "made" || offset !== 0) return null;
  return isContiguousLayout(shape, strides) && numelOf(shape) === buffer.length ? buffer : null;
}
