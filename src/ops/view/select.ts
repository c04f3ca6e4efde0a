/** Views of a part of a dimension. */
import { IndexError, RuntimeError } from "../../base/errors.ts";
import type { Geometry } from "../../core/make-tensor.ts";
import { at, type Shape, wrapDim } from "../../core/shape.ts";
import { stateOf } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";

/** The geometry with dimension `dim` fixed at `index`. */
export function selected(geometry: Geometry, dim: number, index: number): Geometry {
  const { shape, strides, offset } = geometry;
  if (shape.length === 0) throw new IndexError("select() cannot be applied to a 0-dim tensor.");
  const axis = wrapDim(dim, shape.length);
  const size = at(shape, axis);
  if (index < -size || index >= size) {
    throw new IndexError(
      `select(): index ${index} out of range for tensor of size [${shape.join(", ")}] at dimension ${axis}`,
    );
  }
  const position = index < 0 ? index + size : index;
  return {
    shape: without(shape, axis),
    strides: without(strides, axis),
    offset: offset + position * at(strides, axis),
  };
}

function without(values: Shape, axis: number): Shape {
  return [...values.slice(0, axis), ...values.slice(axis + 1)];
}

/** The geometry with dimension `dim` cut to `length` elements from `start`, every `step`-th. */
export function sliced(
  geometry: Geometry,
  axis: number,
  start: number,
  length: number,
  step: number,
): Geometry {
  const { shape, strides, offset } = geometry;
  return {
    shape: shape.map((size, other) => (other === axis ? length : size)),
    strides: strides.map((stride, other) => (other === axis ? stride * step : stride)),
    offset: offset + start * at(strides, axis),
  };
}

export const select = defineOp({
  name: "select",
  api: ["torch.select", "Tensor.select"],
  args: { self: arg.tensor, dim: arg.dim, index: arg.int },
  doc: {
    summary: "A view of one place of a dimension, without that dimension.",
    example: "torch.arange(6).view(2, 3).select(1, -1)",
  },
  derivative: "pending",
  view: ({ self, dim, index }) => selected(stateOf(self), dim, index),
  reference: ({ self, dim, index }) => {
    const source = naive(self);
    const axis = dim < 0 ? dim + self.ndim : dim;
    const place = index < 0 ? index + at(self.shape, axis) : index;
    return naiveFill(without(self.shape, axis), (coordinates) =>
      elementAt(source, [...coordinates.slice(0, axis), place, ...coordinates.slice(axis)]),
    );
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), dim: 0, index: 1 };
    yield { self: make.strided([2, 3, 4]), dim: -1, index: -2 };
    yield { self: make.tensor([3]), dim: 0, index: 0 };
    yield { self: make.tensor([0, 3]), dim: 1, index: 2 };
  },
});

function narrowedStart(
  shape: Shape,
  dim: number,
  start: number,
  length: number,
): { axis: number; first: number } {
  if (shape.length === 0) throw new RuntimeError("narrow() cannot be applied to a 0-dim tensor.");
  const axis = wrapDim(dim, shape.length);
  const size = at(shape, axis);
  if (length < 0) throw new RuntimeError("narrow(): length must be non-negative.");
  if (start < -size || start > size) {
    throw new IndexError(
      `start out of range (expected to be in range of [-${size}, ${size}], but got ${start})`,
    );
  }
  const first = start < 0 ? start + size : start;
  if (first + length > size) {
    throw new RuntimeError(
      `start (${first}) + length (${length}) exceeds dimension size (${size}).`,
    );
  }
  return { axis, first };
}

export const narrow = defineOp({
  name: "narrow",
  api: ["torch.narrow", "Tensor.narrow"],
  args: { self: arg.tensor, dim: arg.dim, start: arg.int, length: arg.int },
  doc: {
    summary: "A view of `length` places of a dimension from `start`.",
    example: "torch.arange(5).narrow(0, 1, 3)",
  },
  derivative: "pending",
  view: ({ self, dim, start, length }) => {
    const { axis, first } = narrowedStart(self.shape, dim, start, length);
    return sliced(stateOf(self), axis, first, length, 1);
  },
  reference: ({ self, dim, start, length }) => {
    const source = naive(self);
    const { axis, first } = narrowedStart(self.shape, dim, start, length);
    const shape = self.shape.map((size, other) => (other === axis ? length : size));
    return naiveFill(shape, (coordinates) =>
      elementAt(
        source,
        coordinates.map((place, other) => (other === axis ? place + first : place)),
      ),
    );
  },
  samples: function* (make) {
    yield { self: make.tensor([5, 3]), dim: 0, start: 1, length: 3 };
    yield { self: make.strided([2, 5]), dim: -1, start: -2, length: 2 };
    yield { self: make.tensor([5]), dim: 0, start: 2, length: 0 };
  },
});
