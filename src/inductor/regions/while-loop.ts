/** A `while_loop` over tensors of fixed shape that runs in WebAssembly: kernels and jumps, nothing is allocated per step. */
import { emit } from "../../base/logging.ts";
import { constructTensor } from "../../core/make-tensor.ts";
import { at, isContiguousLayout, numelOf } from "../../core/shape.ts";
import { arrayOver, Storage, type StoredArray } from "../../core/storage.ts";
import { isTensor, stateOf, type TensorBase } from "../../core/tensor.ts";
import type { TensorMeta } from "../../core/tensor-meta.ts";
import type { Backend } from "../../loops/backend.ts";
import { errorOf } from "../../loops/wasm/kernel-failures.ts";
import type { KernelMemory } from "../../runtime/kernel-memory.ts";
import { kernelRuntime, type RunList } from "../../runtime/kernel-runtime.ts";
import { runItemBytes, type RunItem, writeRunList } from "../../runtime/run-list.ts";
import type { Buffer, Program } from "../program.ts";
import { FixedMemory, FixedProgram, wholeBuffer } from "./fixed-program.ts";

/** Loops over more memory than this spend their time in kernels anyway. */
const maximumBytes = 2 ** 18;

/** A value of the loop that has a place of its own: two where each step computes it anew from the other. */
interface Place {
  readonly meta: TensorMeta;
  readonly now: number;
  /** The same where the loop does not change it. */
  readonly next: number;
}

export class WhileLoop {
  readonly #carriedCount: number;
  readonly #places: readonly Place[];
  readonly #memory: KernelMemory;
  /** A word that is 0 once a step ran, and the number of the kernel that failed. */
  readonly #ranNone: number;
  readonly #progress: number;
  readonly #list: RunList;
  /** By place. */
  #views: readonly StoredArray[] = [];

  /**
   * For values of these dtypes and shapes: carried ones, then operands; `test` and `step` take all of them. Null where the
   * values are not contiguous, the loop does more than kernels, or needs too much memory.
   */
  static prepare(
    test: Program,
    step: Program,
    metas: readonly TensorMeta[],
    backend: Backend,
    memory: KernelMemory,
  ): WhileLoop | null {
    const results = step.outputs;
    const [condition] = Array.isArray(test.outputs) ? test.outputs : [];
    if (!isTensor(condition) || condition.dtype.category !== "bool" || !Array.isArray(results))
      return null;
    const sources = results.map((result: unknown, index) => sourceOf(step, result, index, metas));
    const own = sources.filter((source) => source !== "same");
    if (sources.includes(null) || new Set(own).size < own.length) return null;
    if (
      metas.some(
        ({ requires_grad, shape, strides }) => requires_grad || !isContiguousLayout(shape, strides),
      )
    )
      return null;
    const bytes = metas.reduce((sum, meta) => sum + 2 * bytesOf(meta), 0);
    if (bytes > maximumBytes) return null;
    const fixed = new FixedMemory(memory);
    const programs = [test, step].map((program) => FixedProgram.of(program, backend, fixed));
    const [testProgram, stepProgram] = programs;
    if (testProgram === null || stepProgram === null) return null;
    if (testProgram === undefined || stepProgram === undefined) return null;
    if (testProgram.arenaBytes + stepProgram.arenaBytes > maximumBytes) return null;
    const kernelCount = testProgram.kernelCount + stepProgram.kernelCount;
    emit("schedule", `LOOP\n${kernelCount} kernels for each step, without leaving WebAssembly`);
    return new WhileLoop(fixed, testProgram, stepProgram, metas, sources);
  }

