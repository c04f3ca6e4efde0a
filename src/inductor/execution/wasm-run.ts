/** Steps that run one after the other in WebAssembly, with their arguments in place. Hot path of every call. */
import { dtypes } from "../../core/dtype.ts";
import { convertScalar } from "../../core/scalar.ts";
import { at } from "../../core/shape.ts";
import { errorOf } from "../../loops/wasm/kernel-failures.ts";
import { writeScalar, writeWord } from "../../loops/wasm/write-arguments.ts";
import type { KernelMemory } from "../../runtime/kernel-memory.ts";
import { kernelRuntime, type RunList } from "../../runtime/kernel-runtime.ts";
import type { RunItem } from "../../runtime/run-list.ts";
import type { Frame } from "../frame.ts";
import type { Buffer, VersionStep } from "../program.ts";
import { accessOf } from "../schedule/step-access.ts";
import { mayThrow } from "../schedule/may-throw.ts";
import type { Program } from "../program.ts";
import type { KeptFactor } from "./kept-factor.ts";
import type { AddressWord, ReadyStep, ScalarWord } from "./ready-step.ts";
import { RunMemory } from "./run-memory.ts";

/** Zeroing of an intermediate, before the step of a number. */
export interface Zeroing {
  readonly before: number;
  readonly pointer: number;
  readonly bytes: number;
}

/** A word that gets the address of a buffer in this call, and so many bytes. */
export type BufferWord = AddressWord & { readonly buffer: Buffer };

/** Where a buffer has room in the argument block, for calls in which it is a small JavaScript array. */
export interface SmallPlace {
  readonly buffer: Buffer;
  readonly address: number;
}

/** What a run needs beside its steps. */
export interface RunMemoryNeeds {
  readonly words: readonly BufferWord[];
  readonly zeroings: readonly Zeroing[];
  readonly small: readonly SmallPlace[];
  /** Buffers that no step before this run uses. */
  readonly fresh: ReadonlySet<Buffer>;
}

export class WasmRun {
  readonly steps: readonly ReadyStep[];
  readonly #versions: readonly { readonly after: number; readonly step: VersionStep }[];
  readonly #memories: readonly RunMemory[];
  /** For the words at `#words`: which of the memories, and how many bytes from its start. */
  readonly #words: Int32Array;
  readonly #memoryOfWord: Int32Array;
  readonly #offsets: Float64Array;
  readonly #scalars: readonly ScalarWord[];
  readonly #kept: readonly { readonly factor: KeptFactor; readonly slot: number }[];
  readonly #addresses: number[];
  readonly items: readonly RunItem[];
  /** The items in the memory; null for a single kernel. */
  list: RunList | null = null;

  constructor(
    program: Program,
    slotOf: ReadonlyMap<Buffer, number>,
    steps: readonly ReadyStep[],
    versions: readonly { readonly after: number; readonly step: VersionStep }[],
    { words, zeroings, small, fresh }: RunMemoryNeeds,
  ) {
    this.steps = steps;
    this.#versions = versions;
    const buffers = [...new Set(words.map(({ buffer }) => buffer))];
    this.#memories = buffers.map((buffer) =>
      runMemory(program, buffer, slotOf, { steps, small, fresh }),
    );
    this.#words = Int32Array.from(words, ({ address }) => address >>> 2);
    this.#memoryOfWord = Int32Array.from(words, ({ buffer }) => buffers.indexOf(buffer));
    this.#offsets = Float64Array.from(words, ({ byteOffset }) => byteOffset);
    this.#addresses = buffers.map(() => 0);
    this.#kept = steps.flatMap(({ kept }) =>
      kept === null ? [] : [{ factor: kept, slot: slotOf.get(kept.buffer) ?? -1 }],
    );
    this.#scalars = steps.flatMap(({ scalars }) => scalars);
    this.items = steps.flatMap(({ step, kernels }, number): RunItem[] => [
      ...zeroings
        .filter(({ before }) => before === number)
        .map(({ pointer, bytes }): RunItem => ({ kind: "zero", pointer, bytes })),
      ...kernels.map(({ installed, args, units, chunkUnits }): RunItem => ({
        kind: "kernel",
        number,
        index: installed.index,
        args,
        units,
        chunkUnits,
        mayFail: mayThrow(step),
      })),
    ]);
  }

  /** Throws what a kernel reports. `frame` gives the memory and numbers of this call. */
  execute(frame: Frame, memory: KernelMemory, progress: number): void {
    writeWord(memory, progress, 0);
    let isDone = false;
    try {
      this.#writeArguments(frame, memory);
      const runtime = kernelRuntime();
      const { list } = this;
      if (list === null) {
        const { installed, args, units, chunkUnits } = at(at(this.steps, 0).kernels, 0);
        const failure = runtime.launch(installed, args, units, chunkUnits);
        if (failure !== null) throw errorOf(failure);
      } else {
        const failure = runtime.runList(list, progress);
        if (failure !== null) throw errorOf(failure);
      }
      isDone = true;
    } finally {
      this.#endStages(frame);
      if (!isDone) for (const { factor } of this.#kept) factor.forget();
      const reached = isDone ? this.steps.length : (memory.i32[progress >>> 2] ?? 0);
      for (const { after, step } of this.#versions)
        if (after <= reached) frame.storageOf(step.buffer).version += 1;
    }
  }

  #writeArguments(frame: Frame, memory: KernelMemory): void {
    const addresses = this.#addresses;
    // All of them before the first is written: taking an address may allocate, and so move the views of the memory.
    for (let index = 0; index < addresses.length; index++)
      addresses[index] = at(this.#memories, index).begin(frame, memory);
    for (const { address, type, scalar } of this.#scalars)
      writeScalar(
        memory,
        address,
        type,
        convertScalar(frame.scalar(scalar.slot), scalar.converted ?? dtypes.float64),
      );
    for (const { factor, slot } of this.#kept) factor.begin(frame, slot, memory);
    const { i32 } = memory;
    for (let index = 0; index < this.#words.length; index++) {
      const start = addresses[this.#memoryOfWord[index] ?? 0] ?? 0;
      i32[this.#words[index] ?? 0] = start + (this.#offsets[index] ?? 0);
    }
  }

  /** Writes back what was computed into copies. */
  #endStages(frame: Frame): void {
    for (const own of this.#memories) own.end(frame);
  }
}

function runMemory(
  program: Program,
  buffer: Buffer,
  slotOf: ReadonlyMap<Buffer, number>,
  {
    steps,
    small,
    fresh,
  }: Pick<RunMemoryNeeds, "small" | "fresh"> & { readonly steps: readonly ReadyStep[] },
): RunMemory {
  const accesses = steps.map(({ step }) => accessOf(program, step));
  const isWritten = accesses.some(({ writes }) => writes.has(buffer));
  return new RunMemory(buffer, slotOf.get(buffer) ?? -1, {
    isWritten,
    // Constants are overwritten as well, but before the program runs.
    // Where a step fails, those behind it do not write: what is copied back is then what was there.
    isWhole:
      isWritten &&
      fresh.has(buffer) &&
      program.overwritten.has(buffer) &&
      !steps.some(({ step }) => mayThrow(step)),
    smallAddress: small.find((each) => each.buffer === buffer)?.address ?? null,
  });
}
