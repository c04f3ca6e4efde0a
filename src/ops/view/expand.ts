import { RuntimeError } from "../../base/errors.ts";
import type { Geometry } from "../../core/make-tensor.ts";
import { at, broadcastShapes, formatShape, type Shape } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";

/** The view that `expand` gives. */
export function expandGeometry(self: TensorBase, size: Shape): Geometry {
  const { shape, strides, offset } = stateOf(self);
  const missing = size.length - shape.length;
  if (missing < 0) {
    throw new RuntimeError(
      `expand(torch.${self.dtype.scalarTypeName}Tensor{${formatShape(shape)}}, size=${formatShape(size)}): the number of sizes provided (${size.length}) must be greater or equal to the number of dimensions in the tensor (${shape.length})`,
    );
  }
  const resultShape = new Array<number>(size.length);
  const resultStrides = new Array<number>(size.length);
  // From the last dimension, so that the first complaint is PyTorch's.
  for (let axis = size.length - 1; axis >= 0; axis--) {
    const requested = at(size, axis);
    const own = axis - missing;
    const current = own < 0 ? 1 : at(shape, own);
    if (requested === -1 && own < 0) {
      throw new RuntimeError(
        `The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ${axis}`,
      );
    }
    const target = requested === -1 ? current : requested;
    if (current !== 1 && target !== current) {
      throw new RuntimeError(
        `The expanded size of the tensor (${target}) must match the existing size (${current}) at non-singleton dimension ${axis}.  Target sizes: ${formatShape(size)}.  Tensor sizes: ${formatShape(shape)}`,
      );
    }
    resultShape[axis] = target;
    resultStrides[axis] = own < 0 || (current === 1 && target !== 1) ? 0 : at(strides, own);
  }
  return { shape: resultShape, strides: resultStrides, offset };
}

const naiveExpand = (self: TensorBase, size: Shape): ReturnType<typeof naiveFill> => {
  const source = naive(self);
  const missing = size.length - self.ndim;
  const target = size.map((requested, axis) =>
    requested === -1 ? at(self.shape, axis - missing) : requested,
  );
  return naiveFill(target, (coordinates) => elementAt(source, coordinates));
};

export const expand = defineOp({
  name: "expand",
  api: ["Tensor.expand"],
  args: { self: arg.tensor, size: arg.size },
  doc: {
    summary: "Repeats dimensions of size 1 without a copy; -1 keeps a size.",
    details:
      "Aliasing: shares memory with `input`. Several elements of the result are the same memory: clone before writing.",
    example: "torch.ones(3, 1).expand(-1, 4).shape",
  },
  derivative: "pending",
  view: ({ self, size }) => expandGeometry(self, size),
  reference: ({ self, size }) => naiveExpand(self, size),
  samples: function* (make) {
    yield { self: make.tensor([3, 1]), size: [-1, 4] };
    yield { self: make.tensor([3]), size: [2, 3] };
    yield { self: make.tensor([]), size: [2, 2] };
    yield { self: make.strided([1, 3]), size: [2, 3] };
    yield { self: make.tensor([1, 3]), size: [0, 3] };
  },
});

export const expand_as = defineOp({
  name: "expand_as",
  api: ["Tensor.expand_as"],
  args: { self: arg.tensor, other: arg.tensor },
  doc: {
    summary: "Expands to the shape of `other`.",
    example: "torch.ones(1, 2).expand_as(torch.ones(3, 2)).shape",
  },
  derivative: "pending",
  view: ({ self, other }) => expandGeometry(self, other.shape),
  reference: ({ self, other }) => naiveExpand(self, other.shape),
  samples: function* (make) {
    yield { self: make.tensor([3, 1]), other: make.tensor([3, 2]) };
  },
});

export const broadcast_to = defineOp({
  name: "broadcast_to",
  api: ["torch.broadcast_to", "Tensor.broadcast_to"],
  args: { self: arg.tensor, size: arg.ints },
  doc: {
    summary: "Expands to a shape.",
    example: "torch.broadcast_to(torch.ones(1, 2), [3, 2]).shape",
  },
  derivative: "pending",
  view: ({ self, size }) => expandGeometry(self, size),
  reference: ({ self, size }) => naiveExpand(self, size),
  samples: function* (make) {
    yield { self: make.tensor([3, 1]), size: [3, 2] };
  },
});

/** The common shape of several. */
export function broadcastAll(shapes: readonly Shape[]): Shape {
  return shapes.reduce<Shape>((joined, shape) => broadcastShapes(joined, shape), []);
}
