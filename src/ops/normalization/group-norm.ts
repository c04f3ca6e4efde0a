/** Normalization within groups of channels. */
import { RuntimeError } from "../../base/errors.ts";
import { at, formatShape, numelOf } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { onlyForFloats } from "../not-implemented.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import { checkParameterDType, checkValuesPerChannel } from "./check-parameters.ts";
import { type NaiveAffine, naiveNormalize, standardized } from "./naive-normalize.ts";
import { standardize } from "./standardize.ts";

function checkGroups(self: TensorBase, groups: number): void {
  if (self.ndim < 2)
    throw new RuntimeError(
      `Expected at least 2 dimensions for input tensor but received ${self.ndim}`,
    );
  if (groups <= 0)
    throw new RuntimeError(`Expected num groups to be greater than 0, got ${groups}`);
  const channels = at(self.shape, 1);
  const size = [
    Math.floor((at(self.shape, 0) * channels) / groups),
    groups,
    ...self.shape.slice(2),
  ];
  checkValuesPerChannel(formatShape(size), size);
  if (channels % groups !== 0) {
    throw new RuntimeError(
      `Expected number of channels in input to be divisible by num_groups, but got input of shape ${formatShape(self.shape)} and num_groups=${groups}`,
    );
  }
}

function checkPerChannel(
  name: "weight" | "bias",
  vector: TensorBase | null,
  self: TensorBase,
): void {
  if (vector === null || (vector.ndim === 1 && vector.numel() === at(self.shape, 1))) return;
  throw new RuntimeError(
    `Expected ${name} to be a vector of size equal to the number of channels in input, but got ${name} of shape ${formatShape(vector.shape)} and input of shape ${formatShape(self.shape)}`,
  );
}

/** The input as [batch, groups, channels of a group, places], normalized over the last two. */
export function standardizeGroups(
  self: TensorBase,
  groups: number,
  eps: number,
  affine: NaiveAffine,
): TensorBase {
  const [batch = 0, channels = 0, ...places] = self.shape;
  const size = channels / groups;
  const grouped = runOp(reshape, { self, shape: [batch, groups, size, numelOf(places)] });
  const perChannel = (vector: TensorBase | null): TensorBase | null =>
    vector === null ? null : runOp(reshape, { self: vector, shape: [groups, size, 1] });
  const result = standardize(grouped, [2, 3], eps, {
    weight: perChannel(affine.weight),
    bias: perChannel(affine.bias),
  });
  return runOp(reshape, { self: result, shape: self.shape });
}

export const group_norm = defineOp({
  name: "group_norm",
  api: ["torch.nn.functional.group_norm", "torch.group_norm"],
  args: {
    self: arg.tensor,
    num_groups: arg.int,
    weight: arg.optional(arg.tensor),
    bias: arg.optional(arg.tensor),
    eps: arg.withDefault(arg.number, 1e-5),
  },
  doc: {
    summary:
      "Normalizes each of `num_groups` groups of channels (dimension 1) of each example: mean 0 and variance 1, times `weight`, plus `bias`.",
    example: "torch.nn.functional.group_norm(torch.tensor([[[1, 2], [3, 4]]]), 1)",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  wide: true,
  decomposition: ({ self, num_groups, weight, bias, eps }) => {
    checkGroups(self, num_groups);
    checkPerChannel("weight", weight, self);
    checkPerChannel("bias", bias, self);
    onlyForFloats("GroupNormKernelImpl")(self.dtype);
    for (const parameter of [weight, bias]) checkParameterDType(self, parameter);
    return standardizeGroups(self, num_groups, eps, { weight, bias });
  },
  reference: ({ self, num_groups, weight, bias, eps }) => {
    const size = at(self.shape, 1) / num_groups;
    return naiveNormalize(
      self,
      ([example = 0, channel = 0]) => `${example},${Math.floor(channel / size)}`,
      ([, channel = 0]) => [channel],
      { weight, bias },
      standardized(eps),
    );
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 4, 3]), num_groups: 2 };
    yield {
      self: make.strided([2, 4, 2, 3]),
      num_groups: 4,
      weight: make.tensor([4]),
      bias: make.tensor([4]),
    };
    yield { self: make.tensor([3, 4]), num_groups: 1, weight: make.strided([4]), eps: 0.5 };
    yield { self: make.tensor([0, 2, 3]), num_groups: 2 };
  },
});
