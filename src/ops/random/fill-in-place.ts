/** Random numbers written to a tensor: `x.uniform_()` and its relatives. */
import { RuntimeError } from "../../base/errors.ts";
import { copyElements } from "../../core/elements.ts";
import { fillBernoulli, fillBernoulliEach } from "../../core/random/fill-bernoulli.ts";
import { fillExponential } from "../../core/random/fill-exponential.ts";
import { fillIntegers, fillUnbounded, unboundedDraws } from "../../core/random/fill-integers.ts";
import { fillNormal, fillNormalOneByOne } from "../../core/random/fill-normal.ts";
import { fillUniform } from "../../core/random/fill-uniform.ts";
import { float32, float64 } from "../../core/dtype.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { runOp } from "../run-op.ts";
import { expand } from "../view/expand.ts";
import { generatorArg, generatorOrDefault } from "./generator-arg.ts";
import { fillInMemoryOrder, floatElements, memoryOrder, reorderedView } from "./memory-order.ts";
import {
  checkFloat,
  checkIntegerRange,
  checkProbability,
  checkStd,
  checkUniform,
} from "./random-checks.ts";

// The sequences are tested against PyTorch's own (test/random), so these records have no reference.

export const uniform_ = defineOp({
  name: "uniform_",
  api: ["Tensor.uniform_"],
  args: {
    self: arg.tensor,
    from: arg.withDefault(arg.number, 0),
    to: arg.withDefault(arg.number, 1),
    generator: generatorArg,
  },
  mutates: "self",
  random: true,
  dtypes: floatDTypes,
  doc: {
    summary: "Fills with numbers uniform in [`from`, `to`).",
    example: "torch.empty(2).uniform_(5, 6).ge(5)",
  },
  check: ({ self, from, to }) => {
    checkFloat("check_uniform_bounds", self.dtype);
    checkUniform(from, to);
  },
  routine: ({ self, from, to, generator }) => {
    fillInMemoryOrder(self, (elements) =>
      fillUniform(floatElements(elements), from, to, generatorOrDefault(generator)),
    );
  },
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.tensor([2, 3]) };
    yield { self: make.strided([2, 3]), from: -1, to: 2 };
    yield { self: make.tensor([0]) };
  },
});

export const normal_ = defineOp({
  name: "normal_",
  api: ["Tensor.normal_"],
  args: {
    self: arg.tensor,
    mean: arg.withDefault(arg.number, 0),
    std: arg.withDefault(arg.number, 1),
    generator: generatorArg,
  },
  mutates: "self",
  random: true,
  dtypes: floatDTypes,
  doc: {
    summary: "Fills with normally distributed numbers.",
    example: "torch.empty(2).normal_(3, 0)",
  },
  check: ({ self, std }) => {
    checkStd(std);
    if (self.numel() > 0) checkFloat("normal_kernel_cpu", self.dtype);
  },
  routine: ({ self, mean, std, generator }) => {
    const fill = self.is_contiguous() ? fillNormal : fillNormalOneByOne;
    const drawsAll = self.dtype.words === null;
    fillInMemoryOrder(self, (elements) =>
      fill(floatElements(elements), mean, std, generatorOrDefault(generator), drawsAll),
    );
  },
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.tensor([2, 3]) };
    yield { self: make.tensor([20]), mean: 1, std: 2 };
    yield { self: make.strided([5, 4]) };
    yield { self: make.tensor([0]) };
  },
});

export const exponential_ = defineOp({
  name: "exponential_",
  api: ["Tensor.exponential_"],
  args: { self: arg.tensor, lambd: arg.withDefault(arg.number, 1), generator: generatorArg },
  mutates: "self",
  random: true,
  dtypes: floatDTypes,
  doc: {
    summary: "Fills with exponentially distributed numbers of rate `lambd`.",
    example: "torch.empty(2).exponential_().ge(0)",
  },
  check: ({ self, lambd }) => {
    if (!(lambd > 0))
      throw new RuntimeError(`exponential_ expects lambda > 0.0, but found lambda=${lambd}`);
    if (self.dtype.is_floating_point) return;
    throw new RuntimeError(
      `Exponential distribution is a continuous probability distribution. dtype must be a floating point but you specified ${self.dtype.toString()}`,
    );
  },
  routine: ({ self, lambd, generator }) => {
    fillInMemoryOrder(self, (elements) =>
      fillExponential(floatElements(elements), lambd, generatorOrDefault(generator)),
    );
  },
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.tensor([2, 3]) };
    yield { self: make.strided([2, 3]), lambd: 2 };
  },
});

