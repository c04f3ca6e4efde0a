/** Largest and smallest elements, and where they are. */
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { int64 } from "../../core/dtype.ts";
import { at, wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { type Fold, reduction } from "../../loops/computation.ts";
import { arg } from "../arg.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { type NaiveArray, naiveReduce } from "../naive-array.ts";
import type { Op } from "../op-record.ts";
import { returns } from "../returns.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { reshape } from "../view/reshape.ts";
import { foldedDims, reducedShape } from "./fold-dims.ts";
import {
  argmaxFold,
  argminFold,
  maximumFold,
  maximumWithPosition,
  minimumFold,
  minimumWithPosition,
} from "./folds.ts";
import { reductionSamples } from "./reduction-samples.ts";

function checkNotEmpty(name: string, self: TensorBase): void {
  if (self.numel() === 0) {
    throw new RuntimeError(
      `${name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`,
    );
  }
}

/** There is no largest element of nothing. */
function checkDims(name: string, self: TensorBase, dims: readonly number[]): void {
  for (const axis of dims) {
    if (at(self.shape, axis) === 0)
      throw new IndexError(`${name}(): Expected reduction dim ${axis} to have non-zero size.`);
  }
}

interface Direction {
  /** `max` or `min`. */
  readonly name: "max" | "min";
  readonly word: string;
  readonly fold: Fold;
  readonly withPosition: Fold;
  readonly positionOnly: Fold;
  readonly isBetter: (x: number, best: number) => boolean;
}

const largest: Direction = {
  name: "max",
  word: "largest",
  fold: maximumFold,
  withPosition: maximumWithPosition,
  positionOnly: argmaxFold,
  isBetter: (x, best) => x > best,
};
const smallest: Direction = {
  name: "min",
  word: "smallest",
  fold: minimumFold,
  withPosition: minimumWithPosition,
  positionOnly: argminFold,
  isBetter: (x, best) => x < best,
};

function naiveBest({ isBetter }: Direction, values: readonly number[]): number {
  let best = 0;
  values.forEach((x, position) => {
    const current = at(values, best);
    if (!Number.isNaN(current) && (Number.isNaN(x) || isBetter(x, current))) best = position;
  });
  return best;
}

function naiveValues(
  direction: Direction,
  self: TensorBase,
  dims: readonly number[],
  keepdim: boolean,
): NaiveArray {
  return naiveReduce(self, dims, keepdim, (values) => at(values, naiveBest(direction, values)));
}

function naivePositions(
  direction: Direction,
  self: TensorBase,
  dims: readonly number[],
  keepdim: boolean,
): NaiveArray {
  return naiveReduce(self, dims, keepdim, (values) => naiveBest(direction, values));
}

function fullExtreme(direction: Direction): Op<{ readonly self: typeof arg.tensor }, TensorBase> {
  const { name, word, fold } = direction;
  return defineOp({
    name,
    api: [`torch.${name}`, `Tensor.${name}`],
    args: { self: arg.tensor },
    doc: {
      summary: `The ${word} element; NaN if there is one.`,
      example: `torch.tensor([1, 3, 2]).${name}()`,
    },
    derivative: "pending",
    meta: ({ self }) => {
      checkNotEmpty(name, self);
      return { dtype: self.dtype, shape: [] };
    },
    lowering: ({ self }) => reduction(fold, [self], self.dtype, foldedDims(self.shape, null)),
    reference: ({ self }) => naiveValues(direction, self, foldedDims(self.shape, null), false),
    samples: function* (make) {
      yield { self: make.tensor([2, 3]) };
      yield { self: make.tensor([]) };
      yield { self: make.strided([3, 4]) };
      if (make.dtype.is_floating_point) yield { self: make.of([3], [1, NaN, 2]) };
    },
  });
}

export const max = fullExtreme(largest);
export const min = fullExtreme(smallest);

const alongArgs = {
  self: arg.tensor,
  dim: arg.dim,
  keepdim: arg.withDefault(arg.bool, false),
} as const;

function extremeAlong(direction: Direction) {
  const { name, word, withPosition } = direction;
  return defineOp({
    name: `${name}.dim`,
    api: [`torch.${name}`, `Tensor.${name}`],
    args: alongArgs,
    returns: returns.named(name, ["values", "indices"]),
    doc: {
      summary: `The ${word} elements along a dimension, and where they first stand.`,
      example: `torch.tensor([[1, 3, 2]]).${name}(1)`,
    },
    derivative: "pending",
    meta: ({ self, dim, keepdim }) => {
      const dims = foldedDims(self.shape, [dim]);
      checkDims(name, self, dims);
      const shape = reducedShape(self.shape, dims, keepdim);
      return [
        { dtype: self.dtype, shape },
        { dtype: int64, shape },
      ];
    },
    lowering: ({ self, dim }) => {
      const flat = self.ndim === 0 ? runOp(reshape, { self, shape: [1] }) : self;
      return reduction(withPosition, [flat], self.dtype, [wrapDim(dim, flat.ndim)]);
    },
    reference: ({ self, dim, keepdim }) => {
      const dims = foldedDims(self.shape, [dim]);
      return [
        naiveValues(direction, self, dims, keepdim),
        naivePositions(direction, self, dims, keepdim),
      ];
    },
    samples: alongSamples,
  });
}

function* alongSamples(
  make: SampleMaker,
): Generator<{ self: TensorBase; dim: number; keepdim?: boolean }> {
  yield { self: make.tensor([2, 3]), dim: 1 };
  yield { self: make.strided([2, 3, 4]), dim: -2, keepdim: true };
  yield { self: make.tensor([]), dim: 0 };
  yield { self: make.tensor([3, 0]), dim: 0 };
  yield { self: make.of([5], [1, 0, 1, 1, 0]), dim: 0 };
  if (make.dtype.is_floating_point) yield { self: make.of([4], [1, NaN, 2, NaN]), dim: 0 };
}

export const maxDim = extremeAlong(largest);
export const minDim = extremeAlong(smallest);

const severalArgs = {
  self: arg.tensor,
  dim: arg.optional(arg.dims),
  keepdim: arg.withDefault(arg.bool, false),
} as const;

function extremeOver(
  name: "amax" | "amin",
  direction: Direction,
): Op<typeof severalArgs, TensorBase> {
  return defineOp({
    name,
    api: [`torch.${name}`, `Tensor.${name}`],
    args: severalArgs,
    doc: {
      summary: `The ${direction.word} elements over several dimensions.`,
      example: `torch.tensor([[1, 3], [5, 2]]).${name}([0, 1])`,
    },
    derivative: "pending",
    meta: ({ self, dim, keepdim }) => {
      const dims = foldedDims(self.shape, dim);
      if (dim === null && self.numel() === 0) {
        throw new RuntimeError(
          `${name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`,
        );
      }
      checkDims(name, self, dims);
      return { dtype: self.dtype, shape: reducedShape(self.shape, dims, keepdim) };
    },
    lowering: ({ self, dim }) =>
      reduction(direction.fold, [self], self.dtype, foldedDims(self.shape, dim)),
    reference: ({ self, dim, keepdim }) =>
      naiveValues(direction, self, foldedDims(self.shape, dim), keepdim),
    samples: reductionSamples,
  });
}

export const amax = extremeOver("amax", largest);
export const amin = extremeOver("amin", smallest);

const positionArgs = {
  self: arg.tensor,
  dim: arg.optional(arg.dim),
  keepdim: arg.withDefault(arg.bool, false),
} as const;

function positionOf(
  name: "argmax" | "argmin",
  direction: Direction,
): Op<typeof positionArgs, TensorBase> {
  return defineOp({
    name,
    api: [`torch.${name}`, `Tensor.${name}`],
    args: positionArgs,
    doc: {
      summary: `Where the ${direction.word} element first stands: along \`dim\`, or in the flattened tensor.`,
      example: `torch.tensor([1, 3, 2]).${name}()`,
    },
    derivative: "not-differentiable",
    dtypes: numberDTypes,
    meta: ({ self, dim, keepdim }) => {
      if (self.dtype.category === "bool")
        throw new RuntimeError(`${name}(): does not support bool input`);
      const dims = foldedDims(self.shape, dim === null ? null : [dim]);
      if (dim === null && self.numel() === 0) {
        throw new IndexError(
          `${name}(): Expected reduction dim to be specified for input.numel() == 0.`,
        );
      }
      if (dim !== null) checkDims(name, self, dims);
      return { dtype: int64, shape: reducedShape(self.shape, dims, keepdim) };
    },
    lowering: ({ self, dim }) => {
      // One fold axis: the flattened tensor stands for all dimensions.
      const flat = dim === null || self.ndim === 0 ? runOp(reshape, { self, shape: [-1] }) : self;
      return reduction(direction.positionOnly, [flat], self.dtype, [
        dim === null ? 0 : wrapDim(dim, flat.ndim),
      ]);
    },
    reference: ({ self, dim, keepdim }) =>
      naivePositions(direction, self, foldedDims(self.shape, dim === null ? null : [dim]), keepdim),
    samples: function* (make) {
      yield* alongSamples(make);
      yield { self: make.strided([2, 3]) };
      yield { self: make.tensor([2, 3]), keepdim: true };
      yield { self: make.tensor([]) };
    },
  });
}

export const argmax = positionOf("argmax", largest);
export const argmin = positionOf("argmin", smallest);
