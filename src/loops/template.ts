/**
 * Templates: kernels whose loops are written by hand, with an epilogue in the expression language. A launch of one has
 * the form of a loop kernel's: operands with a step along every axis, so that layouts are strides and never copies.
 */
import { type DTypeName, isWordType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { LaunchOperand, LaunchSource } from "./backend.ts";
import type { Expression, ValueType } from "./expression.ts";

/**
 * `out[b, m, n] = value(Σ over k of left[b, m, k] · right[b, k, n], further operands at [b, m, n])`, each of b, m, n, k
 * standing for any number of axes. Sums are taken in the dtype of the factors.
 */
export interface ContractionKernel {
  readonly kind: "contraction";
  /** What the kernel is called in generated code and profiles: an identifier. */
  readonly name: string;
  /** Types: 0 is the output, 1 and 2 the factors, from 3 on what the epilogue reads. */
  readonly operands: readonly DTypeName[];
  readonly scalars: readonly ValueType[];
  /** What is stored: `state` 0 is the finished sum, loads are of operands from 3 on. */
  readonly value: Expression;
}

export interface ContractionAxes {
  /** Axes of both factors and the output. */
  readonly batch: Shape;
  /** Axes of the left factor and the output. */
  readonly rows: Shape;
  /** Axes of the right factor and the output. */
  readonly columns: Shape;
  /** Axes of both factors, summed. */
  readonly inner: Shape;
}

/** What is known of a contraction before there is memory for it. */
export interface ContractionGeometry {
  readonly axes: ContractionAxes;
  /** With strides along batch, rows, columns and inner axes, in this order; 0 along axes an operand does not have. */
  readonly operands: readonly Pick<LaunchOperand, "strides">[];
}

export interface ContractionLaunch extends ContractionGeometry {
  readonly kernel: ContractionKernel;
  readonly operands: readonly LaunchOperand[];
  /** In the form the scalar's type takes: bigint for int64, else number. */
  readonly scalars: readonly (number | bigint)[];
  /** For the profiler; null or absent where it is not known. */
  readonly source?: LaunchSource | null;
}

export type TemplateLaunch = ContractionLaunch;

/** Whether factors are stored in 16 bits: templates read float32, loops read them as they are. */
export function hasWordFactors({ operands }: ContractionKernel): boolean {
  return operands.slice(1, 3).some(isWordType);
}

/** Whether what is stored is the sum itself. */
export function hasNoEpilogue({ value }: ContractionKernel): boolean {
  return value.kind === "state";
}
