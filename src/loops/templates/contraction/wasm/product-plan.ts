/** A product of known sizes and steps, cut into launches of kernels before there is memory for it. */
import type { InstalledKernel, KernelRuntime } from "../../../../runtime/kernel-runtime.ts";
import type { KernelMemory } from "../../../../runtime/kernel-memory.ts";
import { at } from "../../../../core/shape.ts";
import type { ValueType } from "../../../expression.ts";
import type { MergedAxes } from "../merge-axes.ts";
import { writeOffsets } from "./offset-tables.ts";

/** An operand of the contraction, memory that is used during the product only, and memory that nobody else writes to. */
export type ProductMemory = number | "spare" | "kept";

export interface ProductPlace {
  readonly of: ProductMemory;
  readonly byteOffset: number;
}

export interface PlannedKernel {
  readonly installed: InstalledKernel;
  /** Where its arguments start in the block, in bytes. */
  readonly args: number;
  readonly units: number;
  readonly chunkUnits: number;
}

export interface PlannedScalar {
  readonly word: number;
  readonly slot: number;
  readonly type: ValueType;
}

export interface ProductPlan {
  /** In the order in which they run. */
  readonly kernels: readonly PlannedKernel[];
  /** The argument block, relative to its own start. */
  readonly words: Int32Array;
  /** Words to which the address of the block is added. */
  readonly ownAddresses: readonly number[];
  readonly addresses: readonly (ProductPlace & { readonly word: number })[];
  /** Words that get a number of the launch; 64-bit ones take two. */
  readonly scalars: readonly PlannedScalar[];
  readonly spareBytes: number;
  /** What is kept from one call to the next: a factor as it was packed; 0: nothing. */
  readonly keptBytes: number;
  /** The word that must not be 0 in calls in which that factor may be another one than before. */
  readonly stale: number | null;
  /** What `runtime.scratch` must give each thread. */
  readonly scratchBytes: number;
}

/** Writes the argument block; the words in `addresses` are left to the caller. */
export function writePlan({ memory }: KernelRuntime, plan: ProductPlan, block: number): void {
  const start = block >>> 2;
  const { i32 } = memory;
  i32.set(plan.words, start);
  for (const word of plan.ownAddresses) i32[start + word] = block + (plan.words[word] ?? 0);
}

/** Runs a product that keeps nothing and has no epilogue, in memory that is allocated for it. */
export function runPlan(
  runtime: KernelRuntime,
  plan: ProductPlan,
  addresses: readonly [number, number, number],
): void {
  const placed = placePlan(runtime, plan, addresses);
  try {
    placed.run();
  } finally {
    placed.free();
  }
}

/** A product without epilogue that is ready to run. */
export interface PlacedPlan {
  readonly run: () => void;
  readonly free: () => void;
}

/** Allocates what the plan needs beside its operands. What it keeps counts as current: nothing is packed. */
export function placePlan(
  runtime: KernelRuntime,
  plan: ProductPlan,
  addresses: readonly [number, number, number],
): PlacedPlan {
  const { memory } = runtime;
  const blocks: number[] = [];
  const allocate = (bytes: number): number => {
    const block = bytes === 0 ? 0 : memory.allocate(bytes);
    if (block !== 0) blocks.push(block);
    return block;
  };
  const free = (): void => blocks.forEach((block) => memory.free(block));
  try {
    runtime.reserveScratch(plan.scratchBytes);
    const block = allocate(plan.words.length * 4);
    const own = { spare: allocate(plan.spareBytes), kept: allocate(plan.keptBytes) };
    writePlan(runtime, plan, block);
    writeAddresses(memory, plan, block, (of) =>
      typeof of === "number" ? at(addresses, of) : own[of],
    );
    const run = (): void => {
      for (const { installed, args, units, chunkUnits } of plan.kernels)
        runtime.launch(installed, block + args, units, chunkUnits);
    };
    return { run, free };
  } catch (error) {
    free();
    throw error;
  }
}

