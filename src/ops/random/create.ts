/** Functions that make tensors of random numbers. */
import { RuntimeError, NotImplementedError } from "../../base/errors.ts";
import { get_default_dtype } from "../../core/default-dtype.ts";
import { bool, type DType, int64, uint8 } from "../../core/dtype.ts";
import { copyElements } from "../../core/elements.ts";
import type { Generator } from "../../core/random/generator.ts";
import { fillIntegers } from "../../core/random/fill-integers.ts";
import { fillNormal, fillNormalOneByOne } from "../../core/random/fill-normal.ts";
import { fillPermutation } from "../../core/random/fill-permutation.ts";
import { fillUniform } from "../../core/random/fill-uniform.ts";
import { at, broadcastShapes, type Shape } from "../../core/shape.ts";
import { isFake, type TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { empty, empty_like } from "../create/full.ts";
import { factoryArgs } from "../create/factory-args.ts";
import { defineOp, floatDTypes, numberDTypes } from "../define-op.ts";
import { add, mul } from "../pointwise/arithmetic.ts";
import { pointwiseMeta } from "../pointwise/pointwise-meta.ts";
import { leaveToRuntime } from "../recorder.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { bernoulli_, normal_ } from "./fill-in-place.ts";
import { generatorArg, generatorOrDefault } from "./generator-arg.ts";
import { fillInMemoryOrder, floatElements } from "./memory-order.ts";
import { checkFloat, checkIntegerRange, checkSize, checkStd } from "./random-checks.ts";

// The sequences are tested against PyTorch's own (test/random), so these records have no reference.

const randomFactoryArgs = { generator: generatorArg, ...factoryArgs } as const;

function* sizeSamples(make: SampleMaker): Iterable<{ size: Shape; dtype: DType }> {
  yield { size: [2, 3], dtype: make.dtype };
  yield { size: [20], dtype: make.dtype };
  yield { size: [], dtype: make.dtype };
  yield { size: [0, 2], dtype: make.dtype };
}

function* likeSamples(make: SampleMaker): Iterable<{ self: TensorBase }> {
  yield { self: make.tensor([2, 3]) };
  yield { self: make.strided([4, 5]) };
  yield { self: make.tensor([]) };
}

function fillWithUniform(output: TensorBase, generator: Generator | null): void {
  fillInMemoryOrder(output, (elements) =>
    fillUniform(floatElements(elements), 0, 1, generatorOrDefault(generator)),
  );
}

function fillWithNormal(output: TensorBase, generator: Generator | null): void {
  const fill = output.is_contiguous() ? fillNormal : fillNormalOneByOne;
  const drawsAll = output.dtype.words === null;
  fillInMemoryOrder(output, (elements) =>
    fill(floatElements(elements), 0, 1, generatorOrDefault(generator), drawsAll),
  );
}

function fillWithIntegers(
  output: TensorBase,
  low: number,
  high: number,
  generator: Generator | null,
): void {
  const source = generatorOrDefault(generator);
  fillInMemoryOrder(output, (elements) =>
    fillIntegers(elements, BigInt(low), BigInt(high), source),
  );
}

function floatMeta(
  kernel: string,
  size: Shape,
  dtype: DType | null,
): { readonly dtype: DType; readonly shape: Shape } {
  checkSize(size);
  const result = dtype ?? get_default_dtype();
  if (!size.includes(0)) checkFloat(kernel, result);
  return { dtype: result, shape: size };
}

export const rand = defineOp({
  name: "rand",
  api: ["torch.rand"],
  args: { size: arg.size, ...randomFactoryArgs },
  random: true,
  dtypes: floatDTypes,
  doc: {
    summary: "Numbers uniform in [0, 1).",
    details: "The same seed gives the same numbers as PyTorch.",
    example: "torch.rand(2, 3).shape",
  },
  meta: ({ size, dtype }) => floatMeta("check_uniform_bounds", size, dtype),
  routine: ({ generator }, outputs) => fillWithUniform(at(outputs, 0), generator),
  reference: null,
  derivative: "not-differentiable",
  samples: sizeSamples,
});

export const randn = defineOp({
  name: "randn",
  api: ["torch.randn"],
  args: { size: arg.size, ...randomFactoryArgs },
  random: true,
  dtypes: floatDTypes,
  doc: {
    summary: "Normally distributed numbers of mean 0 and standard deviation 1.",
    details: "The same seed gives the same numbers as PyTorch.",
    example: "torch.randn(2, 3).shape",
  },
  meta: ({ size, dtype }) => floatMeta("normal_kernel_cpu", size, dtype),
  routine: ({ generator }, outputs) => fillWithNormal(at(outputs, 0), generator),
  reference: null,
  derivative: "not-differentiable",
  samples: sizeSamples,
});

const randintDoc = {
  summary: "Integers uniform from `low` (0 if left out) to `high` - 1.",
  details: "The same seed gives the same numbers as PyTorch. int64 unless `dtype` says otherwise.",
  example: "torch.randint(5, 6, [3])",
};

function integerMeta(
  low: number,
  high: number,
  size: Shape,
  dtype: DType | null,
): { readonly dtype: DType; readonly shape: Shape } {
  checkSize(size);
  const result = dtype ?? int64;
  checkIntegerRange(low, high, result);
  return { dtype: result, shape: size };
}

export const randint = defineOp({
  name: "randint",
  api: ["torch.randint"],
  args: { high: arg.int, size: arg.ints, ...randomFactoryArgs },
  random: true,
  doc: { ...randintDoc, example: "torch.randint(1, [3])" },
  meta: ({ high, size, dtype }) => integerMeta(0, high, size, dtype),
  routine: ({ high, generator }, outputs) => fillWithIntegers(at(outputs, 0), 0, high, generator),
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    for (const sample of sizeSamples(make)) yield { ...sample, high: 2 };
  },
});

