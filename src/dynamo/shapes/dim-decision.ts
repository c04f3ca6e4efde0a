import type { TensorMeta } from "../../core/tensor-meta.ts";
import type { Source } from "../variables/source.ts";
import type { DimMark } from "./mark-dynamic.ts";

/** Whether one size of a tensor enters as a symbol, and what decided it. */
export interface DimDecision {
  readonly isDynamic: boolean;
  readonly why: string;
  readonly mark: DimMark | null;
}

/** The decisions on one tensor from outside. */
export interface SizeDecisions {
  readonly source: Source;
  readonly meta: TensorMeta;
  readonly dims: readonly DimDecision[];
}
