import { RuntimeError } from "../../base/errors.ts";
import { int32, int64 } from "../../core/dtype.ts";
import { type Operand } from "../../core/promotion.ts";
import { convertScalar, isScalar } from "../../core/scalar.ts";
import { at, formatShape, wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import {
  type Computation,
  type IndexedContext,
  scalarValue,
  scatter as scatterLoop,
} from "../../loops/computation.ts";
import type { StoreMode } from "../../loops/kernel.ts";
import { arg } from "../arg.ts";
import { contiguousClone } from "../data/clone.ts";
import { defineOp } from "../define-op.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray } from "../naive-array.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { bodyPerKey } from "./body-per-key.ts";
import {
  atLeast1d,
  checkIndexOfScalar,
  coordinatesAlong,
  noDimension,
  outOfBounds,
} from "./index-layout.ts";
import { textArg } from "./text-arg.ts";

const scatterTensorBody = bodyPerKey((dim: number) => {
  return function scatterTensor(context: IndexedContext) {
    const coordinates = coordinatesAlong(context, dim, { index: 0, failure: outOfBounds(dim) });
    return { coordinates, value: context.load(1) };
  };
});

const scatterNumberBody = bodyPerKey((dim: number) => {
  return function scatterNumber(context: IndexedContext) {
    const coordinates = coordinatesAlong(context, dim, { index: 0, failure: outOfBounds(dim) });
    return { coordinates, value: context.scalar(1) };
  };
});

/** The checks of all scatters; errors are PyTorch's. */
export function checkScatter(self: TensorBase, dim: number, index: TensorBase, src: Operand): void {
  const axis = wrapDim(dim, self.ndim);
  if (index.dtype !== int64 && index.dtype !== int32) {
    throw new RuntimeError("scatter(): Expected dtype int32/int64 for index");
  }
  if (!isScalar(src) && src.dtype !== self.dtype) {
    throw new RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype");
  }
  if (isScalar(src)) convertScalar(src, self.dtype);
  if (index.numel() === 0) return;
  const rank = atLeast1d(index).ndim;
  if (rank !== atLeast1d(self).ndim) {
    throw new RuntimeError("Index tensor must have the same number of dimensions as self tensor");
  }
  const exceeds = index.shape.some((size, other) => other !== axis && size > at(self.shape, other));
  if (isScalar(src)) {
    if (!exceeds) return;
    throw new RuntimeError(
      `Expected index ${formatShape(index.shape)} to be no larger than self ${formatShape(self.shape)} apart from dimension ${axis}`,
    );
  }
  if (rank !== atLeast1d(src).ndim) {
    throw new RuntimeError("Index tensor must have the same number of dimensions as src tensor");
  }
  if (exceeds || index.shape.some((size, other) => size > at(src.shape, other))) {
    throw new RuntimeError(
      `Expected index ${formatShape(index.shape)} to be no larger than self ${formatShape(self.shape)} apart from dimension ${axis} and to be no larger size than src ${formatShape(src.shape)}`,
    );
  }
}

/** Writes `src` to the places of `self` that the index names, which meets what is there as `mode` says. */
export function scatterInto(
  self: TensorBase,
  dim: number,
  index: TensorBase,
  src: Operand,
  mode: StoreMode,
): Computation {
  const axis = self.ndim === 0 ? noDimension : wrapDim(dim, self.ndim);
  if (axis === noDimension) checkIndexOfScalar(index);
  const size = scalarValue("index", self.shape[axis] ?? 1);
  const shape = index.shape;
  if (isScalar(src)) {
    const value = { type: self.dtype.computeName, value: convertScalar(src, self.dtype) };
    return scatterLoop(scatterNumberBody(axis), {
      shape,
      operands: [index],
      mode,
      scalars: [size, value],
    });
  }
  return scatterLoop(scatterTensorBody(axis), {
    shape,
    operands: [index, src],
    mode,
    scalars: [size],
  });
}

/** The elements of `self`, combined in the order of the index with those of `src` at the same place. */
export function naiveScatter(
  self: TensorBase,
  dim: number,
  index: TensorBase,
  src: Operand,
  combine: (present: number, incoming: number) => number,
): NaiveArray {
  const axis = wrapDim(dim, self.ndim);
  const incoming = naive(src);
  const indices = naive(index);
  const places = new Map(
    coordinatesOf(self.shape).map((point, position) => [point.join(), position]),
  );
  const values = [...naive(self).values];
  for (const point of coordinatesOf(index.shape)) {
    const target = point.map((coordinate, other) =>
      other === axis ? elementAt(indices, point) : coordinate,
    );
    const position = places.get(target.join()) ?? 0;
    const value = at(incoming.values, isScalar(src) ? 0 : rowMajorPosition(src.shape, point));
    values[position] = combine(at(values, position), value);
  }
  return { shape: self.shape, values };
}

/** Unlike broadcasting, a scatter reads the first elements of a source that is larger than the index. */
function rowMajorPosition(shape: readonly number[], point: readonly number[]): number {
  return shape.reduce((position, size, axis) => position * size + at(point, axis), 0);
}

export function* scatterSamples(
  make: SampleMaker,
): Generator<{ self: TensorBase; dim: number; index: TensorBase; src: TensorBase }> {
  yield {
    self: make.tensor([3, 4]),
    dim: 1,
    index: make.of([3, 2], [0, 3, 2, 1, 1, 0], int64),
    src: make.tensor([3, 2]),
  };
  yield {
    self: make.strided([3, 4]),
    dim: 0,
    index: make.of([1, 3], [2, 0, 1], int32),
    src: make.strided([2, 4]),
  };
  yield {
    self: make.tensor([4]),
    dim: -1,
    index: make.of([3], [3, 0, 2], int64),
    src: make.tensor([5]),
  };
  yield { self: make.tensor([]), dim: 0, index: make.of([], [0], int64), src: make.tensor([]) };
  yield { self: make.tensor([3]), dim: 0, index: make.of([0], [], int64), src: make.tensor([0]) };
}

const scatterArgs = {
  self: arg.tensor,
  dim: arg.dim,
  index: arg.tensor,
  src: arg.operand,
  reduce: arg.keyword(arg.optional(textArg)),
} as const;

function scatterMode(reduce: string | null): StoreMode {
  if (reduce === null) return "set";
  if (reduce === "add" || reduce === "multiply") return reduce;
  throw new RuntimeError("reduce argument must be either add or multiply.");
}

const scatterCombine: Readonly<
  Partial<Record<StoreMode, (present: number, incoming: number) => number>>
> = {
  set: (_present, incoming) => incoming,
  add: (present, incoming) => present + incoming,
  multiply: (present, incoming) => present * incoming,
};

export const scatter_ = defineOp({
  name: "scatter_",
  api: ["Tensor.scatter_"],
  checksData: true,
  args: scatterArgs,
  mutates: "self",
  doc: {
    summary:
      "Writes the elements of `src`, or a number, to the positions along one dimension that an index tensor gives.",
    details:
      "Where an index repeats, the last one wins; with `reduce` the values are added to or multiplied with what is there.",
    example: "torch.zeros(3).scatter_(0, torch.tensor([2n, 0n]), torch.tensor([5, 6]))",
  },
  check: ({ self, dim, index, src, reduce }) => {
    scatterMode(reduce);
    checkScatter(self, dim, index, src);
  },
  mutation: ({ self, dim, index, src, reduce }) =>
    scatterInto(self, dim, index, src, scatterMode(reduce)),
  reference: ({ self, dim, index, src, reduce }) => {
    return naiveScatter(self, dim, index, src, scatterCombine[scatterMode(reduce)] ?? Math.min);
  },
  derivative: "pending",
  samples: function* (make) {
    yield* scatterSamples(make);
    yield { self: make.tensor([2, 2]), dim: 1, index: make.of([2, 1], [0, 1], int64), src: 1 };
    if (make.dtype.name !== "bool") {
      yield {
        self: make.tensor([3]),
        dim: 0,
        index: make.of([3], [0, 0, 2], int64),
        src: make.tensor([3]),
        reduce: "add",
      };
      yield {
        self: make.tensor([3]),
        dim: 0,
        index: make.of([3], [0, 0, 2], int64),
        src: make.tensor([3]),
        reduce: "multiply",
      };
    }
  },
});

export const scatter = defineOp({
  name: "scatter",
  api: ["torch.scatter", "Tensor.scatter"],
  checksData: true,
  args: scatterArgs,
  doc: {
    summary:
      "A copy of `input` with elements of `src`, or a number, written to positions along one dimension.",
    example: "torch.scatter(torch.zeros(3), 0, torch.tensor([2n, 0n]), torch.tensor([5, 6]))",
  },
  decomposition: ({ self, ...rest }) =>
    runOp(scatter_, { self: runOp(contiguousClone, { self }), ...rest }),
  reference: ({ self, dim, index, src, reduce }) => {
    return naiveScatter(self, dim, index, src, scatterCombine[scatterMode(reduce)] ?? Math.min);
  },
  derivative: "pending",
  samples: scatterSamples,
});

const scatterAddArgs = {
  self: arg.tensor,
  dim: arg.dim,
  index: arg.tensor,
  src: arg.tensor,
} as const;

export const scatter_add_ = defineOp({
  name: "scatter_add_",
  api: ["Tensor.scatter_add_"],
  checksData: true,
  args: scatterAddArgs,
  mutates: "self",
  doc: {
    summary:
      "Adds the elements of `src` to the positions along one dimension that an index tensor gives.",
    example: "torch.zeros(3).scatter_add_(0, torch.tensor([2n, 2n]), torch.tensor([5, 6]))",
  },
  check: ({ self, dim, index, src }) => checkScatter(self, dim, index, src),
  mutation: ({ self, dim, index, src }) => scatterInto(self, dim, index, src, "add"),
  reference: ({ self, dim, index, src }) =>
    naiveScatter(self, dim, index, src, (present, incoming) => present + incoming),
  derivative: "pending",
  samples: scatterAddSamples,
});

export const scatter_add = defineOp({
  name: "scatter_add",
  api: ["torch.scatter_add", "Tensor.scatter_add"],
  checksData: true,
  args: scatterAddArgs,
  doc: {
    summary: "A copy of `input` with elements of `src` added at positions along one dimension.",
    example: "torch.scatter_add(torch.ones(3), 0, torch.tensor([2n, 2n]), torch.tensor([5, 6]))",
  },
  decomposition: ({ self, ...rest }) =>
    runOp(scatter_add_, { self: runOp(contiguousClone, { self }), ...rest }),
  reference: ({ self, dim, index, src }) =>
    naiveScatter(self, dim, index, src, (present, incoming) => present + incoming),
  derivative: "pending",
  samples: scatterAddSamples,
});

function* scatterAddSamples(
  make: SampleMaker,
): Generator<{ self: TensorBase; dim: number; index: TensorBase; src: TensorBase }> {
  yield* scatterSamples(make);
  yield {
    self: make.tensor([3]),
    dim: 0,
    index: make.of([4], [1, 1, 0, 1], int64),
    src: make.tensor([4]),
  };
}
