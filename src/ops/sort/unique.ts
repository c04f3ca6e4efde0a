import { bool, int64 } from "../../core/dtype.ts";
import { copyElements } from "../../core/elements.ts";
import { adoptArray } from "../../core/make-tensor.ts";
import { at, numelOf, wrapDim } from "../../core/shape.ts";
import type { TypedArray } from "../../core/storage.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { empty, full } from "../create/full.ts";
import { defineOp } from "../define-op.ts";
import { nonzero } from "../index/nonzero.ts";
import { scatter_ } from "../index/scatter.ts";
import { index_select } from "../index/index-select.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray } from "../naive-array.ts";
import { sub } from "../pointwise/arithmetic.ts";
import { ne } from "../pointwise/comparison.ts";
import { cumsum } from "../reduction/cumulative.ts";
import { returns } from "../returns.ts";
import { runOp } from "../run-op.ts";
import { cat } from "../shape/cat.ts";
import { narrow } from "../view/select.ts";
import { squeeze } from "../view/squeeze.ts";
import { reshape } from "../view/reshape.ts";
import { permute } from "../view/permute.ts";
import { sort } from "./sort.ts";

/** Slices in order: which slices are kept, and for every slice which kept one it equals. */
interface Grouping {
  /** Positions of the first slice of every group, in sorted order. */
  readonly representatives: readonly number[];
  readonly groupOf: readonly number[];
}

/** Groups whole slices, ordered as their elements in row-major order. */
function groupSlices(values: TypedArray, count: number): Grouping {
  const width = count === 0 ? 0 : values.length / count;
  const compare = (left: number, right: number): number => {
    for (let offset = 0; offset < width; offset++) {
      const a = values[left * width + offset] ?? 0;
      const b = values[right * width + offset] ?? 0;
      if (a < b) return -1;
      if (a > b) return 1;
    }
    return 0;
  };
  const order = Array.from({ length: count }, (_, position) => position).sort(compare);
  const representatives: number[] = [];
  const groupOf = new Array<number>(count).fill(0);
  for (const position of order) {
    const last = representatives.at(-1);
    if (last === undefined || compare(last, position) !== 0) representatives.push(position);
    groupOf[position] = representatives.length - 1;
  }
  return { representatives, groupOf };
}

function integers(values: readonly number[], shape: readonly number[]): TensorBase {
  return adoptArray(BigInt64Array.from(values, BigInt), shape, int64);
}

function countsOf({ representatives, groupOf }: Grouping): readonly number[] {
  const counts = new Array<number>(representatives.length).fill(0);
  for (const group of groupOf) counts[group] = (counts[group] ?? 0) + 1;
  return counts;
}

export const unique = defineOp({
  name: "unique",
  api: ["torch.unique", "Tensor.unique"],
  args: {
    self: arg.tensor,
    sorted: arg.withDefault(arg.bool, true),
    return_inverse: arg.withDefault(arg.bool, false),
    return_counts: arg.withDefault(arg.bool, false),
    dim: arg.keyword(arg.optional(arg.dim)),
  },
  returns: returns.value<TensorBase | readonly TensorBase[]>("Tensor | readonly Tensor[]"),
  doc: {
    summary: "The different elements, or slices along `dim`, in order.",
    details:
      "With `return_inverse` also where each element is among them, with `return_counts` how often. Always sorted; every NaN is different.",
    example: "torch.unique(torch.tensor([3, 1, 3]))",
  },
  needsData: "shape",
  decomposition: ({ self, return_inverse, return_counts, dim }) => {
    const found = dim === null ? uniqueElements(self) : uniqueSlices(self, wrapDim(dim, self.ndim));
    const results = [found.values];
    if (return_inverse) results.push(found.inverse());
    if (return_counts) results.push(found.counts());
    return results.length === 1 ? found.values : Object.freeze(results);
  },
  reference: ({ self, dim }) => {
    if (dim !== null) return naiveUniqueSlices(self, wrapDim(dim, self.ndim));
    const values = [...new Set(naive(self).values)].sort((a, b) => a - b);
    return { shape: [values.length], values };
  },
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.of([6], [3, 1, 2, 1, 3, 0]) };
    yield { self: make.strided([2, 3], { low: 0, high: 2 }) };
    yield { self: make.tensor([0]) };
    yield { self: make.tensor([]) };
    yield { self: make.of([3, 2], [1, 0, 0, 1, 1, 0]), dim: 0 };
    yield { self: make.of([2, 3], [1, 0, 1, 0, 1, 0]), dim: 1 };
  },
});

