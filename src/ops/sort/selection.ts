import { IndexError, RuntimeError } from "../../base/errors.ts";
import { bool, int64 } from "../../core/dtype.ts";
import { arrayOf } from "../../core/elements.ts";
import { emptyTensor } from "../../core/make-tensor.ts";
import { at, wrapDim } from "../../core/shape.ts";
import { allocateValues, type TypedArray } from "../../core/storage.ts";
import type { TensorBase } from "../../core/tensor.ts";
import type { RowSort } from "../../loops/templates/sort/sort-rows.ts";
import { sortedOrder } from "../algorithms/sorted-order.ts";
import { arg } from "../arg.ts";
import { contiguous } from "../data/clone.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray } from "../naive-array.ts";
import { notImplemented } from "../not-implemented.ts";
import type { OutputMeta } from "../op-record.ts";
import { returns } from "../returns.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import { forEachRow } from "./for-each-row.ts";
import { runSort } from "./run-sort.ts";
import { elementOf, naiveSort } from "./sort.ts";

export const kthvalue = defineOp({
  name: "kthvalue",
  api: ["torch.kthvalue", "Tensor.kthvalue"],
  args: {
    self: arg.tensor,
    k: arg.int,
    dim: arg.withDefault(arg.dim, -1),
    keepdim: arg.withDefault(arg.bool, false),
  },
  returns: returns.named("kthvalue", ["values", "indices"]),
  dtypes: numberDTypes,
  doc: {
    summary: "The `k`-th smallest element along one dimension, counted from 1, and where it is.",
    example: "torch.kthvalue(torch.tensor([3, 1, 2]), 2)",
  },
  meta: ({ self, k, dim, keepdim }) => {
    const metas = reducedPair("kthvalue", self, dim, keepdim);
    const axis = wrapDim(dim, self.ndim);
    if (k < 1 || k > (self.shape[axis] ?? 1)) {
      throw new RuntimeError(`kthvalue(): selected number k out of range for dimension ${axis}`);
    }
    return metas;
  },
  routine: ({ self, k, dim }, outputs) => {
    writeChosen(self, dim, outputs, {
      ranks: { firstRank: k - 1, prefersNaN: false },
      choose: (row) => sortedOrder(row, false)[k - 1] ?? 0,
    });
  },
  reference: ({ self, k, dim, keepdim }) => naiveChosen(self, dim, keepdim, k - 1),
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 5]), k: 2 };
    yield { self: make.strided([3, 4]), k: 1, dim: 0, keepdim: true };
    yield { self: make.tensor([]), k: 1 };
  },
});

function checkMedian(self: TensorBase): void {
  if (self.dtype === bool) throw notImplemented("median_cpu", self.dtype);
}

/** The position in sorted order that is the median: the lower of two middle ones, or the first NaN. */
function medianPlace(row: TypedArray): number {
  const order = sortedOrder(row, false);
  const firstNaN = order.findIndex((position) => Number.isNaN(row[position]));
  return order[firstNaN >= 0 ? firstNaN : medianRank(row.length)] ?? 0;
}

function medianRank(length: number): number {
  return Math.floor((length - 1) / 2);
}

function writeMedians(self: TensorBase, dim: number, outputs: readonly TensorBase[]): void {
  const length = self.shape[wrapDim(dim, self.ndim)] ?? 1;
  writeChosen(self, dim, outputs, {
    ranks: { firstRank: medianRank(length), prefersNaN: true },
    choose: medianPlace,
  });
}

export const median = defineOp({
  name: "median",
  api: ["torch.median", "Tensor.median"],
  args: { self: arg.tensor },
  dtypes: numberDTypes,
  doc: {
    summary: "The middle one of all elements; of two middle ones the lower.",
    details: "NaN if any element is, or if there is none.",
    example: "torch.median(torch.tensor([3, 1, 2, 4]))",
  },
  meta: ({ self }) => {
    checkMedian(self);
    return { dtype: self.dtype, shape: [] };
  },
  routine: ({ self }, outputs) => {
    const output = at(outputs, 0);
    if (self.numel() > 0) {
      const values = runOp(reshape, { self: output, shape: [1] });
      const indices = emptyTensor([1], int64, [1], { fake: false });
      writeMedians(runOp(reshape, { self, shape: [-1] }), 0, [values, indices]);
    } else if (self.dtype.is_floating_point) arrayOf(output)[0] = Number.NaN;
  },
  reference: ({ self }) => {
    const sorted = naive(self).values.toSorted((a, b) => a - b);
    return {
      shape: [],
      values: [
        sorted.some(Number.isNaN)
          ? Number.NaN
          : (sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN),
      ],
    };
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 5]) };
    yield { self: make.strided([2, 3]) };
    yield { self: make.tensor([]) };
    if (make.dtype.is_floating_point) yield { self: make.of([3], [1, NaN, 0]) };
    if (make.dtype.is_floating_point) yield { self: make.tensor([0]) };
  },
});

