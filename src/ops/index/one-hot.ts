import { NotImplementedError, RuntimeError } from "../../base/errors.ts";
import { DataDependentError } from "../../core/data-dependent-error.ts";
import { bool, type DType, float32, float64, int64, uint8 } from "../../core/dtype.ts";
import { copyElements, itemOf } from "../../core/elements.ts";
import { isFakeMode } from "../../core/fake-mode.ts";
import { at } from "../../core/shape.ts";
import { isFake, type TensorBase } from "../../core/tensor.ts";
import { indexed, type IndexedContext } from "../../loops/computation.ts";
import { cast, compare } from "../../loops/expression.ts";
import { arg } from "../arg.ts";
import { ones, zeros } from "../create/full.ts";
import { toDType } from "../data/to.ts";
import { defineOp } from "../define-op.ts";
import { naive, naiveFill } from "../naive-array.ts";
import { amax, amin } from "../reduction/extremes.ts";
import { leaveToRuntime } from "../recorder.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import { scatter_add_ } from "./scatter.ts";

function isOwnClass({ positions, load }: IndexedContext) {
  return compare("eq", cast(load(0), "index"), at(positions, positions.length - 1));
}

const classTable = defineOp({
  name: "one_hot.table",
  api: [],
  args: { self: arg.tensor, num_classes: arg.int },
  dtypes: [int64],
  doc: { summary: "`one_hot` with a known number of classes, without checks of the values." },
  meta: ({ self, num_classes }) => ({ dtype: int64, shape: [...self.shape, num_classes] }),
  lowering: ({ self }) =>
    indexed(isOwnClass, { operands: [runOp(reshape, { self, shape: [...self.shape, 1] })] }),
  reference: ({ self, num_classes }) => naiveOneHot(self, num_classes),
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.of([3], [0, 2, 1]), num_classes: 3 };
    yield { self: make.of([], [1]), num_classes: 2 };
  },
});

function naiveOneHot(self: TensorBase, classes: number) {
  const { values } = naive(self);
  const numbered = naiveFill([...self.shape, classes], () => 0);
  return {
    shape: numbered.shape,
    values: numbered.values.map((_, position) =>
      Number(values[Math.floor(position / classes)] === position % classes),
    ),
  };
}

function checkClasses(classes: readonly number[], limit: number): void {
  if (classes.some((value) => value < 0))
    throw new RuntimeError("Class values must be non-negative.");
  if (classes.some((value) => value >= limit))
    throw new RuntimeError("Class values must be smaller than num_classes.");
}

export const one_hot = defineOp({
  name: "one_hot",
  api: ["torch.nn.functional.one_hot"],
  checksData: true,
  args: { self: arg.tensor, num_classes: arg.withDefault(arg.int, -1) },
  dtypes: [int64],
  doc: {
    summary: "For every class number a vector of zeros with a one in its place.",
    details:
      "Without `num_classes` there are as many classes as the largest number asks for, which needs the data.",
    example: "torch.nn.functional.one_hot(torch.tensor([0n, 2n]), 3)",
  },
  decomposition: ({ self, num_classes }) => {
    if (self.dtype !== int64)
      throw new RuntimeError("one_hot is only applicable to index tensor of type LongTensor.");
    if (isFake(self) || isFakeMode()) {
      leaveToRuntime();
      if (num_classes < 0) throw new DataDependentError("one_hot", "shape");
      return runOp(classTable, { self, num_classes });
    }
    if (self.numel() === 0) {
      if (num_classes <= 0)
        throw new RuntimeError("Can not infer total number of classes from empty tensor.");
      return runOp(classTable, { self, num_classes });
    }
    const classes = Array.from(copyElements(self), Number);
    checkClasses(classes, num_classes === -1 ? Infinity : num_classes);
    const largest = classes.reduce((left, right) => Math.max(left, right));
    return runOp(classTable, { self, num_classes: num_classes === -1 ? largest + 1 : num_classes });
  },
  reference: ({ self, num_classes }) => {
    return naiveOneHot(
      self,
      num_classes === -1 ? Math.max(...naive(self).values) + 1 : num_classes,
    );
  },
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.of([3], [0, 2, 1]) };
    yield { self: make.of([2, 1], [3, 1]), num_classes: 5 };
    yield { self: make.of([], [2]) };
    yield { self: make.of([0], []), num_classes: 3 };
  },
});

function dtypeOfBins(weights: TensorBase | null): DType {
  if (weights === null) return int64;
  return weights.dtype === float32 ? float32 : float64;
}

export const bincount = defineOp({
  name: "bincount",
  api: ["torch.bincount", "Tensor.bincount"],
  args: {
    self: arg.tensor,
    weights: arg.optional(arg.tensor),
    minlength: arg.withDefault(arg.int, 0),
  },
  dtypes: [int64],
  doc: {
    summary:
      "How often every integer from 0 on occurs, or the sum of the weights at its occurrences.",
    example: "torch.bincount(torch.tensor([0n, 2n, 2n]))",
  },
  needsData: "shape",
  decomposition: ({ self, weights, minlength }) => {
    if (self.dtype.is_floating_point || self.dtype === bool) {
      throw new NotImplementedError(
        `"bincount_cpu" not implemented for '${self.dtype.scalarTypeName}'`,
      );
    }
    if (minlength < 0) throw new RuntimeError("minlength should be >= 0");
    const isEmpty = self.numel() === 0;
    const smallest = isEmpty ? 0 : Number(itemOf(runOp(amin, { self })));
    if (self.ndim !== 1 || smallest < 0) {
      throw new RuntimeError("bincount only supports 1-d non-negative integral inputs.");
    }
    if (weights !== null && weights.numel() !== self.numel()) {
      throw new RuntimeError("weights should be 1-d and have the same length as input");
    }
    const largest = isEmpty ? -1 : Number(itemOf(runOp(amax, { self })));
    const size = [Math.max(minlength, largest + 1)];
    const index = runOp(toDType, { self, dtype: int64 });
    const dtype = dtypeOfBins(weights);
    const counted =
      weights === null
        ? runOp(ones, { size: self.shape, dtype })
        : runOp(toDType, { self: weights, dtype });
    const src = runOp(reshape, { self: counted, shape: [-1] });
    return runOp(scatter_add_, { self: runOp(zeros, { size, dtype }), dim: 0, index, src });
  },
  reference: ({ self, weights, minlength }) => {
    const places = naive(self).values;
    const amounts = weights === null ? places.map(() => 1) : naive(weights).values;
    return naiveFill([Math.max(minlength, ...places.map((place) => place + 1))], ([bin]) => {
      return amounts
        .filter((_, position) => places[position] === bin)
        .reduce((total, amount) => total + amount, 0);
    });
  },
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.of([5], [0, 1, 1, 4, 0]) };
    yield { self: make.of([2], [2, 0]), minlength: 6 };
    yield { self: make.of([3], [1, 1, 0]), weights: make.of([3], [0.5, 2, 1], float64) };
    yield { self: make.of([2], [1, 3], uint8) };
    yield { self: make.of([0], []) };
  },
});
