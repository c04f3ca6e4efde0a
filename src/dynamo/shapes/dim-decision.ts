import type { Tensor } from "../../api/tensor.ts";
import type { TensorMeta } from "../../core/tensor-meta.ts";
import type { Source } from "../variables/source.ts";
import type { DimMark } from "./mark-dynamic.ts";

/**
 * How one size of a tensor enters, and what decided it: as a constant; as a symbol, with the present size as its hint; or
 * `unbacked`, as a symbol that capturing may not look at.
 */
export interface DimDecision {
  readonly kind: "static" | "dynamic" | "unbacked";
  readonly why: string;
  readonly mark: DimMark | null;
}

/** The decisions on one tensor from outside. */
export interface SizeDecisions {
  readonly source: Source;
  readonly meta: TensorMeta;
  /** What stands for the tensor while capturing. */
  readonly fake: Tensor;
  readonly dims: readonly DimDecision[];
}