export const randintBetween = defineOp({
  name: "randint.low",
  api: ["torch.randint"],
  args: { low: arg.int, high: arg.int, size: arg.ints, ...randomFactoryArgs },
  random: true,
  doc: randintDoc,
  meta: ({ low, high, size, dtype }) => integerMeta(low, high, size, dtype),
  routine: ({ low, high, generator }, outputs) =>
    fillWithIntegers(at(outputs, 0), low, high, generator),
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    for (const sample of sizeSamples(make)) yield { ...sample, low: 1, high: 2 };
  },
});

export const randperm = defineOp({
  name: "randperm",
  api: ["torch.randperm"],
  args: { n: arg.int, ...randomFactoryArgs },
  random: true,
  dtypes: numberDTypes,
  doc: {
    summary: "The integers from 0 to `n` - 1 in random order.",
    example: "torch.randperm(4).sum()",
  },
  meta: ({ n, dtype }) => {
    checkSize([n]);
    if (dtype === bool) throw new NotImplementedError(`"randperm" not implemented for 'Bool'`);
    if (dtype === uint8 && n > 256)
      throw new RuntimeError("value cannot be converted to type uint8_t without overflow");
    return { dtype: dtype ?? int64, shape: [n] };
  },
  routine: ({ generator }, outputs) => {
    fillInMemoryOrder(at(outputs, 0), (elements) =>
      fillPermutation(elements, generatorOrDefault(generator)),
    );
  },
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { n: 5, dtype: make.dtype };
    yield { n: 0, dtype: make.dtype };
  },
});

const likeArgs = { self: arg.tensor, ...randomFactoryArgs } as const;

export const rand_like = defineOp({
  name: "rand_like",
  api: ["torch.rand_like"],
  args: likeArgs,
  random: true,
  dtypes: floatDTypes,
  doc: {
    summary: "Numbers uniform in [0, 1), in the shape and dtype of `input`.",
    example: "torch.rand_like(torch.ones(2)).shape",
  },
  meta: ({ self, dtype }) => {
    floatMeta("check_uniform_bounds", self.shape, dtype ?? self.dtype);
    return pointwiseMeta([self], dtype ?? self.dtype);
  },
  routine: ({ generator }, outputs) => fillWithUniform(at(outputs, 0), generator),
  reference: null,
  derivative: "not-differentiable",
  samples: likeSamples,
});

export const randn_like = defineOp({
  name: "randn_like",
  api: ["torch.randn_like"],
  args: likeArgs,
  random: true,
  dtypes: floatDTypes,
  doc: {
    summary: "Normally distributed numbers in the shape and dtype of `input`.",
    example: "torch.randn_like(torch.ones(2)).shape",
  },
  meta: ({ self, dtype }) => {
    floatMeta("normal_kernel_cpu", self.shape, dtype ?? self.dtype);
    return pointwiseMeta([self], dtype ?? self.dtype);
  },
  routine: ({ generator }, outputs) => fillWithNormal(at(outputs, 0), generator),
  reference: null,
  derivative: "not-differentiable",
  samples: likeSamples,
});

export const randint_like = defineOp({
  name: "randint_like",
  api: ["torch.randint_like"],
  args: { self: arg.tensor, high: arg.int, ...randomFactoryArgs },
  random: true,
  doc: { ...randintDoc, example: "torch.randint_like(torch.ones(2), 1)" },
  meta: ({ self, high, dtype }) => {
    checkIntegerRange(0, high, dtype ?? self.dtype);
    return pointwiseMeta([self], dtype ?? self.dtype);
  },
  routine: ({ high, generator }, outputs) => fillWithIntegers(at(outputs, 0), 0, high, generator),
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    for (const sample of likeSamples(make)) yield { ...sample, high: 2 };
  },
});

