/** A sort of known sizes as a launch of the kernel, before there is memory for it. */
import { InternalError } from "../../../base/errors.ts";
import type { ComputeTypeName } from "../../../core/dtype.ts";
import { at, isContiguousLayout, numelOf } from "../../../core/shape.ts";
import { stateOf } from "../../../core/tensor.ts";
import type { InstalledKernel, KernelRuntime } from "../../../runtime/kernel-runtime.ts";
import { wasmFeatures } from "../../../wasm/features.ts";
import type { ProductPlan } from "../contraction/wasm/product-plan.ts";
import type { RowSort } from "./sort-rows.ts";
import { sortRowsModule, sortScratchBytes, sortWords } from "./sort-rows-kernel.ts";

/** What is known of a sort when its tensors have no data. */
export interface SortGeometry {
  readonly dtype: ComputeTypeName;
  /** Of a row, how many there are, and how far apart the elements of one are. */
  readonly length: number;
  readonly rows: number;
  readonly inner: number;
  readonly firstRank: number;
  readonly count: number;
  readonly descending: boolean;
  readonly prefersNaN: boolean;
  readonly hasValues: boolean;
}

/** Elements from which the kernel beats plain loops, its call included. */
const fewestElements = 64;
/** Elements that take a thread some ten microseconds. */
const chunkElements = 1024;
/** Longer rows are sorted one after the other, in room that is allocated for it. */
const longestSharedRow = 2 ** 16;

/** Null where plain loops have to do it. */
export function sortGeometry(sort: RowSort): SortGeometry | null {
  const { source, axis, values, indices, firstRank, count, descending, prefersNaN } = sort;
  const { shape, dtype } = stateOf(source);
  const elements = numelOf(shape);
  if (dtype.words !== null) throw new InternalError(`elements of ${dtype} are sorted as float32`);
  if (elements < fewestElements || count === 0 || shape.length === 0) return null;
  if (!wasmFeatures().simd) return null;
  for (const tensor of [source, values ?? indices, indices])
    if (!isContiguousLayout(tensor.shape, stateOf(tensor).strides)) return null;
  const length = at(shape, axis);
  const inner = numelOf(shape.slice(axis + 1));
  const ranks = { firstRank, count, descending, prefersNaN, hasValues: values !== null };
  return { dtype: dtype.computeName, length, rows: elements / length, inner, ...ranks };
}

/** Of the memories, 0 is that of the indices, 1 that of the source, 2 that of the values. */
export function planSort(runtime: KernelRuntime, sort: SortGeometry): ProductPlan {
  const { dtype, length, rows } = sort;
  const scratchBytes = sortScratchBytes(dtype, length);
  const isShared = length <= longestSharedRow;
  const words = new Int32Array(Object.keys(sortWords).length);
  words[sortWords.length] = length;
  words[sortWords.first] = sort.firstRank;
  words[sortWords.count] = sort.count;
  words[sortWords.inner] = sort.inner;
  words[sortWords.descending] = sort.descending ? 1 : 0;
  words[sortWords.prefersNaN] = sort.prefersNaN ? 1 : 0;
  const chunkUnits = isShared ? Math.max(1, Math.floor(chunkElements / length)) : rows;
  return {
    kernels: [{ installed: sortKernel(runtime, dtype), args: 0, units: rows, chunkUnits }],
    words,
    ownAddresses: [],
    addresses: [
      { word: sortWords.indices, of: 0, byteOffset: 0 },
      { word: sortWords.source, of: 1, byteOffset: 0 },
      ...(sort.hasValues ? [{ word: sortWords.values, of: 2, byteOffset: 0 } as const] : []),
      ...(isShared ? [] : [{ word: sortWords.scratch, of: "spare", byteOffset: 0 } as const]),
    ],
    spareBytes: isShared ? 0 : scratchBytes,
    keptBytes: 0,
    stale: null,
    scalars: [],
    scratchBytes: isShared ? scratchBytes : 0,
  };
}

const kernels = new WeakMap<KernelRuntime, Map<ComputeTypeName, InstalledKernel>>();

/** The kernel for a dtype, made when it is first needed. */
function sortKernel(runtime: KernelRuntime, dtype: ComputeTypeName): InstalledKernel {
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
