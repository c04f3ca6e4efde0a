/** Vector norms. */
import { RuntimeError } from "../../base/errors.ts";
import type { DType } from "../../core/dtype.ts";
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { reduction, scalarValue } from "../../loops/computation.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { type NaiveArray, naiveReduce } from "../naive-array.ts";
import type { OutputMeta } from "../op-record.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { foldedDims, reducedShape } from "./fold-dims.ts";
import { foldOfNorm } from "./norm-folds.ts";
import {
  emptyReductionSamples,
  reductionSamples,
  type ReductionSample,
} from "./reduction-samples.ts";

interface NormArgs {
  readonly self: TensorBase;
  readonly dim: readonly number[] | null;
  readonly keepdim: boolean;
  readonly dtype: DType | null;
}

function normMeta(order: number, { self, dim, keepdim, dtype }: NormArgs): OutputMeta {
  if (!self.dtype.is_floating_point) {
    throw new RuntimeError(
      `linalg.vector_norm: Expected a floating point or complex tensor as input. Got ${self.dtype.scalarTypeName}`,
    );
  }
  const dims = foldedDims(self.shape, dim);
  const isEmpty = dims.some((axis) => at(self.shape, axis) === 0);
  if (isEmpty && (order < 0 || order === Infinity)) {
    throw new RuntimeError(
      `linalg.vector_norm cannot compute the ${order} norm on an empty tensor because the operation does not have an identity`,
    );
  }
  return { dtype: dtype ?? self.dtype, shape: reducedShape(self.shape, dims, keepdim) };
}

function naiveNorm(order: number, { self, dim, keepdim }: NormArgs): NaiveArray {
  return naiveReduce(self, foldedDims(self.shape, dim), keepdim, (values) => {
    const magnitudes = values.map(Math.abs);
    if (order === Infinity) return Math.max(...magnitudes);
    if (order === -Infinity) return Math.min(...magnitudes);
    if (order === 0) return magnitudes.filter((x) => x !== 0).length;
    return magnitudes.reduce((total, x) => total + x ** order, 0) ** (1 / order);
  });
}

const orders = [2, 1, 0, Infinity, -Infinity, 3] as const;

function* orderedSamples(make: SampleMaker): Generator<ReductionSample & { order: number }> {
  for (const order of orders) {
    for (const sample of reductionSamples(make))
      if (sample.self.numel() > 0) yield { ...sample, order };
  }
  for (const sample of emptyReductionSamples(make)) yield { ...sample, order: 2 };
}

export const vector_norm = defineOp({
  name: "linalg_vector_norm",
  api: ["torch.linalg.vector_norm"],
  args: {
    self: arg.tensor,
    ord: arg.withDefault(arg.number, 2),
    dim: arg.optional(arg.dims),
    keepdim: arg.withDefault(arg.bool, false),
    dtype: arg.optional(arg.dtype),
  },
  doc: {
    summary: "The norm of order `ord` of the elements, over all dimensions or over `dim`.",
    example: "torch.linalg.vector_norm(torch.tensor([3, 4]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ ord, ...args }) => normMeta(ord, args),
  lowering: ({ self, ord, dim, dtype }) =>
    reduction(foldOfNorm(ord), [self], dtype ?? self.dtype, foldedDims(self.shape, dim), [
      scalarValue("float64", ord),
    ]),
  reference: ({ ord, ...args }) => naiveNorm(ord, args),
  samples: function* (make) {
    for (const { order, ...sample } of orderedSamples(make)) yield { ...sample, ord: order };
  },
});

export const norm = defineOp({
  name: "norm",
  api: ["torch.norm", "Tensor.norm"],
  args: {
    self: arg.tensor,
    p: arg.withDefault(arg.normOrder, 2),
    dim: arg.optional(arg.dims),
    keepdim: arg.withDefault(arg.bool, false),
    dtype: arg.optional(arg.dtype),
  },
  doc: {
    summary: 'The norm of order `p` (2, or "fro" for the same) of the elements.',
    example: "torch.tensor([3, 4]).norm()",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  meta: ({ p, ...args }) => normMeta(orderOf(p), args),
  lowering: ({ self, p, dim, dtype }) =>
    reduction(foldOfNorm(orderOf(p)), [self], dtype ?? self.dtype, foldedDims(self.shape, dim), [
      scalarValue("float64", orderOf(p)),
    ]),
  reference: ({ p, ...args }) => naiveNorm(orderOf(p), args),
  samples: function* (make) {
    for (const { order, ...sample } of orderedSamples(make)) yield { ...sample, p: order };
    yield { self: make.tensor([3]), p: "fro" };
  },
});

function orderOf(p: number | "fro"): number {
  return p === "fro" ? 2 : p;
}
