import { isDisposed, isTensor } from "../../core/tensor.ts";
import { metaOf, type TensorMeta } from "../../core/tensor-meta.ts";

/**
 * The interned metadata of a tensor; undefined for anything else, a disposed tensor too: using it must throw where the
 * program uses it, not in a guard. Hot path of tensor guards (bench: dispatch).
 */
export const metaOfValue = (value: unknown): TensorMeta | undefined =>
  isTensor(value) && !isDisposed(value) ? metaOf(value) : undefined;
