/** Sorts along a dimension in WebAssembly. */
import { OutOfMemoryError } from "../../../base/errors.ts";
import { stateOf, type TensorBase } from "../../../core/tensor.ts";
import { kernelMemoryOrNull } from "../../../runtime/kernel-memory.ts";
import { kernelRuntime } from "../../../runtime/kernel-runtime.ts";
import { runPlan } from "../contraction/wasm/product-plan.ts";
import { planSort, sortGeometry } from "./plan-sort.ts";

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

/** False, and nothing is done, where plain loops have to do it. */
export function sortRows(sort: RowSort): boolean {
  const geometry = sortGeometry(sort);
  if (geometry === null || kernelMemoryOrNull() === null) return false;
  const { source, values, indices } = sort;
  try {
    const runtime = kernelRuntime();
    const plan = planSort(runtime, geometry);
    runPlan(runtime, plan, [addressOf(indices), addressOf(source), addressOf(values ?? indices)]);
  } catch (error) {
    // No room for the tensors or the records: JavaScript finds the elements where they are.
    if (error instanceof OutOfMemoryError) return false;
    throw error;
  } finally {
    for (const tensor of [indices, source, values ?? indices])
      stateOf(tensor).storage.endStage(tensor !== source);
  }
  return true;
}

function addressOf(tensor: TensorBase): number {
  const { storage, offset, dtype } = stateOf(tensor);
  return storage.address() + offset * dtype.itemsize;
}
