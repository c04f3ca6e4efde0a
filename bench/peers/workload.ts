/** One computation that every peer does with the same numbers. Sizes are data, so tests use small ones. */
export type Workload =
  | (Facts & { readonly kind: "chain"; readonly size: number })
  | (Facts & Rows & { readonly kind: "rowSum" })
  | (Facts & Rows & { readonly kind: "rowMean" })
  | (Facts & Rows & { readonly kind: "softmax" })
  | (Facts & Rows & { readonly kind: "layerNorm" })
  | (Facts & { readonly kind: "matmul"; readonly weightIsConstant: boolean } & MatrixSizes)
  | (Facts & Layers & { readonly kind: "mlpForward" })
  | (Facts & Layers & { readonly kind: "mlpTraining" })
  | (Facts & { readonly kind: "convolution" } & ConvolutionSizes)
  | (Facts & { readonly kind: "transformer" } & TransformerSizes)
  | (Facts & { readonly kind: "tinyAdds"; readonly size: number; readonly count: number });

export type WorkloadKind = Workload["kind"];
export type WorkloadOf<Kind extends WorkloadKind> = Extract<Workload, { readonly kind: Kind }>;

interface Facts {
  readonly id: string;
  readonly title: string;
  /** Floating-point operations, a multiply-add counted as two; for what a matrix product limits. */
  readonly flops?: number;
  /** Least memory traffic of a perfectly fused program, for what memory limits. */
  readonly bytes?: number;
  /** Operations in one run, where the time of one is what matters. */
  readonly operations?: number;
}

export interface Rows {
  readonly rows: number;
  readonly columns: number;
}

/** [m, k] times [k, n]. */
export interface MatrixSizes {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** Three linear layers with relu between them: `sizes` are the widths before, between and after. */
export interface Layers {
  readonly batch: number;
  readonly sizes: readonly [number, number, number, number];
}

/** 3x3, stride 1, padding 1: NCHW times OIHW. */
export interface ConvolutionSizes {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly filters: number;
}

/** One block in the order of GPT-2: attention and a feed-forward part, each behind a layer norm, with residuals. */
export interface TransformerSizes {
  readonly tokens: number;
  readonly features: number;
  readonly heads: number;
  readonly hidden: number;
}

/** The tensors a workload computes with. */
export interface OperandNames {
  readonly chain: "x" | "c";
  readonly rowSum: "x";
  readonly rowMean: "x";
  readonly softmax: "x";
  readonly layerNorm: "x" | "weight" | "bias";
  readonly matmul: "a" | "b";
  readonly mlpForward: LayerOperands;
  readonly mlpTraining: LayerOperands | "labels";
  readonly convolution: "x" | "weight" | "bias";
  readonly transformer:
    | ("x" | "norm1Weight" | "norm1Bias" | "qkvWeight" | "qkvBias" | "outWeight" | "outBias")
    | ("norm2Weight" | "norm2Bias" | "upWeight" | "upBias" | "downWeight" | "downBias");
  readonly tinyAdds: "x" | "y";
}

type LayerOperands = "x" | "w0" | "b0" | "w1" | "b1" | "w2" | "b2";

/** One function for each kind of workload: a missing one does not compile. */
export type ForEachKind<Item, Result> = {
  readonly [Kind in WorkloadKind]: (
    operands: Readonly<Record<OperandNames[Kind], Item>>,
    workload: WorkloadOf<Kind>,
  ) => Result;
};

/** Calls the function for the workload's kind. */
export function forKind<Item, Result>(
  programs: ForEachKind<Item, Result>,
  workload: Workload,
  operands: Readonly<Record<string, Item>>,
): Result {
  // The entry under `workload.kind` takes exactly that kind, and operandsOf names that kind's operands.
  const program = programs[workload.kind] as (
    operands: Readonly<Record<string, Item>>,
    workload: Workload,
  ) => Result;
  return program(operands, workload);
}