function naiveUniqueSlices(self: TensorBase, axis: number): NaiveArray {
  const array = naive(self);
  const others = coordinatesOf(self.shape.map((size, other) => (other === axis ? 1 : size)));
  const slices = Array.from({ length: at(self.shape, axis) }, (_, place) => {
    return others.map((point) => elementAt(array, point.with(axis, place)));
  });
  const different = slices.filter(
    (slice, place) => slices.findIndex((other) => other.join() === slice.join()) === place,
  );
  different.sort(
    (a, b) =>
      a.map((value, offset) => value - at(b, offset)).find((difference) => difference !== 0) ?? 0,
  );
  const shape = self.shape.with(axis, different.length);
  const values = coordinatesOf(shape).map((point) => {
    const offset = others.findIndex((other) => other.join() === point.with(axis, 0).join());
    return at(at(different, at(point, axis)), offset);
  });
  return { shape, values };
}

interface Unique {
  readonly values: TensorBase;
  readonly inverse: () => TensorBase;
  readonly counts: () => TensorBase;
}

/** Sorted, equal elements are neighbours; NaN differs from itself, so every one stays. */
function uniqueElements(self: TensorBase): Unique {
  const flat = runOp(reshape, { self, shape: [-1] });
  const count = flat.numel();
  const { values: sorted, indices: origin } = runOp(sort, { self: flat });
  const part = (tensor: TensorBase, start: number, length: number): TensorBase =>
    runOp(narrow, { self: tensor, dim: 0, start, length });
  const rest = Math.max(count - 1, 0);
  const differs = runOp(ne, {
    self: part(sorted, count - rest, rest),
    other: part(sorted, 0, rest),
  });
  const first = runOp(full, { size: [count - rest], fill_value: true, dtype: bool });
  const isFirst = runOp(cat, { tensors: [first, differs] });
  const starts = runOp(squeeze, { self: runOp(nonzero, { self: isFirst }), dim: [1] });
  return {
    values: runOp(index_select, { self: sorted, dim: 0, index: starts }),
    inverse: () => {
      const group = runOp(sub, { self: runOp(cumsum, { self: isFirst, dim: 0 }), other: 1 });
      const inverse = runOp(empty, { size: [count], dtype: int64 });
      runOp(scatter_, { self: inverse, dim: 0, index: origin, src: group });
      return runOp(reshape, { self: inverse, shape: self.shape });
    },
    counts: () => {
      const end = runOp(full, { size: [1], fill_value: count, dtype: int64 });
      const ends = runOp(cat, { tensors: [starts, end] });
      const groups = starts.numel();
      return runOp(sub, { self: part(ends, 1, groups), other: starts });
    },
  };
}

function uniqueSlices(self: TensorBase, axis: number): Unique {
  const count = at(self.shape, axis);
  const order = [axis, ...self.shape.map((_, other) => other).filter((other) => other !== axis)];
  const slices = runOp(reshape, {
    self: runOp(permute, { self, dims: order }),
    shape: [count, numelOf(self.shape) / Math.max(1, count)],
  });
  const grouping = groupSlices(copyElements(slices), count);
  const index = integers(grouping.representatives, [grouping.representatives.length]);
  return {
    values: runOp(index_select, { self, dim: axis, index }),
    inverse: () => integers(grouping.groupOf, [count]),
    counts: () => integers(countsOf(grouping), [grouping.representatives.length]),
  };
}
