/**
 * Computations: what the lowering of an operator gives. A computation says which tensors meet in which loop body; it is
 * turned into a launch when the outputs are known, or fused with others by the compiler.
 */
import type { DType } from "../core/dtype.ts";
import type { Operand } from "../core/promotion.ts";
import { convertScalar, isScalar } from "../core/scalar.ts";
import { at, type Shape } from "../core/shape.ts";
import type { TensorBase } from "../core/tensor.ts";
import type { Expression, ValueType } from "./expression.ts";
import type { StoreMode } from "./kernel.ts";
import type { LaunchOperand } from "./backend.ts";
import type { ContractionAxes } from "./template.ts";

/** Computes one output element from one element of each operand. Must depend on nothing but its arguments. */
export type PointBody = (...inputs: readonly Expression[]) => Expression;

/** Computes every output element from the operands' elements at the same (broadcast) place. */
export interface Pointwise {
  readonly kind: "pointwise";
  readonly body: PointBody;
  readonly operands: readonly Operand[];
  /** The dtype operands are converted to before the body sees them; one for all, or one for each. */
  readonly computeTypes: readonly ValueType[];
}

/** A body's view of a tensor it reads at computed coordinates, and of the place it is at. */
export interface IndexedContext {
  /** The position along each axis of the output (for `scatter`, of the source). */
  readonly positions: readonly Expression[];
  /** The element of tensor `operand` at the current point, after broadcasting. */
  load(operand: number): Expression;
  /** The element of the randomly read tensor at coordinates; `types` of coordinates must be `index`. */
  gather(coordinates: readonly Expression[]): Expression;
  /** A number given at the launch. */
  scalar(slot: number): Expression;
}

export type IndexedBody = (context: IndexedContext) => Expression;

/** Like pointwise, with access to positions and to one tensor read at random. */
export interface Indexed {
  readonly kind: "indexed";
  readonly body: IndexedBody;
  /** Read at the current point; broadcast to the output. */
  readonly operands: readonly TensorBase[];
  /** Read at computed coordinates, or null. */
  readonly gathered: TensorBase | null;
  readonly scalars: readonly { readonly type: ValueType; readonly value: number | bigint }[];
  /** Whatever else the body depends on, as text: bodies are compiled once per body, types, rank and variant. */
  readonly variant: string;
}

/** Where a scatter writes, and what. */
export interface ScatterTarget {
  readonly coordinates: readonly Expression[];
  readonly value: Expression;
}

/** Walks the points of a source shape and writes to computed places of the output. */
export interface Scatter {
  readonly kind: "scatter";
  readonly body: (context: IndexedContext) => ScatterTarget;
  readonly mode: StoreMode;
  /** The iteration space. */
  readonly shape: Shape;
  readonly operands: readonly TensorBase[];
  readonly scalars: readonly { readonly type: ValueType; readonly value: number | bigint }[];
  readonly variant: string;
}

/** A fold over one or more dimensions. States and results are built once per input types and output types. */
export interface Fold {
  readonly name: string;
  /** Builds the accumulators; `inputs` are the elements of the operands, `at` the position along the (single) fold axis. */
  readonly states: (
    inputs: readonly Expression[],
    at: Expression,
    scalars: readonly Expression[],
  ) => readonly {
    readonly type: ValueType;
    readonly initial: number | bigint;
    /** From the current states. */
    readonly next: (states: readonly Expression[]) => Expression;
  }[];
  /**
   * How the states of an earlier and a later part of the fold join, so that parts can be folded at the same time. Not
   * needed where each `next` is an operation of its own state and the input, such as `add`: that joins partial values as well.
   */
  readonly combine?: (
    states: readonly Expression[],
    others: readonly Expression[],
  ) => readonly Expression[];
  /** The results, from the final states. `scalars` are numbers given at the launch. */
  readonly results: (
    states: readonly Expression[],
    scalars: readonly Expression[],
  ) => readonly Expression[];
  /** Whether `at` is used: then there must be exactly one fold axis. */
  readonly usesPosition: boolean;
}

