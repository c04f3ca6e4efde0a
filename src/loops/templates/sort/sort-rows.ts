/** Sorts along a dimension in WebAssembly. */
import { InternalError, OutOfMemoryError } from "../../../base/errors.ts";
import type { DTypeName } from "../../../core/dtype.ts";
import { at, isContiguousLayout, numelOf } from "../../../core/shape.ts";
import { stateOf, type TensorBase } from "../../../core/tensor.ts";
import { kernelMemoryOrNull } from "../../../runtime/kernel-memory.ts";
import {
  type InstalledKernel,
  kernelRuntime,
  type KernelRuntime,
} from "../../../runtime/kernel-runtime.ts";
import { argumentsAddress } from "../../../runtime/memory-layout.ts";
import { wasmFeatures } from "../../../wasm/features.ts";
import { sortRowsModule, sortScratchBytes, sortWords } from "./sort-rows-kernel.ts";

export interface RowSort {
  /** Contiguous, as the results are. */
  readonly source: TensorBase;
  readonly axis: number;
  readonly descending: boolean;
  /** The rank of the first element of the results: 0 is the smallest, or largest if `descending`. */
  readonly firstRank: number;
  /** Where there is a NaN, the first rank is that of the first NaN. */
  readonly prefersNaN: boolean;
  /** As `source`, but as long along `axis` as there are ranks to find. Null: only the indices are asked for. */
  readonly values: TensorBase | null;
  readonly indices: TensorBase;
  /** How many ranks. */
  readonly count: number;
}

/** Elements from which the kernel beats plain loops, its call included. */
const fewestElements = 64;
/** Elements that take a thread some ten microseconds. */
const chunkElements = 1024;
/** Longer rows are sorted one after the other, in room that is allocated for it. */
const longestSharedRow = 2 ** 16;

/** False, and nothing is done, where plain loops have to do it. */
export function sortRows(sort: RowSort): boolean {
  try {
    return sortInMemory(sort);
  } catch (error) {
    // No room for the tensors or the records: JavaScript finds the elements where they are.
    if (error instanceof OutOfMemoryError) return false;
    throw error;
  }
}

function sortInMemory(sort: RowSort): boolean {
  const { source, axis, values, indices, count } = sort;
  const { shape, strides, dtype } = stateOf(source);
  const elements = numelOf(shape);
  if (elements < fewestElements || count === 0) return false;
  if (!wasmFeatures().simd || kernelMemoryOrNull() === null) return false;
  for (const tensor of [source, values ?? indices, indices])
    if (!isContiguousLayout(tensor.shape, stateOf(tensor).strides)) return false;
  if (strides.length === 0) return false;
  const runtime = kernelRuntime();
  const { memory } = runtime;
  const length = at(shape, axis);
  const rows = elements / length;
  const scratchBytes = sortScratchBytes(dtype.name, length);
  const isShared = length <= longestSharedRow;
  const kernel = kernelFor(runtime, dtype.name);
  const tensors = [source, indices, ...(values === null ? [] : [values])];
  const addresses = tensors.map((tensor) => {
    const { storage, offset, dtype: own } = stateOf(tensor);
    return storage.address() + offset * own.itemsize;
  });
  if (isShared) runtime.reserveScratch(scratchBytes);
  const scratch = isShared ? 0 : memory.allocate(scratchBytes);
  try {
    const words = memory.i32;
    const set = (name: keyof typeof sortWords, value: number): void => {
      words[(argumentsAddress >>> 2) + sortWords[name]] = value;
    };
    set("source", at(addresses, 0));
    set("indices", at(addresses, 1));
    set("values", addresses[2] ?? 0);
    set("length", length);
    set("first", sort.firstRank);
    set("count", count);
    set("inner", numelOf(shape.slice(axis + 1)));
    set("descending", sort.descending ? 1 : 0);
    set("prefersNaN", sort.prefersNaN ? 1 : 0);
    set("scratch", scratch);
    const chunk = isShared ? Math.max(1, Math.floor(chunkElements / length)) : rows;
    runtime.launch(kernel, argumentsAddress, rows, chunk);
  } finally {
    if (scratch !== 0) memory.free(scratch);
    for (const tensor of tensors) stateOf(tensor).storage.endStage(tensor !== source);
  }
  return true;
}

const kernels = new WeakMap<KernelRuntime, Map<DTypeName, InstalledKernel>>();

function kernelFor(runtime: KernelRuntime, dtype: DTypeName): InstalledKernel {
  let byType = kernels.get(runtime);
  if (byType === undefined) kernels.set(runtime, (byType = new Map()));
  let kernel = byType.get(dtype);
  if (kernel === undefined) {
    const module = sortRowsModule(dtype, runtime.memory.isShared);
    [kernel] = runtime.install(module.encode(), ["sortRows"]);
    if (kernel === undefined) throw new InternalError("a module did not give its kernel");
    byType.set(dtype, kernel);
  }
  return kernel;
}
