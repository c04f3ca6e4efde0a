/** Repeating tensors. */
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { int64 } from "../../core/dtype.ts";
import { copyElements } from "../../core/elements.ts";
import { aliasOf, adoptArray } from "../../core/make-tensor.ts";
import { at, contiguousStrides, formatShape, type Shape, wrapDim } from "../../core/shape.ts";
import { isTensor, stateOf, type TensorBase } from "../../core/tensor.ts";
import { arg, type mismatch } from "../arg.ts";
import { copy_ } from "../data/copy.ts";
import { defineOp } from "../define-op.ts";
import { index_select } from "../index/index-select.ts";
import { elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";

/** Shape of `self` with leading dimensions of size 1 up to the number of repeats. */
function padded(self: TensorBase, repeats: readonly number[]): Shape {
  if (repeats.length < self.ndim) {
    throw new RuntimeError(
      "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
    );
  }
  const negative = repeats.find((count) => count < 0);
  if (negative !== undefined)
    throw new RuntimeError(
      `Trying to create tensor with negative dimension ${negative}: ${formatShape(repeats)}`,
    );
  return [...new Array<number>(repeats.length - self.ndim).fill(1), ...self.shape];
}

function repeatedShape(self: TensorBase, repeats: readonly number[]): Shape {
  return padded(self, repeats).map((size, axis) => size * at(repeats, axis));
}

/** Copies into the output seen as pairs of dimensions [repeats, size]; the source stands still along the repeats. */
function writeRepeats(self: TensorBase, repeats: readonly number[], output: TensorBase): void {
  const sizes = padded(self, repeats);
  const { strides, offset } = stateOf(self);
  const missing = repeats.length - self.ndim;
  const outputStrides = contiguousStrides(output.shape);
  const pairs = sizes.flatMap((size, axis) => [at(repeats, axis), size]);
  const target = aliasOf(output, {
    shape: pairs,
    strides: sizes.flatMap((size, axis) => [
      at(outputStrides, axis) * size,
      at(outputStrides, axis),
    ]),
    offset: 0,
  });
  const source = aliasOf(self, {
    shape: pairs,
    strides: sizes.flatMap((_, axis) => [0, axis < missing ? 0 : at(strides, axis - missing)]),
    offset,
  });
  runOp(copy_, { self: target, src: source });
}

function naiveRepeat(self: TensorBase, repeats: readonly number[]): NaiveArray {
  const source = { ...naive(self), shape: padded(self, repeats) };
  return naiveFill(repeatedShape(self, repeats), (coordinates) =>
    elementAt(
      source,
      coordinates.map((place, axis) => place % at(source.shape, axis)),
    ),
  );
}

export const repeat = defineOp({
  name: "repeat",
  api: ["Tensor.repeat"],
  args: { self: arg.tensor, repeats: arg.size },
  doc: {
    summary: "The tensor repeated along its dimensions, and along new leading ones.",
    example: "torch.tensor([1, 2]).repeat(2, 2)",
  },
  derivative: "pending",
  meta: ({ self, repeats }) => ({ dtype: self.dtype, shape: repeatedShape(self, repeats) }),
  routine: ({ self, repeats }, outputs) => {
    writeRepeats(self, repeats, at(outputs, 0));
  },
  reference: ({ self, repeats }) => naiveRepeat(self, repeats),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), repeats: [2, 1] };
    yield { self: make.strided([2, 3]), repeats: [2, 1, 3] };
    yield { self: make.tensor([]), repeats: [3] };
    yield { self: make.tensor([2]), repeats: [0, 2] };
  },
});

function tileRepeats(self: TensorBase, dims: readonly number[]): readonly number[] {
  return [...new Array<number>(Math.max(self.ndim - dims.length, 0)).fill(1), ...dims];
}

export const tile = defineOp({
  name: "tile",
  api: ["torch.tile", "Tensor.tile"],
  args: { self: arg.tensor, dims: arg.dimsSpread },
  doc: {
    summary: "Like `repeat`; counts that are not given are 1.",
    example: "torch.tensor([1, 2]).tile([2])",
  },
  derivative: "pending",
  decomposition: ({ self, dims }) => runOp(repeat, { self, repeats: tileRepeats(self, dims) }),
  reference: ({ self, dims }) => naiveRepeat(self, tileRepeats(self, dims)),
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), dims: [2] };
    yield { self: make.tensor([2]), dims: [2, 3] };
  },
});

/** A count for all places of the dimension, or a tensor with one for each. */
const counts = {
  ...arg.int,
  type: "number | Tensor",
  kind: "int",
  expected: "int or Tensor",
  parse: (value: unknown): number | TensorBase | typeof mismatch =>
    isTensor(value) ? value : arg.int.parse(value),
} as const;