export const medianAlong = defineOp({
  name: "median.dim",
  api: ["torch.median", "Tensor.median"],
  args: { self: arg.tensor, dim: arg.dim, keepdim: arg.withDefault(arg.bool, false) },
  returns: returns.named("median", ["values", "indices"]),
  dtypes: numberDTypes,
  doc: {
    summary:
      "The middle elements along one dimension, and where they are; of two middle ones the lower.",
    example: "torch.median(torch.tensor([[3, 1, 2]]), 1)",
  },
  meta: ({ self, dim, keepdim }) => {
    checkMedian(self);
    return reducedPair("median", self, dim, keepdim);
  },
  routine: ({ self, dim }, outputs) => writeMedians(self, dim, outputs),
  reference: ({ self, dim, keepdim }) => {
    const middle = Math.floor(((self.shape[wrapDim(dim, self.ndim)] ?? 1) - 1) / 2);
    return naiveChosen(self, dim, keepdim, middle);
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 5]), dim: 1 };
    yield { self: make.strided([4, 3]), dim: 0, keepdim: true };
    yield { self: make.tensor([]), dim: 0 };
  },
});

/** Metadata of values and indices of one element along a dimension. */
function reducedPair(
  name: string,
  self: TensorBase,
  dim: number,
  keepdim: boolean,
): readonly OutputMeta[] {
  const axis = wrapDim(dim, self.ndim);
  if ((self.shape[axis] ?? 1) === 0) {
    throw new IndexError(`${name}(): Expected reduction dim ${axis} to have non-zero size.`);
  }
  const shape = keepdim
    ? self.shape.map((size, other) => (other === axis ? 1 : size))
    : self.shape.filter((_, other) => other !== axis);
  return [
    { dtype: self.dtype, shape },
    { dtype: int64, shape },
  ];
}

/** Which element of a row is chosen: by its rank, and by a look at the row for those that are sorted plainly. */
interface Choice {
  readonly ranks: Pick<RowSort, "firstRank" | "prefersNaN">;
  readonly choose: (row: TypedArray) => number;
}

/** Writes for every row the chosen element, and its position. */
function writeChosen(
  self: TensorBase,
  dim: number,
  outputs: readonly TensorBase[],
  { ranks, choose }: Choice,
): void {
  const axis = wrapDim(dim, self.ndim);
  const own = runOp(contiguous, { self });
  const [values, indices] = [at(outputs, 0), at(outputs, 1)];
  const sort = { source: own, axis, descending: false, values, indices, count: 1, ...ranks };
  if (runSort(sort)) return;
  const length = self.shape[axis] ?? 1;
  const row = allocateValues(self.dtype, length);
  const source = arrayOf(own);
  let next = 0;
  forEachRow(own, own, axis, ({ start, step }) => {
    for (let position = 0; position < length; position++)
      row[position] = elementOf(source, start + position * step);
    const chosen = choose(row);
    arrayOf(values)[next] = elementOf(row, chosen);
    arrayOf(indices)[next] = BigInt(chosen);
    next += 1;
  });
}

/** The elements at one place of the sorted rows, and where they came from. */
function naiveChosen(
  self: TensorBase,
  dim: number,
  keepdim: boolean,
  place: number,
): readonly NaiveArray[] {
  const axis = wrapDim(dim, self.ndim);
  const shape = self.shape.map((size, other) => (other === axis ? 1 : size));
  const kept = keepdim ? shape : shape.filter((_, other) => other !== axis);
  const points = coordinatesOf(shape).map((point) =>
    point.map((coordinate, other) => (other === axis ? place : coordinate)),
  );
  return naiveSort(self, dim, false, null).map((array) => ({
    shape: kept,
    values: points.map((point) => elementAt(array, point)),
  }));
}
