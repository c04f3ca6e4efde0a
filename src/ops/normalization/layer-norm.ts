/** Normalization over the last dimensions. */
import { RuntimeError } from "../../base/errors.ts";
import type { DType } from "../../core/dtype.ts";
import { formatShape, sameShape, type Shape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { onlyForFloats } from "../not-implemented.ts";
import { runOp } from "../run-op.ts";
import { checkParameterDType } from "./check-parameters.ts";
import { naiveNormalize, standardized } from "./naive-normalize.ts";
import { applyNormalization, inverseRms, standardize } from "./standardize.ts";

function checkNormalizedShape(self: TensorBase, normalized: Shape, separator: string): void {
  if (normalized.length === 0) {
    throw new RuntimeError(
      "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []",
    );
  }
  const start = self.ndim - normalized.length;
  if (start >= 0 && sameShape(self.shape.slice(start), normalized)) return;
  throw new RuntimeError(
    `Given normalized_shape=${formatShape(normalized)}, expected input with shape [*${separator}${normalized.join(", ")}], but got input of size${formatShape(self.shape)}`,
  );
}

function checkParameter(
  name: "weight" | "bias",
  parameter: TensorBase | null,
  normalized: Shape,
): void {
  if (parameter === null || sameShape(parameter.shape, normalized)) return;
  throw new RuntimeError(
    `Expected ${name} to be of same shape as normalized_shape, but got ${name} of shape ${formatShape(parameter.shape)} and normalized_shape = ${formatShape(normalized)}`,
  );
}

const lastDims = (self: TensorBase, count: number): readonly number[] =>
  self.shape.map((_, axis) => axis).slice(self.ndim - count);

export const layer_norm = defineOp({
  name: "layer_norm",
  api: ["torch.nn.functional.layer_norm", "torch.layer_norm"],
  args: {
    self: arg.tensor,
    normalized_shape: arg.ints,
    weight: arg.optional(arg.tensor),
    bias: arg.optional(arg.tensor),
    eps: arg.withDefault(arg.number, 1e-5),
  },
  doc: {
    summary:
      "Normalizes over the last dimensions, which `normalized_shape` repeats: mean 0 and variance 1, times `weight`, plus `bias`.",
    example: "torch.nn.functional.layer_norm(torch.tensor([[1, 2, 3]]), [3])",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  wide: true,
  decomposition: ({ self, normalized_shape, weight, bias, eps }) => {
    if (normalized_shape.length > 0) {
      checkParameter("weight", weight, normalized_shape);
      checkParameter("bias", bias, normalized_shape);
    }
    checkNormalizedShape(self, normalized_shape, ", ");
    onlyForFloats("LayerNormKernelImpl")(self.dtype);
    for (const parameter of [weight, bias]) checkParameterDType(self, parameter);
    return standardize(self, lastDims(self, normalized_shape.length), eps, { weight, bias });
  },
  reference: ({ self, normalized_shape, weight, bias, eps }) =>
    naiveNormalize(
      self,
      (point) => point.slice(0, self.ndim - normalized_shape.length).join(),
      (point) => point.slice(self.ndim - normalized_shape.length),
      { weight, bias },
      standardized(eps),
    ),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), normalized_shape: [3] };
    yield {
      self: make.strided([2, 3, 4]),
      normalized_shape: [4],
      weight: make.tensor([4]),
      bias: make.tensor([4]),
    };
    yield { self: make.tensor([2, 3, 4]), normalized_shape: [3, 4], bias: make.strided([3, 4]) };
    yield { self: make.tensor([4]), normalized_shape: [4], weight: make.tensor([4]), eps: 0.5 };
    yield { self: make.tensor([0, 3]), normalized_shape: [3] };
    yield { self: make.tensor([3, 0]), normalized_shape: [0] };
  },
});

/** The distance from 1 to the next larger number, which is what PyTorch adds when no `eps` is given. */
function machineEpsilon(dtype: DType): number {
  return dtype.itemsize === 8 ? 2 ** -52 : 2 ** -23;
}

export const rms_norm = defineOp({
  name: "rms_norm",
  api: ["torch.nn.functional.rms_norm", "torch.rms_norm"],
  args: {
    self: arg.tensor,
    normalized_shape: arg.ints,
    weight: arg.optional(arg.tensor),
    eps: arg.optional(arg.number),
  },
  doc: {
    summary:
      "Divides by the root of the mean square over the last dimensions, which `normalized_shape` repeats, and multiplies by `weight`.",
    details: "Without `eps` the machine epsilon of the dtype is added to the mean square.",
    example: "torch.nn.functional.rms_norm(torch.tensor([[3, 4]]), [2])",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  wide: true,
  decomposition: ({ self, normalized_shape, weight, eps }) => {
    if (normalized_shape.length > 0) checkParameter("weight", weight, normalized_shape);
    // Without the comma, as in PyTorch's message.
    checkNormalizedShape(self, normalized_shape, "");
    onlyForFloats("rms_norm")(self.dtype);
    const scale = runOp(inverseRms, {
      self,
      dim: lastDims(self, normalized_shape.length),
      eps: eps ?? machineEpsilon(self.dtype),
    });
    return runOp(applyNormalization, { self, scale, weight });
  },
  reference: ({ self, normalized_shape, weight, eps }) =>
    naiveNormalize(
      self,
      (point) => point.slice(0, self.ndim - normalized_shape.length).join(),
      (point) => point.slice(self.ndim - normalized_shape.length),
      { weight, bias: null },
      (values) => {
        const square = values.reduce((total, x) => total + x * x, 0) / values.length;
        return [0, 1 / Math.sqrt(square + (eps ?? machineEpsilon(self.dtype)))];
      },
    ),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), normalized_shape: [3] };
    yield { self: make.strided([2, 3, 4]), normalized_shape: [4], weight: make.tensor([4]) };
    yield { self: make.tensor([2, 3, 4]), normalized_shape: [3, 4], eps: 0.5 };
    yield { self: make.tensor([0, 3]), normalized_shape: [3] };
  },
});