function writeAddresses(
  { i32 }: KernelMemory,
  plan: ProductPlan,
  block: number,
  addressOf: (of: ProductMemory) => number,
): void {
  for (const { word, of, byteOffset } of plan.addresses)
    i32[(block >>> 2) + word] = addressOf(of) + byteOffset;
}

/** One plan that does what several do, one after the other, which keep nothing. They use the same spare memory. */
export function joinPlans(plans: readonly ProductPlan[]): ProductPlan {
  const words = new Int32Array(plans.reduce((sum, plan) => sum + plan.words.length, 0));
  const kernels: PlannedKernel[] = [];
  const ownAddresses: number[] = [];
  const addresses: (ProductPlace & { readonly word: number })[] = [];
  const scalars: PlannedScalar[] = [];
  let start = 0;
  for (const plan of plans) {
    words.set(plan.words, start);
    for (const own of plan.ownAddresses) {
      words[start + own] = (plan.words[own] ?? 0) + start * 4;
      ownAddresses.push(start + own);
    }
    for (const own of plan.addresses) addresses.push({ ...own, word: start + own.word });
    for (const own of plan.scalars) scalars.push({ ...own, word: start + own.word });
    for (const kernel of plan.kernels) kernels.push({ ...kernel, args: kernel.args + start * 4 });
    start += plan.words.length;
  }
  return {
    kernels,
    words,
    ownAddresses,
    addresses,
    scalars,
    spareBytes: Math.max(...plans.map(({ spareBytes }) => spareBytes)),
    keptBytes: 0,
    stale: null,
    scratchBytes: Math.max(...plans.map(({ scratchBytes }) => scratchBytes)),
  };
}

/** Lays out an argument block: named words first, then tables. */
export class PlanWriter<Word extends string> {
  readonly words: Int32Array;
  readonly ownAddresses: number[] = [];
  readonly addresses: (ProductPlace & { readonly word: number })[] = [];
  readonly scalars: PlannedScalar[] = [];
  readonly #places: Readonly<Record<Word, number>>;
  #next: number;

  /** `blocks`: how many times there are all named words, one after the other. */
  constructor(places: Readonly<Record<Word, number>>, blocks: number, tableWords: number) {
    this.#places = places;
    this.#next = Object.keys(places).length * blocks;
    this.words = new Int32Array(this.#next + tableWords);
  }

  /** The word number of block `block`. */
  #place(word: Word, block: number): number {
    return block * Object.keys(this.#places).length + this.#places[word];
  }

  /** Where the arguments of a block start, in bytes. */
  argsOf(block: number): number {
    return block * Object.keys(this.#places).length * 4;
  }

  set(word: Word, value: number, block = 0): void {
    this.words[this.#place(word, block)] = value;
  }

  setAddress(word: Word, place: ProductPlace, block = 0): void {
    this.setAddressAt(this.#place(word, block), place);
  }

  setAddressAt(word: number, { of, byteOffset }: ProductPlace): void {
    this.addresses.push({ word, of, byteOffset });
  }

  /** Lets a word point at one of the words of the block. */
  pointTo(word: Word, target: number, block = 0): void {
    this.pointAt(this.#place(word, block), target);
  }

  pointAt(word: number, target: number): void {
    this.words[word] = target * 4;
    this.ownAddresses.push(word);
  }

  /** Takes room for a table; gives its first word. */
  table(length: number): number {
    const start = this.#next;
    this.#next += length;
    return start;
  }

  /** A table of the distances of axes in bytes; gives its first word. */
  offsets(
    axes: MergedAxes,
    operand: 0 | 1 | 2,
    options: { readonly bytes: number; readonly padding: number },
  ): number {
    const start = this.#next;
    this.#next = writeOffsets(this.words, start, axes, operand, options);
    return start;
  }
}
