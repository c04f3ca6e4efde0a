import { IndexError, RuntimeError } from "../../base/errors.ts";
import { aliasOf } from "../../core/make-tensor.ts";
import { at, formatShape, numelOf, type Shape, wrapDim } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { contiguousClone } from "../data/clone.ts";
import { defineOp } from "../define-op.ts";
import { naive } from "../naive-array.ts";
import { runOp } from "../run-op.ts";
import { inferSize, viewStrides } from "./view.ts";

/** The same elements in another shape: a view where the memory allows it, else a copy. */
export function reshaped(self: TensorBase, requested: Shape): TensorBase {
  const { shape, strides, offset } = stateOf(self);
  const target = inferSize(requested, numelOf(shape));
  const targetStrides = viewStrides(shape, strides, target);
  if (targetStrides !== null)
    return aliasOf(self, { shape: target, strides: targetStrides, offset });
  return reshaped(runOp(contiguousClone, { self }), target);
}

export const reshape = defineOp({
  name: "reshape",
  api: ["torch.reshape", "Tensor.reshape"],
  args: { self: arg.tensor, shape: arg.size },
  doc: {
    summary: "The same elements in another shape; one size may be -1.",
    details: "Aliasing: a view of `input` when its memory allows it, else a copy.",
    example: "torch.arange(6).reshape(3, -1)",
  },
  derivative: "pending",
  decomposition: ({ self, shape }) => reshaped(self, shape),
  reference: ({ self, shape }) => ({ ...naive(self), shape: inferSize(shape, self.numel()) }),
  samples: function* (make) {
    yield { self: make.tensor([2, 6]), shape: [3, 4] };
    yield { self: make.strided([2, 6]), shape: [3, -1] };
    yield { self: make.tensor([]), shape: [1] };
    yield { self: make.tensor([0, 3]), shape: [0] };
  },
});

function flattenedShape(shape: Shape, start: number, end: number): Shape {
  if (shape.length === 0) return [1];
  const first = wrapDim(start, shape.length);
  const last = wrapDim(end, shape.length);
  if (first > last)
    throw new RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim");
  return [
    ...shape.slice(0, first),
    numelOf(shape.slice(first, last + 1)),
    ...shape.slice(last + 1),
  ];
}

export const flatten = defineOp({
  name: "flatten",
  api: ["torch.flatten", "Tensor.flatten"],
  args: {
    self: arg.tensor,
    start_dim: arg.withDefault(arg.dim, 0),
    end_dim: arg.withDefault(arg.dim, -1),
  },
  doc: {
    summary: "Merges dimensions from `start_dim` to `end_dim` into one.",
    example: "torch.ones(2, 3, 4).flatten(1).shape",
  },
  derivative: "pending",
  decomposition: ({ self, start_dim, end_dim }) => {
    const shape = flattenedShape(self.shape, start_dim, end_dim);
    return shape.length === self.ndim ? self : reshaped(self, shape);
  },
  reference: ({ self, start_dim, end_dim }) => ({
    ...naive(self),
    shape: flattenedShape(self.shape, start_dim, end_dim),
  }),
  samples: function* (make) {
    yield { self: make.tensor([2, 3, 4]) };
    yield { self: make.strided([2, 3, 4]), start_dim: 1 };
    yield { self: make.tensor([2, 0, 4]), start_dim: 0, end_dim: 1 };
    yield { self: make.tensor([]) };
    yield { self: make.tensor([5]) };
  },
});

export const unflatten = defineOp({
  name: "unflatten",
  api: ["torch.unflatten", "Tensor.unflatten"],
  args: { self: arg.tensor, dim: arg.dim, sizes: arg.ints },
  doc: {
    summary: "Splits dimension `dim` into several of the given sizes; one may be -1.",
    example: "torch.ones(6, 2).unflatten(0, [2, 3]).shape",
  },
  derivative: "pending",
  decomposition: ({ self, dim, sizes }) => reshaped(self, unflattenedShape(self.shape, dim, sizes)),
  reference: ({ self, dim, sizes }) => ({
    ...naive(self),
    shape: unflattenedShape(self.shape, dim, sizes),
  }),
  samples: function* (make) {
    yield { self: make.tensor([6, 2]), dim: 0, sizes: [2, -1] };
    yield { self: make.strided([3, 4]), dim: -1, sizes: [2, 2] };
  },
});

function unflattenedShape(shape: Shape, dim: number, sizes: Shape): Shape {
  if (shape.length === 0)
    throw new IndexError(`Dimension specified as ${dim} but tensor has no dimensions`);
  const axis = wrapDim(dim, shape.length);
  const size = at(shape, axis);
  const known = sizes.reduce((product, each) => (each === -1 ? product : product * each), 1);
  if (sizes.includes(-1) ? size % known !== 0 : known !== size) {
    throw new RuntimeError(
      `unflatten: Provided sizes ${formatShape(sizes)} don't multiply up to the size of dim ${axis} (${size}) in the input tensor`,
    );
  }
  return [
    ...shape.slice(0, axis),
    ...sizes.map((each) => (each === -1 ? size / known : each)),
    ...shape.slice(axis + 1),
  ];
}
