import { InternalError } from "../../../base/errors.ts";
import { kernelMemoryOrNull } from "../../../runtime/kernel-memory.ts";
import {
  type InstalledKernel,
  kernelRuntime,
  type KernelRuntime,
} from "../../../runtime/kernel-runtime.ts";
import { wasmFeatures } from "../../../wasm/features.ts";
import { ModuleBuilder } from "../../../wasm/module-builder.ts";
import { type MersenneTwister, stateLength } from "../mersenne-twister.ts";
import { defineDraw, stateBytes } from "./draw-words.ts";
import { defineCount, defineRemainders, defineShuffle } from "./integer-kernels.ts";
import { defineNormal, normalArguments } from "./normal-kernel.ts";
import { defineUniform } from "./uniform-kernel.ts";

/** What only the drawing thread calls. */
const names = ["draw", "uniform", "remainders", "count", "shuffle"] as const;

type Functions = Readonly<Record<(typeof names)[number], WebAssembly.ExportedFunction>>;

/** How many words are drawn at a time for those who make something else of them: they stay in the first-level cache. */
export const chunkWords = 4096;

/** Blocks of 16 normal numbers that take a thread some ten microseconds. */
const chunkBlocks = 64;

/** What fills the kernel memory with random numbers. Addresses are bytes. */
export class RandomKernels {
  readonly #runtime: KernelRuntime;
  readonly #functions: Functions;
  readonly #normal: InstalledKernel;
  readonly #state: number;
  readonly #arguments: number;
  readonly #chunk: number;

  constructor(runtime: KernelRuntime) {
    const { memory } = runtime;
    this.#runtime = runtime;
    this.#functions = functionsOf(runtime);
    this.#normal = installNormal(runtime);
    this.#state = memory.allocate(stateBytes);
    this.#arguments = memory.allocate(normalArguments.sizeBytes);
    this.#chunk = memory.allocate(chunkWords * Uint32Array.BYTES_PER_ELEMENT);
  }

  /** Room for words, as long as the memory does not grow. */
  chunk(): Uint32Array {
    return new Uint32Array(this.#runtime.memory.buffer, this.#chunk, chunkWords);
  }

  /** Writes the engine's next words; false where it is in a state that only a restored one can be in. */
  draw(engine: MersenneTwister, address: number, count: number): boolean {
    const available = engine.left - 1;
    if (engine.next + available > stateLength) return false;
    const { memory } = this.#runtime;
    const place = this.#state >>> 2;
    memory.i32.set(engine.state, place);
    const next = this.#functions.draw(this.#state, engine.next, available, address, count);
    if (count > available) {
      engine.state.set(memory.i32.subarray(place, place + stateLength));
      engine.left = stateLength + 1 - Number(next);
    } else engine.left -= count;
    engine.next = Number(next);
    return true;
  }

  /** Words in place become float32 numbers in [0, 1); `end` is a whole number of vectors behind the start. */
  uniform(address: number, end: number): void {
    this.#functions.uniform(address, end);
  }

  /** Remainders of the words plus `base`, as int64. */
  remainders(words: Uint32Array, out: number, modulus: number, base: bigint): void {
    const end = words.byteOffset + words.byteLength;
    this.#functions.remainders(words.byteOffset, end, out, BigInt(modulus), base);
  }

  /** 0, 1, 2 and so on, as int64. */
  count(address: number, count: number): void {
    this.#functions.count(address, address + count * 8);
  }

  /** Exchanges int64 elements from `address` on with one of `left` from there on, one for each word. */
  shuffle(words: Uint32Array, address: number, left: number): void {
    this.#functions.shuffle(words.byteOffset, words.byteOffset + words.byteLength, address, left);
  }

  /** Uniform float32 numbers become normal ones, in blocks of 16. */
  normal(address: number, blocks: number, mean: number, std: number): void {
    const { memory } = this.#runtime;
    const parameters = new Float32Array(memory.buffer, this.#arguments, 3);
    parameters[normalArguments.mean / 4] = mean;
    parameters[normalArguments.std / 4] = std;
    memory.i32[(this.#arguments + normalArguments.address) >>> 2] = address;
    this.#runtime.launch(this.#normal, this.#arguments, blocks, chunkBlocks);
  }
}

function functionsOf(runtime: KernelRuntime): Functions {
  const module = moduleFor(runtime);
  defineDraw(module);
  defineUniform(module);
  defineRemainders(module);
  defineCount(module);
  defineShuffle(module);
  const [draw, uniform, remainders, count, shuffle] = runtime.instantiate(module.encode(), names);
  if (!draw || !uniform || !remainders || !count || !shuffle)
    throw new InternalError("a module gave fewer functions than it was asked for");
  return { draw, uniform, remainders, count, shuffle };
}

/** The only one that is worth sharing with other threads. */
function installNormal(runtime: KernelRuntime): InstalledKernel {
  const module = moduleFor(runtime);
  defineNormal(module);
  const [normal] = runtime.install(module.encode(), ["normal"]);
  if (normal === undefined) throw new InternalError("a module did not give its kernel");
  return normal;
}

function moduleFor({ memory }: KernelRuntime): ModuleBuilder {
  const module = new ModuleBuilder("random");
  module.importMemory("env", "memory", { shared: memory.isShared });
  return module;
}

const kernelsOf = new WeakMap<KernelRuntime, RandomKernels>();

/**
 * Makes the kernels for this thread. Whoever fills the kernel memory calls this before looking at it: making them may
 * let the memory grow, which ends all views of it, so nothing below does.
 */
export function prepareRandomKernels(): void {
  if (!wasmFeatures().simd || kernelMemoryOrNull() === null) return;
  const runtime = kernelRuntime();
  if (!kernelsOf.has(runtime)) kernelsOf.set(runtime, new RandomKernels(runtime));
}

/** Null as long as they are not prepared. */
export function randomKernels(): RandomKernels | null {
  if (kernelMemoryOrNull() === null) return null;
  return kernelsOf.get(kernelRuntime()) ?? null;
}

/** The kernels for elements that lie in the kernel memory; null for others. */
export function randomKernelsFor({ buffer }: ArrayBufferView): RandomKernels | null {
  return buffer === kernelMemoryOrNull()?.buffer ? randomKernels() : null;
}
