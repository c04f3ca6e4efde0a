/** Tensors of one value, and tensors shaped like others. */
import { get_default_dtype } from "../../core/default-dtype.ts";
import { type DType, int64 } from "../../core/dtype.ts";
import { type Scalar, scalarDType } from "../../core/scalar.ts";
import { RuntimeError } from "../../base/errors.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { pointwise } from "../../loops/computation.ts";
import { arg } from "../arg.ts";
import { copyBody } from "../data/clone.ts";
import { defineOp } from "../define-op.ts";
import { naiveFill } from "../naive-array.ts";
import type { OutputMeta } from "../op-record.ts";
import { pointwiseMeta } from "../pointwise/pointwise-meta.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { factoryArgs } from "./factory-args.ts";

/** Checks sizes given by the caller. */
export function checkedSize(size: Shape): Shape {
  if (size.some((each) => each < 0)) {
    const negative = size.find((each) => each < 0);
    throw new RuntimeError(
      `Trying to create tensor with negative dimension ${negative}: ${formatShape(size)}`,
    );
  }
  return size;
}

const sizeMeta = (size: Shape, dtype: DType | null): OutputMeta => ({
  dtype: dtype ?? get_default_dtype(),
  shape: checkedSize(size),
});
const nothing = (): void => {
  // Fresh memory is zero already.
};

function* sizeSamples(make: SampleMaker): Generator<{ size: Shape; dtype: DType }> {
  yield { size: [2, 3], dtype: make.dtype };
  yield { size: [], dtype: make.dtype };
  yield { size: [0, 2], dtype: make.dtype };
}

export const zeros = defineOp({
  name: "zeros",
  api: ["torch.zeros"],
  args: { size: arg.size, ...factoryArgs },
  doc: { summary: "A tensor of zeros.", example: "torch.zeros(2, 3)" },
  derivative: "not-differentiable",
  meta: ({ size, dtype }) => {
    if (size.some((each) => each < 0))
      throw new RuntimeError("zeros: Dimension size must be non-negative.");
    return sizeMeta(size, dtype);
  },
  routine: nothing,
  reference: ({ size }) => naiveFill(size, () => 0),
  samples: sizeSamples,
});

export const empty = defineOp({
  name: "empty",
  api: ["torch.empty"],
  args: { size: arg.size, ...factoryArgs },
  doc: {
    summary: "A tensor whose values are not to be relied on (they are zero here).",
    example: "torch.empty(2, 3).shape",
  },
  derivative: "not-differentiable",
  meta: ({ size, dtype }) => sizeMeta(size, dtype),
  routine: nothing,
  reference: null,
  samples: sizeSamples,
});

export const ones = defineOp({
  name: "ones",
  api: ["torch.ones"],
  args: { size: arg.size, ...factoryArgs },
  doc: { summary: "A tensor of ones.", example: "torch.ones(2, 3)" },
  derivative: "not-differentiable",
  meta: ({ size, dtype }) => sizeMeta(size, dtype),
  lowering: ({ dtype }) => pointwise(copyBody, [1], dtype ?? get_default_dtype()),
  reference: ({ size }) => naiveFill(size, () => 1),
  samples: sizeSamples,
});

/** A boolean gives bool, a bigint int64; a number the default float, since JavaScript does not tell 1 from 1.0. */
function fillDType(value: Scalar): DType {
  return typeof value === "number" ? get_default_dtype() : scalarDType(value);
}

export const full = defineOp({
  name: "full",
  api: ["torch.full"],
  args: { size: arg.ints, fill_value: arg.scalar, ...factoryArgs },
  doc: {
    summary: "A tensor of one value.",
    details:
      "Differs: a number gives the default float dtype even when it is whole; pass `dtype`, a boolean or a bigint for others.",
    example: "torch.full([2, 2], 7)",
  },
  derivative: "not-differentiable",
  meta: ({ size, fill_value, dtype }) => sizeMeta(size, dtype ?? fillDType(fill_value)),
  lowering: ({ fill_value, dtype }) =>
    pointwise(copyBody, [fill_value], dtype ?? fillDType(fill_value)),
  reference: ({ size, fill_value }) => naiveFill(size, () => Number(fill_value)),
  samples: function* (make) {
    for (const sample of sizeSamples(make)) yield { ...sample, fill_value: 1 };
    yield { size: [2], fill_value: true };
    yield { size: [2], fill_value: 3n };
  },
});

const likeArgs = { self: arg.tensor, ...factoryArgs } as const;

function likeMeta(self: TensorBase, dtype: DType | null): OutputMeta {
  return pointwiseMeta([self], dtype ?? self.dtype);
}

function* likeSamples(make: SampleMaker): Generator<{ self: TensorBase; dtype?: DType }> {
  yield { self: make.tensor([2, 3]) };
  yield { self: make.strided([2, 3]) };
  yield { self: make.tensor([]), dtype: int64 };
  yield { self: make.tensor([0, 2]) };
}

