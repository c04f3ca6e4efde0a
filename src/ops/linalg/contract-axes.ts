import type { Shape } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import type { Contraction } from "../../loops/computation.ts";
import { arg } from "../arg.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { coordinatesOf, elementAt, naive, naiveFill } from "../naive-array.ts";
import { checkBatchTypes } from "./matrix-checks.ts";

interface Axes {
  readonly batch: Shape;
  readonly rows: Shape;
  readonly inner: Shape;
  readonly columns: Shape;
}

/** What the dimensions of the factors are; also for their strides. */
function split(left: Shape, right: Shape, batch: number, inner: number): Axes {
  return {
    batch: left.slice(0, batch),
    rows: left.slice(batch, left.length - inner),
    inner: left.slice(left.length - inner),
    columns: right.slice(batch + inner),
  };
}

interface Contracted {
  readonly self: TensorBase;
  readonly other: TensorBase;
  readonly batch: number;
  readonly inner: number;
}

function outputShape({ self, other, batch, inner }: Contracted): number[] {
  const axes = split(self.shape, other.shape, batch, inner);
  return [...axes.batch, ...axes.rows, ...axes.columns];
}

/** Sums of products over any number of axes: (batch…, rows…, inner…) and (batch…, inner…, columns…) of equal sizes. */
export const contractAxes = defineOp({
  name: "contract_axes",
  api: [],
  args: { self: arg.tensor, other: arg.tensor, batch: arg.int, inner: arg.int },
  dtypes: numberDTypes,
  doc: { summary: "Sums of products over any number of axes." },
  meta: (args) => {
    checkBatchTypes(args.self, args.other);
    return { dtype: args.self.dtype, shape: outputShape(args) };
  },
  lowering: ({ self, other, batch, inner }): Contraction => {
    const [left, right] = [stateOf(self), stateOf(other)];
    const sizes = split(left.shape, right.shape, batch, inner);
    const own = split(left.strides, right.strides, batch, inner);
    return {
      kind: "contraction",
      axes: sizes,
      left: {
        tensor: self,
        strides: [...own.batch, ...own.rows, ...sizes.columns.map(() => 0), ...own.inner],
      },
      right: {
        tensor: other,
        strides: [
          ...right.strides.slice(0, batch),
          ...sizes.rows.map(() => 0),
          ...own.columns,
          ...right.strides.slice(batch, batch + inner),
        ],
      },
      epilogue: null,
    };
  },
  reference: ({ self, other, batch, inner }) => {
    const [left, right] = [naive(self), naive(other)];
    const axes = split(self.shape, other.shape, batch, inner);
    return naiveFill(outputShape({ self, other, batch, inner }), (point) => {
      const outer = point.slice(0, batch);
      const rows = point.slice(batch, batch + axes.rows.length);
      const columns = point.slice(batch + axes.rows.length);
      return coordinatesOf(axes.inner).reduce(
        (sum, step) =>
          sum +
          elementAt(left, [...outer, ...rows, ...step]) *
            elementAt(right, [...outer, ...step, ...columns]),
        0,
      );
    });
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([2, 3, 4]), other: make.tensor([2, 4, 5]), batch: 1, inner: 1 };
    yield { self: make.strided([3, 2, 4]), other: make.strided([2, 4, 3, 2]), batch: 0, inner: 2 };
    yield { self: make.tensor([2, 3, 2]), other: make.tensor([2, 3, 2]), batch: 2, inner: 1 };
    yield { self: make.tensor([2, 0]), other: make.tensor([0, 3]), batch: 0, inner: 1 };
    yield { self: make.tensor([4]), other: make.tensor([4]), batch: 0, inner: 1 };
  },
});
