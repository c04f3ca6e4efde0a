/** Normalization per channel (dimension 1), by the statistics of a batch or by running ones. */
import { RuntimeError, ValueError } from "../../base/errors.ts";
import { at, formatShape, numelOf } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { pointwise } from "../../loops/computation.ts";
import { add, type Expression, mul, sub } from "../../loops/expression.ts";
import { arg, type ArgsOf } from "../arg.ts";
import { checkFitsInto } from "../data/copy.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { alongDim } from "../index/index-layout.ts";
import type { NaiveArray } from "../naive-array.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import { onlyForFloats } from "../not-implemented.ts";
import { mean } from "../reduction/sum.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import {
  checkChannelDType,
  checkChannelVector,
  checkValuesPerChannel,
} from "./check-parameters.ts";
import { standardizeGroups } from "./group-norm.ts";
import { type NaiveAffine, naiveNormalize, standardized } from "./naive-normalize.ts";
import {
  applyNormalization,
  inverseDeviation,
  inverseRootOfVariance,
  spread,
} from "./standardize.ts";

const moveTowards = (running: Expression, value: Expression, momentum: Expression): Expression =>
  add(mul(momentum, value), mul(sub(1, momentum), running));

/** How running statistics follow those of batches. */
export const follow_ = defineOp({
  name: "follow_",
  api: [],
  args: { self: arg.tensor, value: arg.tensor, momentum: arg.number },
  mutates: "self",
  doc: { summary: "momentum * value + (1 - momentum) * input, written to the input." },
  derivative: "not-differentiable",
  dtypes: floatDTypes,
  check: ({ self, value }) => checkFitsInto(self, value),
  mutation: ({ self, value, momentum }) =>
    pointwise(moveTowards, [self, value, momentum], self.dtype),
  reference: ({ self, value, momentum }) => {
    const [before, towards] = [naive(self), naive(value)];
    return naiveFill(
      self.shape,
      (point) => momentum * elementAt(towards, point) + (1 - momentum) * elementAt(before, point),
    );
  },
  samples: function* (make) {
    yield { self: make.tensor([3]), value: make.tensor([3]), momentum: 0.25 };
    yield { self: make.strided([3]), value: make.tensor([3]), momentum: 1 };
  },
});

const parameters = {
  weight: arg.optional(arg.tensor),
  bias: arg.optional(arg.tensor),
} as const;

const batchNormArgs = {
  self: arg.tensor,
  running_mean: arg.optional(arg.tensor),
  running_var: arg.optional(arg.tensor),
  ...parameters,
  training: arg.withDefault(arg.bool, false),
  momentum: arg.withDefault(arg.number, 0.1),
  eps: arg.withDefault(arg.number, 1e-5),
} as const;

type BatchNormArgs = ArgsOf<typeof batchNormArgs>;

const perChannel = (self: TensorBase, vector: TensorBase | null): TensorBase | null =>
  vector === null ? null : alongDim(vector, 1, self.ndim);

function checkBatchNorm(
  args: Omit<BatchNormArgs, "momentum" | "eps" | "training">,
  usesRunning: boolean,
): void {
  const channels = args.self.shape[1] ?? 0;
  for (const name of ["running_mean", "running_var"] as const) {
    if (args[name] === null && usesRunning)
      throw new RuntimeError(`${name} must be defined in evaluation mode`);
    checkChannelVector(name, args[name], channels);
  }
  checkChannelVector("weight", args.weight, channels);
  checkChannelVector("bias", args.bias, channels);
  onlyForFloats("batch_norm")(args.self.dtype);
  for (const name of ["running_mean", "running_var", "weight", "bias"] as const)
    checkChannelDType(args.self, args[name]);
}

const otherDims = (self: TensorBase): readonly number[] =>
  self.shape.map((_, axis) => axis).filter((axis) => axis !== 1);

export const batch_norm = defineOp({
  name: "batch_norm",
  api: ["torch.nn.functional.batch_norm"],
  args: batchNormArgs,
  writes: ["running_mean", "running_var"],
  doc: {
    summary:
      "Normalizes each channel (dimension 1): mean 0 and variance 1, times `weight`, plus `bias`.",
    details:
      "With `training` by the statistics of the batch, which `running_mean` and `running_var` (unbiased) then follow by `momentum`; else by those two.",
    example:
      "torch.nn.functional.batch_norm(torch.tensor([[1], [3]]), null, null, { training: true })",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ training, ...args }) => {
    const { self, running_mean, running_var, eps } = args;
    if (training) checkValuesPerChannel(`torch.Size(${formatShape(self.shape)})`, self.shape);
    checkBatchNorm(args, !training);
    const affine = { weight: perChannel(self, args.weight), bias: perChannel(self, args.bias) };
    if (!training && running_mean !== null && running_var !== null) {
      const scale = runOp(inverseRootOfVariance, { self: running_var, eps });
      return runOp(applyNormalization, {
        self,
        mean: perChannel(self, running_mean),
        scale: alongDim(scale, 1, self.ndim),
        ...affine,
      });
    }
    const center = runOp(mean, { self, dim: otherDims(self), keepdim: true });
    const scale = batchScale(args, center);
    return runOp(applyNormalization, { self, mean: center, scale, ...affine });
  },
  reference: ({ self, running_mean, running_var, weight, bias, training, eps }) => {
    if (!training && running_mean !== null && running_var !== null)
      return naiveByRunning(self, running_mean, running_var, { weight, bias }, eps);
    return naiveNormalize(
      self,
      ([, channel]) => String(channel),
      ([, channel = 0]) => [channel],
      { weight, bias },
      standardized(eps),
    );
  },
  samples: function* (make) {
    const vector = (): TensorBase => make.tensor([3], { low: 0.5, high: 2 });
    const statistics = () => ({ running_mean: vector(), running_var: vector() });
    yield { self: make.tensor([2, 3]), ...statistics() };
    yield { self: make.strided([2, 3, 4]), ...statistics(), weight: vector(), bias: vector() };
    yield { self: make.tensor([0, 3]), ...statistics() };
    yield { self: make.tensor([4, 3, 2]), ...statistics(), training: true, momentum: 0.5 };
    yield { self: make.strided([4, 3]), weight: make.strided([3]), training: true, eps: 0.5 };
  },
});