export interface Reduction {
  readonly kind: "reduction";
  readonly fold: Fold;
  readonly operands: readonly TensorBase[];
  readonly computeTypes: readonly ValueType[];
  /** Dimensions of the broadcast operands that are folded. */
  readonly dims: readonly number[];
  readonly scalars: readonly { readonly type: ValueType; readonly value: number | bigint }[];
}

/** A fold along one dimension whose every intermediate result is stored. */
export interface Scan {
  readonly kind: "scan";
  readonly fold: Fold;
  readonly operands: readonly TensorBase[];
  readonly computeTypes: readonly ValueType[];
  readonly dim: number;
}

/** What is done to each sum of a contraction before it is stored. */
export interface Epilogue {
  /** Takes the sum, in the dtype of the factors, then the operands. */
  readonly body: PointBody;
  /** Tensors are broadcast to the output. */
  readonly operands: readonly Operand[];
  /** The dtype the operands are converted to. */
  readonly computeType: DType;
}

/** Sums of products; see `ContractionKernel`. */
export interface Contraction {
  readonly kind: "contraction";
  readonly axes: ContractionAxes;
  readonly left: LaunchOperand;
  readonly right: LaunchOperand;
  readonly epilogue: Epilogue | null;
}

export type Computation = Pointwise | Indexed | Scatter | Reduction | Scan | Contraction;

/** A pointwise computation in one dtype, to which numbers are rounded, or in one for each operand. */
export function pointwise(
  body: PointBody,
  operands: readonly Operand[],
  computeType: DType | readonly DType[],
): Pointwise {
  const types = operands.map((_, index) =>
    "name" in computeType ? computeType : at(computeType, index),
  );
  return {
    kind: "pointwise",
    body,
    // Kernels see float32: what is rounded to 16 bits has to be before.
    operands: operands.map((operand, index) => {
      const type = at(types, index);
      return type.words !== null && isScalar(operand) ? convertScalar(operand, type) : operand;
    }),
    computeTypes: types.map((type) => type.computeName),
  };
}

export function indexed(
  body: IndexedBody,
  options: {
    readonly operands?: readonly TensorBase[];
    readonly gathered?: TensorBase;
    readonly scalars?: Indexed["scalars"];
    readonly variant?: string;
  },
): Indexed {
  return {
    kind: "indexed",
    body,
    operands: options.operands ?? [],
    gathered: options.gathered ?? null,
    scalars: options.scalars ?? [],
    variant: options.variant ?? "",
  };
}

export function scatter(
  body: Scatter["body"],
  options: {
    readonly shape: Shape;
    readonly operands: readonly TensorBase[];
    readonly mode?: StoreMode;
    readonly scalars?: Scatter["scalars"];
    readonly variant?: string;
  },
): Scatter {
  return {
    kind: "scatter",
    body,
    mode: options.mode ?? "set",
    shape: options.shape,
    operands: options.operands,
    scalars: options.scalars ?? [],
    variant: options.variant ?? "",
  };
}

export function reduction(
  fold: Fold,
  operands: readonly TensorBase[],
  computeType: DType | readonly DType[],
  dims: readonly number[],
  scalars: Reduction["scalars"] = [],
): Reduction {
  const computeTypes =
    "name" in computeType
      ? operands.map(() => computeType.computeName)
      : computeType.map((dtype) => dtype.computeName);
  return { kind: "reduction", fold, operands, computeTypes, dims, scalars };
}

export function scan(fold: Fold, operand: TensorBase, computeType: DType, dim: number): Scan {
  return { kind: "scan", fold, operands: [operand], computeTypes: [computeType.computeName], dim };
}

/** A number for a scalar slot, rounded to its type as WebAssembly has it. */
export function scalarValue(
  type: ValueType,
  value: number,
): { readonly type: ValueType; readonly value: number | bigint } {
  if (type === "int64") return { type, value: BigInt(Math.trunc(value)) };
  return { type, value: type === "float32" ? Math.fround(value) : value };
}