export const bernoulli_ = defineOp({
  name: "bernoulli_",
  api: ["Tensor.bernoulli_"],
  checksData: true,
  args: { self: arg.tensor, p: arg.withDefault(arg.operand, 0.5), generator: generatorArg },
  mutates: "self",
  random: true,
  doc: {
    summary: "Fills with ones of probability `p`, a number or a tensor of numbers, and zeros.",
    example: "torch.empty(3).bernoulli_(1)",
  },
  check: ({ self, p }) => {
    if (typeof p === "object") {
      if (self.numel() === 0) return;
      runOp(expand, { self: p, size: self.shape });
      checkFloat("bernoulli_tensor_cpu_p_", p.dtype);
    } else {
      checkProbability(Number(p));
    }
  },
  routine: ({ self, p, generator }) => {
    const source = generatorOrDefault(generator);
    if (typeof p !== "object") {
      fillInMemoryOrder(self, (elements) => fillBernoulli(elements, Number(p), source));
      return;
    }
    const probabilities = probabilitiesFor(self, p);
    fillInMemoryOrder(self, (elements) => fillBernoulliEach(elements, probabilities, source));
  },
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.tensor([2, 3]) };
    yield { self: make.strided([2, 3]), p: 1 };
    yield { self: make.tensor([2, 2]), p: make.of([2], [0, 1], float32) };
    yield { self: make.strided([2, 2]), p: make.of([2, 1], [0, 1], float64) };
    yield { self: make.tensor([0]) };
  },
});

/** The probabilities of a tensor's elements, in the order of the tensor's memory. */
function probabilitiesFor(self: TensorBase, p: TensorBase): Float32Array | Float64Array {
  const order = self.is_contiguous() ? self.shape.map((_, axis) => axis) : memoryOrder(self);
  const probabilities = floatElements(
    copyElements(reorderedView(runOp(expand, { self: p, size: self.shape }), order)),
  );
  if (probabilities.every((probability) => probability >= 0 && probability <= 1))
    return probabilities;
  throw new RuntimeError(
    "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)",
  );
}

const randomDoc = {
  summary:
    "Fills with random integers: from 0 to the largest of the dtype, or from `from` (0 if left out) to `to` - 1.",
  details: "For floats without bounds the largest integer is the last one that is exact.",
  example: "torch.empty(3).random_(5, 6)",
};

export const random_ = defineOp({
  name: "random_",
  api: ["Tensor.random_"],
  args: { self: arg.tensor, generator: generatorArg },
  mutates: "self",
  random: true,
  doc: { ...randomDoc, example: "torch.empty(3).random_().ge(0)" },
  check: () => {},
  routine: ({ self, generator }) => {
    const draw = unboundedDraws[self.dtype.name];
    fillInMemoryOrder(self, (elements) =>
      fillUnbounded(elements, draw, generatorOrDefault(generator)),
    );
  },
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.tensor([2, 3]) };
    yield { self: make.strided([2, 3]) };
  },
});

function fillRange(
  self: TensorBase,
  from: number,
  to: number,
  generator: Parameters<typeof generatorOrDefault>[0],
): void {
  fillInMemoryOrder(self, (elements) =>
    fillIntegers(elements, BigInt(from), BigInt(to), generatorOrDefault(generator)),
  );
}

export const randomBelow_ = defineOp({
  name: "random_.to",
  api: ["Tensor.random_"],
  args: { self: arg.tensor, to: arg.int, generator: generatorArg },
  mutates: "self",
  random: true,
  doc: { ...randomDoc, example: "torch.empty(3).random_(1)" },
  check: ({ self, to }) => checkIntegerRange(0, to, self.dtype),
  routine: ({ self, to, generator }) => fillRange(self, 0, to, generator),
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), to: 2 };
  },
});

export const randomBetween_ = defineOp({
  name: "random_.from",
  api: ["Tensor.random_"],
  args: { self: arg.tensor, from: arg.int, to: arg.int, generator: generatorArg },
  mutates: "self",
  random: true,
  doc: randomDoc,
  check: ({ self, from, to }) => checkIntegerRange(from, to, self.dtype),
  routine: ({ self, from, to, generator }) => fillRange(self, from, to, generator),
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), from: 0, to: 2 };
    yield { self: make.strided([2, 3]), from: 1, to: 2 };
  },
});
