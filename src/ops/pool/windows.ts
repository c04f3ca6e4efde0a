/** Sliding windows over the last dimensions: views on (padded) memory, so that pooling is an ordinary reduction. */
import { aliasOf, emptyTensor } from "../../core/make-tensor.ts";
import { at } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import { fill_ } from "../data/fill.ts";
import { copy_ } from "../data/copy.ts";
import { runOp } from "../run-op.ts";

/** The windows along one dimension. */
export interface WindowAxis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  /** How many windows there are. */
  readonly count: number;
}

/** How much must be added before and after a dimension so that no window leaves it. */
function missing({ size, kernel, stride, padding, dilation, count }: WindowAxis): {
  readonly before: number;
  readonly after: number;
} {
  const reach = (count - 1) * stride + dilation * (kernel - 1) + 1;
  return { before: padding, after: Math.max(reach - size - padding, 0) };
}

/** The last dimensions with `fill` around them; the tensor itself if nothing is missing. */
function padded(self: TensorBase, axes: readonly WindowAxis[], fill: number | bigint): TensorBase {
  const added = axes.map(missing);
  if (added.every(({ before, after }) => before === 0 && after === 0)) return self;
  const lead = self.ndim - axes.length;
  const shape = self.shape.map((size, axis) => {
    if (axis < lead) return size;
    const { before, after } = at(added, axis - lead);
    return size + before + after;
  });
  const whole = emptyTensor(shape, self.dtype);
  runOp(fill_, { self: whole, value: fill });
  const { strides } = stateOf(whole);
  const offset = added.reduce(
    (sum, { before }, axis) => sum + before * at(strides, lead + axis),
    0,
  );
  runOp(copy_, { self: aliasOf(whole, { shape: self.shape, strides, offset }), src: self });
  return whole;
}

/** A view [lead…, window…, place in the window…] of the windows over the last dimensions. */
export function slidingWindows(
  self: TensorBase,
  axes: readonly WindowAxis[],
  fill: number | bigint,
): TensorBase {
  const whole = padded(self, axes, fill);
  const source = stateOf(whole);
  const lead = self.ndim - axes.length;
  const own = axes.map((_, axis) => at(source.strides, lead + axis));
  return aliasOf(whole, {
    shape: [
      ...self.shape.slice(0, lead),
      ...axes.map(({ count }) => count),
      ...axes.map(({ kernel }) => kernel),
    ],
    strides: [
      ...source.strides.slice(0, lead),
      ...axes.map(({ stride }, axis) => at(own, axis) * stride),
      ...axes.map(({ dilation }, axis) => at(own, axis) * dilation),
    ],
    offset: source.offset,
  });
}
