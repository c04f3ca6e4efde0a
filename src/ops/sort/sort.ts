import { RuntimeError } from "../../base/errors.ts";
import { bool, int64 } from "../../core/dtype.ts";
import { arrayOf } from "../../core/elements.ts";
import { at, wrapDim } from "../../core/shape.ts";
import { allocateValues, type TypedArray } from "../../core/storage.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { sortedOrder } from "../algorithms/sorted-order.ts";
import { arg } from "../arg.ts";
import { contiguous } from "../data/clone.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray } from "../naive-array.ts";
import { pointwiseMeta } from "../pointwise/pointwise-meta.ts";
import { returns } from "../returns.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { forEachRow } from "./for-each-row.ts";
import { runSort } from "./run-sort.ts";

/** Writes the first elements of every sorted row, and where they came from. */
function writeSorted(
  self: TensorBase,
  dim: number,
  descending: boolean,
  outputs: { readonly values: TensorBase | null; readonly indices: TensorBase },
): void {
  const axis = wrapDim(dim, self.ndim);
  const count = outputs.indices.shape[axis] ?? 1;
  const source = runOp(contiguous, { self });
  const ranks = { firstRank: 0, prefersNaN: false, count };
  if (!runSort({ source, axis, descending, ...ranks, ...outputs }))
    writeSortedPlainly(source, axis, descending, outputs);
}

function writeSortedPlainly(
  self: TensorBase,
  axis: number,
  descending: boolean,
  outputs: { readonly values: TensorBase | null; readonly indices: TensorBase },
): void {
  const source = arrayOf(self);
  const length = self.shape[axis] ?? 1;
  const row = allocateValues(self.dtype, length);
  const count = outputs.indices.shape[axis] ?? 1;
  const indexArray = arrayOf(outputs.indices);
  const valueArray = outputs.values === null ? null : arrayOf(outputs.values);
  forEachRow(self, outputs.indices, axis, (from, to) => {
    for (let k = 0; k < length; k++) row[k] = elementOf(source, from.start + k * from.step);
    const order = sortedOrder(row, descending);
    for (let k = 0; k < count; k++) {
      const chosen = order[k] ?? 0;
      indexArray[to.start + k * to.step] = BigInt(chosen);
      if (valueArray !== null) valueArray[to.start + k * to.step] = elementOf(row, chosen);
    }
  });
}

export function elementOf(array: TypedArray, position: number): number | bigint {
  return array[position] ?? 0;
}

/** Rows sorted by insertion, which is stable: what the records compare against. */
export function naiveSort(
  self: TensorBase,
  dim: number,
  descending: boolean,
  count: number | null,
): readonly [NaiveArray, NaiveArray] {
  const array = naive(self);
  const axis = wrapDim(dim, self.ndim);
  const length = self.shape[axis] ?? 1;
  const shape =
    count === null ? self.shape : self.shape.map((size, other) => (other === axis ? count : size));
  const less = (a: number, b: number): boolean => a < b || (Number.isNaN(b) && !Number.isNaN(a));
  const before = (a: number, b: number): boolean => (descending ? less(b, a) : less(a, b));
  const sortedAt = (
    point: readonly number[],
  ): { readonly value: number; readonly from: number } => {
    const sorted: { value: number; from: number }[] = [];
    for (let from = 0; from < length; from++) {
      const value = elementAt(
        array,
        point.map((coordinate, other) => (other === axis ? from : coordinate)),
      );
      const place = sorted.findIndex((other) => before(value, other.value));
      sorted.splice(place < 0 ? sorted.length : place, 0, { value, from });
    }
    return at(sorted, point[axis] ?? 0);
  };
  const sorted = coordinatesOf(shape).map(sortedAt);
  return [
    { shape, values: sorted.map(({ value }) => value) },
    { shape, values: sorted.map(({ from }) => from) },
  ];
}

function* sortSamples(
  make: SampleMaker,
): Generator<{ self: TensorBase; dim?: number; descending?: boolean; stable?: boolean }> {
  yield { self: make.tensor([3, 5]) };
  yield { self: make.strided([3, 4]), dim: 0, descending: true };
  yield { self: make.of([6], [2, 1, 2, 1, 0, 2]), stable: true };
  yield { self: make.of([6], [2, 1, 2, 1, 0, 2]), descending: true };
  yield { self: make.tensor([]) };
  yield { self: make.tensor([0, 2]), dim: 0 };
  if (make.dtype.is_floating_point)
    yield { self: make.of([5], [1, NaN, -Infinity, Infinity, NaN]) };
}