/** The places of the source in the order they appear in the result. */
function repeatedPlaces(repeats: TensorBase, length: number): number[] {
  const each = Array.from(copyElements(repeats), Number);
  if (each.some((count) => count < 0)) throw new RuntimeError("repeats can not be negative");
  if (each.length !== length && each.length !== 1) {
    throw new RuntimeError(
      `repeats must have the same size as input along dim, but got repeats.size(0) = ${each.length} and input.size(0) = ${length}`,
    );
  }
  return Array.from({ length }, (_, place) => place).flatMap((place) =>
    new Array<number>(each.length === 1 ? at(each, 0) : at(each, place)).fill(place),
  );
}

export const repeat_interleave = defineOp({
  name: "repeat_interleave",
  api: ["torch.repeat_interleave", "Tensor.repeat_interleave"],
  args: { self: arg.tensor, repeats: counts, dim: arg.optional(arg.dim) },
  doc: {
    summary:
      "Each place of a dimension repeated, one after the other; without `dim` the tensor is flattened first.",
    example: "torch.tensor([1, 2]).repeat_interleave(2)",
  },
  derivative: "pending",
  decomposition: ({ self, repeats, dim }) => {
    const source = dim === null ? runOp(reshape, { self, shape: [-1] }) : self;
    const axis = wrapDim(dim ?? 0, source.ndim);
    if (source.ndim === 0) {
      throw new IndexError(
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
      );
    }
    if (!isTensor(repeats)) return runOp(interleaveEvenly, { self: source, repeats, dim: axis });
    return runOp(interleaveByTensor, { self: source, repeats, dim: axis });
  },
  reference: ({ self, repeats, dim }) => {
    const source =
      dim === null ? { shape: [self.numel()], values: naive(self).values } : naive(self);
    const axis = dim === null ? 0 : wrapDim(dim, self.ndim);
    const each = naive(repeats).values;
    const places = Array.from({ length: at(source.shape, axis) }, (_, place) => place).flatMap(
      (place) => new Array<number>(each[each.length === 1 ? 0 : place] ?? 0).fill(place),
    );
    const shape = source.shape.map((size, other) => (other === axis ? places.length : size));
    return naiveFill(shape, (coordinates) =>
      elementAt(
        source,
        coordinates.map((own, other) => (other === axis ? at(places, own) : own)),
      ),
    );
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), repeats: 2 };
    yield { self: make.strided([2, 3]), repeats: 3, dim: 1 };
    yield { self: make.tensor([2, 3]), repeats: make.of([2], [0, 2], int64), dim: 0 };
    yield { self: make.tensor([]), repeats: 2 };
  },
});

const interleaveEvenly = defineOp({
  name: "repeat_interleave.self_int",
  api: [],
  args: { self: arg.tensor, repeats: arg.int, dim: arg.dim },
  doc: { summary: "Each place of a dimension repeated equally often." },
  derivative: "pending",
  meta: ({ self, repeats, dim }) => {
    if (repeats < 0) throw new RuntimeError("Repeats must be non-negative");
    return {
      dtype: self.dtype,
      shape: self.shape.map((size, axis) => (axis === dim ? size * repeats : size)),
    };
  },
  routine: ({ self, repeats, dim }, outputs) => {
    const output = at(outputs, 0);
    const { strides, shape, offset } = stateOf(self);
    const own = contiguousStrides(output.shape);
    const split = <Value>(values: readonly Value[], extra: Value): Value[] => [
      ...values.slice(0, dim + 1),
      extra,
      ...values.slice(dim + 1),
    ];
    const pairs = split(shape, repeats);
    const scaled = own.map((stride, axis) => (axis === dim ? stride * repeats : stride));
    const target = aliasOf(output, {
      shape: pairs,
      strides: split(scaled, at(own, dim)),
      offset: 0,
    });
    runOp(copy_, {
      self: target,
      src: aliasOf(self, { shape: pairs, strides: split(strides, 0), offset }),
    });
  },
  reference: null,
  samples: () => [],
});

const interleaveByTensor = defineOp({
  name: "repeat_interleave",
  api: [],
  args: { self: arg.tensor, repeats: arg.tensor, dim: arg.dim },
  doc: { summary: "Each place of a dimension repeated as often as a tensor says." },
  derivative: "pending",
  needsData: "shape",
  decomposition: ({ self, repeats, dim }) => {
    const places = repeatedPlaces(repeats, at(self.shape, dim));
    const index = adoptArray(new BigInt64Array(places.map(BigInt)), [places.length], int64);
    return runOp(index_select, { self, dim, index });
  },
  reference: null,
  samples: () => [],
});