  private constructor(
    fixed: FixedMemory,
    test: FixedProgram,
    step: FixedProgram,
    metas: readonly TensorMeta[],
    /** By carried value. */
    sources: readonly (Source | null)[],
  ) {
    this.#carriedCount = sources.length;
    this.#memory = fixed.memory;
    this.#places = metas.map((meta, index) => {
      const now = fixed.take(bytesOf(meta));
      const isComputed = index < sources.length && at(sources, index) !== "same";
      return { meta, now, next: isComputed ? fixed.take(bytesOf(meta)) : now };
    });
    this.#ranNone = fixed.take(4);
    this.#progress = fixed.take(4);
    this.#list = this.#writeList(fixed, test, step, sources);
  }

  /**
   *     again: unless test(now): end        step: now -> next
   *            unless test(next): moved     step: next -> now    jump again
   *     moved: copy next -> now
   *     end:
   */
  #writeList(
    fixed: FixedMemory,
    test: FixedProgram,
    step: FixedProgram,
    sources: readonly (Source | null)[],
  ): RunList {
    const constants = [...test.constantItems(), ...step.constantItems()];
    const [fromNow, fromNext] = (["now", "next"] as const).map((side) => {
      const other = side === "now" ? "next" : "now";
      const truths = new Map<Buffer, number>();
      const placeOf = (buffer: Buffer): number => {
        if (buffer.origin.kind === "input") return at(this.#places, buffer.origin.index)[side];
        const index = sources.indexOf(buffer);
        if (index >= 0) return at(this.#places, index)[other];
        const known = truths.get(buffer) ?? fixed.take(buffer.length * buffer.dtype.itemsize);
        truths.set(buffer, known);
        return known;
      };
      return {
        test: test.items(placeOf),
        address: addressOfResult(test.program, placeOf),
        step: step.items(placeOf),
      };
    });
    if (fromNow === undefined || fromNext === undefined)
      throw new RangeError("there are two sides");
    const mark: RunItem = { kind: "zero", pointer: fixed.pointerTo(this.#ranNone), bytes: 4 };
    const copies = this.#places
      .filter(({ now, next }) => now !== next)
      .map(({ meta, now, next }): RunItem => ({
        kind: "copy",
        to: fixed.pointerTo(now),
        from: fixed.pointerTo(next),
        bytes: bytesOf(meta),
        toStep: 0,
        fromStep: 0,
      }));
    const again = constants.length;
    const half = again + fromNow.test.length + 1 + 1 + fromNow.step.length;
    const moved = half + fromNext.test.length + 1 + fromNext.step.length + 1;
    const items: RunItem[] = [
      ...constants,
      ...fromNow.test,
      { kind: "unless", address: fromNow.address, target: moved + copies.length },
      mark,
      ...fromNow.step,
      ...fromNext.test,
      { kind: "unless", address: fromNext.address, target: moved },
      ...fromNext.step,
      { kind: "jump", target: again },
      ...copies,
    ];
    const owner = this.#memory.own(items.length * runItemBytes, false);
    writeRunList(this.#memory.i32, owner.address, items);
    const end = owner.address + items.length * runItemBytes;
    const forks = items.some((item) => item.kind === "kernel" && item.units > item.chunkUnits);
    return { begin: owner.address, end, forks, owner };
  }

  /** `values`: carried ones, then operands. Gives what is carried in the end. */
  run(values: readonly TensorBase[]): readonly TensorBase[] {
    const views = this.#currentViews();
    for (let index = 0; index < views.length; index++) {
      const { storage, offset } = stateOf(at(values, index));
      const target = at(views, index);
      const { array } = storage;
      const isWhole = offset === 0 && array.length === target.length;
      const source = isWhole ? array : array.subarray(offset, offset + target.length);
      target.set(source as never); // of the same class
    }
    this.#memory.i32[this.#ranNone >>> 2] = 1;
    const failure = kernelRuntime().runList(this.#list, this.#progress);
    if (failure !== null) throw errorOf(failure);
    const carried = values.slice(0, this.#carriedCount);
    // Without a single step the results are the very tensors that were carried in.
    if (this.#memory.i32[this.#ranNone >>> 2] === 1) return carried;
    return carried.map((value, index) => {
      const { meta, now, next } = at(this.#places, index);
      if (now === next) return value;
      const { dtype, shape, strides } = meta;
      const storage = Storage.allocate(dtype, numelOf(shape), false);
      // Only now: allocating may have moved the views.
      storage.array.set(at(this.#currentViews(), index) as never); // of the same class
      const result = constructTensor(storage, dtype, { shape, strides, offset: 0 }, null);
      stateOf(result).meta = meta;
      return result;
    });
  }

  /** The places as arrays, made anew when the memory has grown. */
  #currentViews(): readonly StoredArray[] {
    const { buffer } = this.#memory;
    if (this.#views[0]?.buffer !== buffer)
      this.#views = this.#places.map(({ meta, now }) =>
        arrayOver(meta.dtype, buffer, now, numelOf(meta.shape)),
      );
    return this.#views;
  }
}

/** Where a step leaves a carried value: in a buffer of its own, or where it was. */
type Source = Buffer | "same";

function sourceOf(
  step: Program,
  result: unknown,
  index: number,
  metas: readonly TensorMeta[],
): Source | null {
  if (!isTensor(result)) return null;
  if (step.inputs[index] === result) return "same";
  const { dtype, shape, strides } = stateOf(result);
  const meta = at(metas, index);
  const isAlike =
    dtype === meta.dtype &&
    shape.join() === meta.shape.join() &&
    strides.join() === meta.strides.join();
  return isAlike ? wholeBuffer(step, result) : null;
}

function addressOfResult(test: Program, placeOf: (buffer: Buffer) => number): number {
  const [condition] = Array.isArray(test.outputs) ? test.outputs : [];
  if (!isTensor(condition)) throw new RangeError("the test of a loop gives a tensor");
  const { storage, offset } = stateOf(condition);
  const buffer = test.bufferOf.get(storage);
  if (buffer === undefined)
    throw new RangeError("the test of a loop gives a tensor of unknown memory");
  return placeOf(buffer) + offset;
}

const bytesOf = ({ dtype, shape }: TensorMeta): number => numelOf(shape) * dtype.itemsize;