const sortArgs = {
  self: arg.tensor,
  dim: arg.withDefault(arg.dim, -1),
  descending: arg.withDefault(arg.bool, false),
  stable: arg.withDefault(arg.bool, false),
} as const;

export const sort = defineOp({
  name: "sort",
  api: ["torch.sort", "Tensor.sort"],
  args: sortArgs,
  returns: returns.named("sort", ["values", "indices"]),
  doc: {
    summary: "The elements along one dimension in order, and where they came from.",
    details:
      "Equal elements always keep their order, with or without `stable`. NaN counts as the largest number.",
    example: "torch.sort(torch.tensor([3, 1, 2]))",
  },
  meta: ({ self, dim }) => {
    wrapDim(dim, self.ndim);
    return [pointwiseMeta([self], self.dtype), pointwiseMeta([self], int64)];
  },
  routine: ({ self, dim, descending }, outputs) => {
    writeSorted(self, dim, descending, { values: at(outputs, 0), indices: at(outputs, 1) });
  },
  reference: ({ self, dim, descending }) => naiveSort(self, dim, descending, null),
  derivative: "pending",
  samples: sortSamples,
});

export const argsort = defineOp({
  name: "argsort",
  api: ["torch.argsort", "Tensor.argsort"],
  args: sortArgs,
  doc: {
    summary: "The indices that sort a tensor along one dimension.",
    details:
      "Equal elements always keep their order, with or without `stable`. NaN counts as the largest number.",
    example: "torch.argsort(torch.tensor([3, 1, 2]))",
  },
  meta: ({ self, dim }) => {
    wrapDim(dim, self.ndim);
    return pointwiseMeta([self], int64);
  },
  routine: ({ self, dim, descending }, outputs) => {
    writeSorted(self, dim, descending, { values: null, indices: at(outputs, 0) });
  },
  reference: ({ self, dim, descending }) => naiveSort(self, dim, descending, null)[1],
  derivative: "not-differentiable",
  samples: sortSamples,
});

export const msort = defineOp({
  name: "msort",
  api: ["torch.msort", "Tensor.msort"],
  args: { self: arg.tensor },
  doc: {
    summary: "The elements along the first dimension in order.",
    example: "torch.msort(torch.tensor([3, 1, 2]))",
  },
  decomposition: ({ self }) => runOp(sort, { self, dim: 0 }).values,
  reference: ({ self }) => naiveSort(self, 0, false, null)[0],
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 2]) };
    yield { self: make.strided([2, 3]) };
  },
});

export const topk = defineOp({
  name: "topk",
  api: ["torch.topk", "Tensor.topk"],
  args: {
    self: arg.tensor,
    k: arg.int,
    dim: arg.withDefault(arg.dim, -1),
    largest: arg.withDefault(arg.bool, true),
    sorted: arg.withDefault(arg.bool, true),
  },
  returns: returns.named("topk", ["values", "indices"]),
  dtypes: numberDTypes,
  doc: {
    summary: "The `k` largest elements along one dimension in order, and where they came from.",
    details:
      "NaN counts as the largest number. Differs: among equal elements the first ones are taken, in order, where PyTorch leaves open which.",
    example: "torch.topk(torch.tensor([3, 1, 2]), 2)",
  },
  meta: ({ self, k, dim }) => {
    const axis = wrapDim(dim, self.ndim);
    if (k < 0 || k > (self.shape[axis] ?? 1))
      throw new RuntimeError("selected index k out of range");
    if (self.dtype === bool) throw new RuntimeError("topk does not support bool dtypes on CPU");
    const shape = self.shape.map((size, other) => (other === axis ? k : size));
    return [
      { dtype: self.dtype, shape },
      { dtype: int64, shape },
    ];
  },
  routine: ({ self, dim, largest }, outputs) => {
    writeSorted(self, dim, largest, { values: at(outputs, 0), indices: at(outputs, 1) });
  },
  reference: ({ self, k, dim, largest }) => naiveSort(self, dim, largest, k),
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 5]), k: 2 };
    yield { self: make.strided([3, 4]), k: 1, dim: 0, largest: false };
    yield { self: make.tensor([4]), k: 4 };
    yield { self: make.tensor([4]), k: 0 };
    yield { self: make.tensor([]), k: 1 };
  },
});