export const zeros_like = defineOp({
  name: "zeros_like",
  api: ["torch.zeros_like"],
  args: likeArgs,
  doc: {
    summary: "Zeros with the shape and dtype of `input`.",
    example: "torch.zeros_like(torch.ones(2))",
  },
  derivative: "not-differentiable",
  meta: ({ self, dtype }) => likeMeta(self, dtype),
  routine: nothing,
  reference: ({ self }) => naiveFill(self.shape, () => 0),
  samples: likeSamples,
});

export const empty_like = defineOp({
  name: "empty_like",
  api: ["torch.empty_like"],
  args: likeArgs,
  doc: {
    summary: "A tensor like `input` whose values are not to be relied on.",
    example: "torch.empty_like(torch.ones(2)).shape",
  },
  derivative: "not-differentiable",
  meta: ({ self, dtype }) => likeMeta(self, dtype),
  routine: nothing,
  reference: null,
  samples: likeSamples,
});

export const ones_like = defineOp({
  name: "ones_like",
  api: ["torch.ones_like"],
  args: likeArgs,
  doc: {
    summary: "Ones with the shape and dtype of `input`.",
    example: "torch.ones_like(torch.zeros(2))",
  },
  derivative: "not-differentiable",
  meta: ({ self, dtype }) => likeMeta(self, dtype),
  lowering: ({ self, dtype }) => pointwise(copyBody, [1], dtype ?? self.dtype),
  reference: ({ self }) => naiveFill(self.shape, () => 1),
  samples: likeSamples,
});

export const full_like = defineOp({
  name: "full_like",
  api: ["torch.full_like"],
  args: { self: arg.tensor, fill_value: arg.scalar, ...factoryArgs },
  doc: {
    summary: "One value with the shape and dtype of `input`.",
    example: "torch.full_like(torch.ones(2), 5)",
  },
  derivative: "not-differentiable",
  meta: ({ self, dtype }) => likeMeta(self, dtype),
  lowering: ({ self, fill_value, dtype }) => pointwise(copyBody, [fill_value], dtype ?? self.dtype),
  reference: ({ self, fill_value }) => naiveFill(self.shape, () => Number(fill_value)),
  samples: function* (make) {
    for (const sample of likeSamples(make)) yield { ...sample, fill_value: 1 };
  },
});

export const new_zeros = defineOp({
  name: "new_zeros",
  api: ["Tensor.new_zeros"],
  args: { self: arg.tensor, size: arg.size, ...factoryArgs },
  doc: { summary: "Zeros of the dtype of this tensor.", example: "torch.ones(1).new_zeros(2)" },
  derivative: "not-differentiable",
  meta: ({ self, size, dtype }) => sizeMeta(size, dtype ?? self.dtype),
  routine: nothing,
  reference: ({ size }) => naiveFill(size, () => 0),
  samples: function* (make) {
    yield { self: make.tensor([2]), size: [2, 2] };
  },
});

export const new_ones = defineOp({
  name: "new_ones",
  api: ["Tensor.new_ones"],
  args: { self: arg.tensor, size: arg.size, ...factoryArgs },
  doc: { summary: "Ones of the dtype of this tensor.", example: "torch.zeros(1).new_ones(2)" },
  derivative: "not-differentiable",
  meta: ({ self, size, dtype }) => sizeMeta(size, dtype ?? self.dtype),
  lowering: ({ self, dtype }) => pointwise(copyBody, [1], dtype ?? self.dtype),
  reference: ({ size }) => naiveFill(size, () => 1),
  samples: function* (make) {
    yield { self: make.tensor([2]), size: [2, 2] };
  },
});

export const new_full = defineOp({
  name: "new_full",
  api: ["Tensor.new_full"],
  args: { self: arg.tensor, size: arg.ints, fill_value: arg.scalar, ...factoryArgs },
  doc: {
    summary: "One value in a tensor of the dtype of this one.",
    example: "torch.zeros(1).new_full([2], 3)",
  },
  derivative: "not-differentiable",
  meta: ({ self, size, dtype }) => sizeMeta(size, dtype ?? self.dtype),
  lowering: ({ self, fill_value, dtype }) => pointwise(copyBody, [fill_value], dtype ?? self.dtype),
  reference: ({ size, fill_value }) => naiveFill(size, () => Number(fill_value)),
  samples: function* (make) {
    yield { self: make.tensor([2]), size: [2, 2], fill_value: 1 };
  },
});

export const new_empty = defineOp({
  name: "new_empty",
  api: ["Tensor.new_empty"],
  args: { self: arg.tensor, size: arg.size, ...factoryArgs },
  doc: {
    summary: "A tensor of this dtype whose values are not to be relied on.",
    example: "torch.zeros(1).new_empty(2).shape",
  },
  derivative: "not-differentiable",
  meta: ({ self, size, dtype }) => sizeMeta(size, dtype ?? self.dtype),
  routine: nothing,
  reference: null,
  samples: function* (make) {
    yield { self: make.tensor([2]), size: [2, 2] };
  },
});
