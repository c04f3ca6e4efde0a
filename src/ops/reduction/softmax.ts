/** logsumexp, softmax and log_softmax. */
import { type DType, float32 } from "../../core/dtype.ts";
import { floatResultType } from "../../core/promotion.ts";
import { wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { pointwise, reduction } from "../../loops/computation.ts";
import {
  add,
  compare,
  div,
  type Expression,
  mul,
  select,
  sub,
  unary,
} from "../../loops/expression.ts";
import { notImplemented } from "../not-implemented.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { elementAt, naive, type NaiveArray, naiveFill, naiveReduce } from "../naive-array.ts";
import { toDType } from "../data/to.ts";
import { empty_like } from "../create/full.ts";
import { pointwiseMeta } from "../pointwise/pointwise-meta.ts";
import { log } from "../pointwise/exponential.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { amax } from "./extremes.ts";
import { largestNumberFold } from "./folds.ts";
import { foldedDims, reducedShape } from "./fold-dims.ts";
import { emptyReductionSamples, reductionSamples } from "./reduction-samples.ts";
import { sum } from "./sum.ts";

const shiftedExp = (x: Expression, largest: Expression): Expression =>
  unary("expOfNegative", sub(x, largest));
/** By the inverse, as PyTorch does: a row has one, and products cost less. */
const quotient = (x: Expression, total: Expression): Expression => mul(x, div(1, total));
const logShifted = (x: Expression, largest: Expression, total: Expression): Expression =>
  sub(sub(x, largest), unary("log", total));

/** The steps of softmax, each one kernel. */
const largestNumber = defineOp({
  name: "largest_number",
  api: [],
  args: { self: arg.tensor, dim: arg.optional(arg.dims) },
  doc: { summary: "The largest number along dimensions, which stay with size 1." },
  derivative: "pending",
  meta: ({ self, dim }) => ({
    dtype: self.dtype,
    shape: reducedShape(self.shape, foldedDims(self.shape, dim), true),
  }),
  // A NaN makes the sum of exponentials NaN, and with it the whole result: here it needs no care.
  lowering: ({ self, dim }) =>
    reduction(largestNumberFold, [self], self.dtype, foldedDims(self.shape, dim)),
  reference: null,
  samples: () => [],
});

const expOfDifference = defineOp({
  name: "exp_of_difference",
  api: [],
  args: { self: arg.tensor, other: arg.tensor },
  doc: { summary: "exp(input - other)." },
  derivative: "pending",
  meta: ({ self, other }) => pointwiseMeta([self, other], self.dtype),
  lowering: ({ self, other }) => pointwise(shiftedExp, [self, other], self.dtype),
  reference: null,
  samples: () => [],
});

const quotientStep = defineOp({
  name: "softmax_quotient",
  api: [],
  args: { self: arg.tensor, total: arg.tensor },
  doc: { summary: "input * (1 / total)." },
  derivative: "pending",
  // Contiguous whatever the layout of the input, as in PyTorch.
  meta: ({ self }) => ({ dtype: self.dtype, shape: self.shape }),
  lowering: ({ self, total }) => pointwise(quotient, [self, total], self.dtype),
  reference: null,
  samples: () => [],
});

const logStep = defineOp({
  name: "log_softmax_difference",
  api: [],
  args: { self: arg.tensor, largest: arg.tensor, total: arg.tensor },
  doc: { summary: "input - largest - log(total)." },
  derivative: "pending",
  meta: ({ self }) => ({ dtype: self.dtype, shape: self.shape }),
  lowering: ({ self, largest, total }) => pointwise(logShifted, [self, largest, total], self.dtype),
  reference: null,
  samples: () => [],
});

/** An infinite element is the result, whatever the others are. */
const logOfScaledSum = (largest: Expression, total: Expression): Expression =>
  select(
    compare("eq", unary("abs", largest), Infinity),
    largest,
    add(largest, unary("log", total)),
  );

const logOfSum = defineOp({
  name: "log_of_sum",
  api: [],
  args: { largest: arg.tensor, total: arg.tensor },
  doc: { summary: "largest + log(total)." },
  derivative: "pending",
  meta: ({ largest, total }) => pointwiseMeta([largest, total], largest.dtype),
  lowering: ({ largest, total }) => pointwise(logOfScaledSum, [largest, total], largest.dtype),
  reference: null,
  samples: () => [],
});

export const logsumexp = defineOp({
  name: "logsumexp",
  api: ["torch.logsumexp", "Tensor.logsumexp"],
  args: { self: arg.tensor, dim: arg.dims, keepdim: arg.withDefault(arg.bool, false) },
  doc: {
    summary: "log of the sum of exp over `dim`, without overflow.",
    example: "torch.tensor([1, 2]).logsumexp(0)",
  },
  derivative: "pending",
  wide: true,
  decomposition: ({ self, dim, keepdim }) => {
    const dtype = floatResultType([self]);
    const input = self.dtype === dtype ? self : runOp(toDType, { self, dtype });
    const folded = foldedDims(input.shape, dim);
    const dims = input.ndim === 0 ? null : folded;
    // Nothing has no largest element.
    if (folded.some((axis) => input.shape[axis] === 0)) {
      const nothing = runOp(sum, { self: input, dim: dims, keepdim });
      return runOp(log, { self: nothing });
    }
    const largest = runOp(amax, { self: input, dim: dims, keepdim: true });
    const exponentials = runOp(expOfDifference, { self: input, other: largest });
    return runOp(logOfSum, {
      largest: runOp(reshape, {
        self: largest,
        shape: reducedShape(input.shape, folded, keepdim),
      }),
      total: runOp(sum, { self: exponentials, dim: dims, keepdim }),
    });
  },
  reference: ({ self, dim, keepdim }) =>
    naiveReduce(self, foldedDims(self.shape, dim), keepdim, (values) =>
      Math.log(values.reduce((total, x) => total + Math.exp(x), 0)),
    ),
  samples: function* (make) {
    for (const { dim, ...sample } of reductionSamples(make)) yield { ...sample, dim: dim ?? [0] };
    for (const { dim, ...sample } of emptyReductionSamples(make))
      yield { ...sample, dim: dim ?? [0] };
    if (make.dtype.is_floating_point)
      yield { self: make.of([2, 2], [-Infinity, -Infinity, -Infinity, 1]), dim: [1] };
  },
});

function prepared(name: string, self: TensorBase, dim: number, dtype: DType | null): TensorBase {
  const input = dtype === null ? self : runOp(toDType, { self, dtype });
  if (!input.dtype.is_floating_point) {
    const isLast = wrapDim(dim, input.ndim) === Math.max(input.ndim - 1, 0);
    throw notImplemented(`${name}_${isLast ? "lastdim_" : ""}kernel_impl`, input.dtype);
  }
  return input;
}

function naiveSoftmax(
  self: TensorBase,
  dim: number,
  finish: (x: number, total: number) => number,
): NaiveArray {
  const dims = foldedDims(self.shape, [dim]);
  const totals = naiveReduce(self, dims, true, (values) =>
    values.reduce((total, x) => total + Math.exp(x), 0),
  );
  const source = naive(self);
  return naiveFill(self.shape, (coordinates) =>
    finish(elementAt(source, coordinates), elementAt(totals, coordinates)),
  );
}

const softmaxArgs = { self: arg.tensor, dim: arg.dim, dtype: arg.optional(arg.dtype) } as const;

function* softmaxSamples(
  make: SampleMaker,
): Generator<{ self: TensorBase; dim: number; dtype?: DType }> {
  yield { self: make.tensor([2, 3]), dim: 1 };
  yield { self: make.strided([2, 3, 4]), dim: -2 };
  yield { self: make.tensor([]), dim: 0 };
  yield { self: make.tensor([0, 3]), dim: 0 };
  yield { self: make.tensor([2, 3]), dim: 0, dtype: float32 };
  const odd = [NaN, 1, 2, -Infinity, 1, 2, 1, NaN, NaN, -Infinity, -Infinity, -Infinity];
  if (make.dtype.is_floating_point) yield { self: make.of([4, 3], odd), dim: 1 };
}

export const softmax = defineOp({
  name: "softmax",
  api: ["torch.softmax", "Tensor.softmax", "torch.nn.functional.softmax"],
  args: softmaxArgs,
  doc: {
    summary: "exp(x) divided by its sum over `dim`, without overflow.",
    example: "torch.tensor([0, 0]).softmax(0)",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  wide: true,
  decomposition: ({ self, dim, dtype }) => {
    const input = prepared("softmax", self, dim, dtype);
    const axis = wrapDim(dim, input.ndim);
    if (input.numel() === 0) return runOp(empty_like, { self: input });
    const dims = input.ndim === 0 ? null : [axis];
    const exponentials = runOp(expOfDifference, {
      self: input,
      other: runOp(largestNumber, { self: input, dim: dims }),
    });
    return runOp(quotientStep, {
      self: exponentials,
      total: runOp(sum, { self: exponentials, dim: dims, keepdim: true }),
    });
  },
  reference: ({ self, dim }) => naiveSoftmax(self, dim, (x, total) => Math.exp(x) / total),
  samples: softmaxSamples,
});

export const log_softmax = defineOp({
  name: "log_softmax",
  api: ["torch.log_softmax", "Tensor.log_softmax", "torch.nn.functional.log_softmax"],
  args: softmaxArgs,
  doc: { summary: "The logarithm of softmax.", example: "torch.tensor([0, 0]).log_softmax(0)" },
  derivative: "pending",
  dtypes: floatDTypes,
  wide: true,
  decomposition: ({ self, dim, dtype }) => {
    const input = prepared("log_softmax", self, dim, dtype);
    const axis = wrapDim(dim, input.ndim);
    if (input.numel() === 0) return runOp(empty_like, { self: input });
    const dims = input.ndim === 0 ? null : [axis];
    const largest = runOp(largestNumber, { self: input, dim: dims });
    const exponentials = runOp(expOfDifference, { self: input, other: largest });
    return runOp(logStep, {
      self: input,
      largest,
      total: runOp(sum, { self: exponentials, dim: dims, keepdim: true }),
    });
  },
  reference: ({ self, dim }) => naiveSoftmax(self, dim, (x, total) => x - Math.log(total)),
  samples: softmaxSamples,
});
