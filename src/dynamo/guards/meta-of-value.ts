import { isTensor } from "../../core/tensor.ts";
import { metaOf, type TensorMeta } from "../../core/tensor-meta.ts";

/** The interned metadata of a tensor; undefined for anything else. Hot path of tensor guards (bench: dispatch). */
export const metaOfValue = (value: unknown): TensorMeta | undefined =>
  isTensor(value) ? metaOf(value) : undefined;