function naiveByRunning(
  self: TensorBase,
  mean: TensorBase,
  variance: TensorBase,
  { weight, bias }: NaiveAffine,
  eps: number,
): NaiveArray {
  const [x, center, squares] = [naive(self), naive(mean), naive(variance)];
  return naiveFill(self.shape, (point) => {
    const channel = at(point, 1);
    const scale = 1 / Math.sqrt(at(squares.values, channel) + eps);
    const value = (elementAt(x, point) - at(center.values, channel)) * scale;
    const factor = weight === null ? 1 : elementAt(naive(weight), [channel]);
    return value * factor + (bias === null ? 0 : elementAt(naive(bias), [channel]));
  });
}

/** 1 / sqrt(variance + eps) of the batch; running statistics move on. */
function batchScale(
  { self, running_mean, running_var, momentum, eps }: Omit<BatchNormArgs, "training">,
  center: TensorBase,
): TensorBase {
  const dim = otherDims(self);
  moveRunning(running_mean, center, momentum);
  if (running_var === null) return runOp(inverseDeviation, { self, mean: center, dim, eps });
  const found = runOp(spread, { self, mean: center, dim, eps });
  moveRunning(running_var, at(found, 1), momentum);
  return at(found, 0);
}

/** `value` has one element for each of the running ones, whatever its shape. */
function moveRunning(running: TensorBase | null, value: TensorBase, momentum: number): void {
  if (running === null) return;
  const flat = runOp(reshape, { self: value, shape: running.shape });
  runOp(follow_, { self: running, value: flat, momentum });
}

function checkInstances(self: TensorBase): void {
  if (numelOf(self.shape.slice(2)) !== 1) return;
  throw new ValueError(
    `Expected more than 1 spatial element when training, got input size torch.Size(${formatShape(self.shape)})`,
  );
}

/** Running statistics follow the mean over the batch of those of its examples. */
function moveByInstances({
  self,
  running_mean,
  running_var,
  momentum,
}: Omit<BatchNormArgs, "training">): void {
  if (running_mean === null && running_var === null) return;
  const dim = self.shape.map((_, axis) => axis).slice(2);
  const center = runOp(mean, { self, dim, keepdim: true });
  const average = (each: TensorBase): TensorBase =>
    runOp(mean, { self: each, dim: otherDims(self) });
  moveRunning(running_mean, average(center), momentum);
  const variance = at(runOp(spread, { self, mean: center, dim, eps: 0 }), 1);
  moveRunning(running_var, average(variance), momentum);
}

export const instance_norm = defineOp({
  name: "instance_norm",
  api: ["torch.nn.functional.instance_norm"],
  args: {
    self: arg.tensor,
    running_mean: arg.optional(arg.tensor),
    running_var: arg.optional(arg.tensor),
    ...parameters,
    use_input_stats: arg.withDefault(arg.bool, true),
    momentum: arg.withDefault(arg.number, 0.1),
    eps: arg.withDefault(arg.number, 1e-5),
  },
  writes: ["running_mean", "running_var"],
  doc: {
    summary:
      "Normalizes each channel of each example: mean 0 and variance 1, times `weight`, plus `bias`.",
    details:
      "Without `use_input_stats` by `running_mean` and `running_var`, which otherwise follow the statistics of the input by `momentum`.",
    example: "torch.nn.functional.instance_norm(torch.tensor([[[1, 3]]]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ use_input_stats, ...args }) => {
    const { self, weight, bias, eps } = args;
    if (!use_input_stats) return runOp(batch_norm, args);
    checkInstances(self);
    checkBatchNorm(args, false);
    moveByInstances(args);
    return standardizeGroups(self, at(self.shape, 1), eps, { weight, bias });
  },
  reference: ({ self, weight, bias, eps, use_input_stats, running_mean, running_var }) => {
    if (!use_input_stats && running_mean !== null && running_var !== null)
      return naiveByRunning(self, running_mean, running_var, { weight, bias }, eps);
    return naiveNormalize(
      self,
      ([example, channel]) => `${example},${channel}`,
      ([, channel = 0]) => [channel],
      { weight, bias },
      standardized(eps),
    );
  },
  samples: function* (make) {
    const vector = (): TensorBase => make.tensor([3], { low: 0.5, high: 2 });
    const statistics = () => ({ running_mean: vector(), running_var: vector() });
    yield { self: make.tensor([2, 3, 4]) };
    yield { self: make.strided([2, 3, 2, 2]), weight: vector(), bias: vector(), eps: 0.5 };
    yield { self: make.tensor([2, 3, 4]), ...statistics(), use_input_stats: false };
    yield { self: make.tensor([2, 3, 4]), ...statistics() };
  },
});