export const randintLikeBetween = defineOp({
  name: "randint_like.low",
  api: ["torch.randint_like"],
  args: { self: arg.tensor, low: arg.int, high: arg.int, ...randomFactoryArgs },
  random: true,
  doc: { ...randintDoc, example: "torch.randint_like(torch.ones(2), 5, 6)" },
  meta: ({ self, low, high, dtype }) => {
    checkIntegerRange(low, high, dtype ?? self.dtype);
    return pointwiseMeta([self], dtype ?? self.dtype);
  },
  routine: ({ low, high, generator }, outputs) =>
    fillWithIntegers(at(outputs, 0), low, high, generator),
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    for (const sample of likeSamples(make)) yield { ...sample, low: 0, high: 2 };
  },
});

export const bernoulli = defineOp({
  name: "bernoulli",
  api: ["torch.bernoulli", "Tensor.bernoulli"],
  checksData: true,
  args: { self: arg.tensor, p: arg.optional(arg.number), generator: generatorArg },
  random: true,
  dtypes: floatDTypes,
  doc: {
    summary:
      "Ones with the probabilities that `input` gives, and zeros; or all with probability `p`.",
    example: "torch.bernoulli(torch.tensor([0, 1, 1]))",
  },
  decomposition: ({ self, p, generator }) => {
    // With its own probabilities the result is contiguous, else it keeps the layout of `input`.
    const output =
      p === null
        ? runOp(empty, { size: self.shape, dtype: self.dtype })
        : runOp(empty_like, { self });
    return runOp(bernoulli_, { self: output, p: p ?? self, generator });
  },
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.tensor([2, 3], { low: 0, high: 1 }) };
    yield { self: make.strided([2, 3], { low: 0, high: 1 }) };
    yield { self: make.tensor([3]), p: 1 };
    yield { self: make.tensor([0]) };
  },
});

const normalDoc = {
  summary: "Normally distributed numbers with the given means and standard deviations.",
  details: "With two numbers a `size` says how many; with tensors every element has its own.",
};

export const normal = defineOp({
  name: "normal",
  api: ["torch.normal"],
  args: { mean: arg.number, std: arg.number, size: arg.ints, ...randomFactoryArgs },
  random: true,
  dtypes: floatDTypes,
  doc: { ...normalDoc, example: "torch.normal(3, 0, [2])" },
  decomposition: ({ mean, std, size, generator, dtype, requires_grad }) => {
    checkSize(size);
    const numbers = runOp(normal_, { self: runOp(empty, { size, dtype }), mean, std, generator });
    if (requires_grad) numbers.requires_grad = true;
    return numbers;
  },
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    for (const sample of sizeSamples(make)) yield { ...sample, mean: 1, std: 2 };
  },
});

export const normalOfTensors = defineOp({
  name: "normal.Tensor",
  api: ["torch.normal"],
  args: { mean: arg.operand, std: arg.withDefault(arg.operand, 1), generator: generatorArg },
  random: true,
  dtypes: floatDTypes,
  doc: { ...normalDoc, example: "torch.normal(torch.tensor([1, 2]), 0)" },
  decomposition: ({ mean, std, generator }) => {
    if (typeof std !== "object") {
      if (typeof mean !== "object") throw new TypeError("normal() with two numbers needs a size");
      checkStd(Number(std));
      const noise = runOp(normal_, {
        self: runOp(empty, { size: mean.shape, dtype: mean.dtype }),
        std: Number(std),
        generator,
      });
      return runOp(add, { self: noise, other: mean });
    }
    checkStdElements(std);
    const size = typeof mean === "object" ? broadcastShapes(mean.shape, std.shape) : std.shape;
    const dtype = typeof mean === "object" ? mean.dtype : std.dtype;
    const noise = runOp(normal_, { self: runOp(empty, { size, dtype }), generator });
    return runOp(add, { self: runOp(mul, { self: noise, other: std }), other: mean });
  },
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { mean: make.tensor([2, 3]), std: 2 };
    yield { mean: 1, std: make.tensor([3], { low: 0 }) };
    yield { mean: make.tensor([2, 1]), std: make.strided([2, 3], { low: 0 }) };
    yield { mean: make.tensor([2]) };
  },
});

function checkStdElements(std: TensorBase): void {
  if (isFake(std)) {
    leaveToRuntime();
    return;
  }
  if (copyElements(std).some((value: number | bigint) => value < 0)) {
    throw new RuntimeError("normal expects all elements of std >= 0.0");
  }
}
