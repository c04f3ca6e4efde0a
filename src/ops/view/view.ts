import { RuntimeError } from "../../base/errors.ts";
import { at, formatShape, numelOf, sameShape, type Shape } from "../../core/shape.ts";
import { stateOf } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { naive } from "../naive-array.ts";
import { runOp } from "../run-op.ts";

/** Fills in a size of -1 and checks that the elements fit. */
export function inferSize(requested: Shape, numel: number): Shape {
  const unknown = requested.indexOf(-1);
  if (requested.indexOf(-1, unknown + 1) > unknown && unknown >= 0)
    throw new RuntimeError("only one dimension can be inferred");
  const negative = requested.find((size) => size < -1);
  if (negative !== undefined) throw new RuntimeError(`invalid shape dimension ${negative}`);
  const mismatchError = (): RuntimeError =>
    new RuntimeError(`shape '${formatShape(requested)}' is invalid for input of size ${numel}`);
  if (unknown < 0) {
    if (numelOf(requested) !== numel) throw mismatchError();
    return requested;
  }
  const known = requested.reduce((product, size) => (size === -1 ? product : product * size), 1);
  if (known === 0) {
    if (numel !== 0) throw mismatchError();
    throw new RuntimeError(
      `cannot reshape tensor of 0 elements into shape ${formatShape(requested)} because the unspecified dimension size -1 can be any value and is ambiguous`,
    );
  }
  if (numel % known !== 0) throw mismatchError();
  return requested.map((size) => (size === -1 ? numel / known : size));
}

/** The strides with which memory of `shape` and `strides` reads as `target` without a copy, or null. (PyTorch's computeStride.) */
export function viewStrides(shape: Shape, strides: Shape, target: Shape): Shape | null {
  if (sameShape(shape, target)) return strides;
  if (numelOf(shape) === 0 || shape.length === 0) return contiguousFor(target);
  const result = new Array<number>(target.length).fill(0);
  let targetAxis = target.length - 1;
  let chunkStride = at(strides, shape.length - 1);
  let chunkSize = 1;
  let placed = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    chunkSize *= at(shape, axis);
    const ends =
      axis === 0 ||
      (at(shape, axis - 1) !== 1 && at(strides, axis - 1) !== chunkSize * chunkStride);
    if (!ends) continue;
    while (targetAxis >= 0 && (placed < chunkSize || at(target, targetAxis) === 1)) {
      result[targetAxis] = placed * chunkStride;
      placed *= at(target, targetAxis);
      targetAxis -= 1;
    }
    if (placed !== chunkSize) return null;
    if (axis > 0) {
      chunkStride = at(strides, axis - 1);
      placed = 1;
      chunkSize = 1;
    }
  }
  return targetAxis === -1 ? result : null;
}

function contiguousFor(shape: Shape): Shape {
  let stride = 1;
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= Math.max(at(shape, axis), 1);
  }
  return strides;
}

export const view = defineOp({
  name: "view",
  api: ["Tensor.view"],
  args: { self: arg.tensor, size: arg.size },
  doc: {
    summary: "The same memory seen with another shape; one size may be -1.",
    details:
      "Aliasing: shares memory with `input`. Memory that cannot be seen that way is an error: use `reshape`.",
    example: "torch.arange(6).view(2, 3)",
  },
  derivative: "pending",
  view: ({ self, size }) => {
    const { shape, strides, offset } = stateOf(self);
    const target = inferSize(size, numelOf(shape));
    const targetStrides = viewStrides(shape, strides, target);
    if (targetStrides === null) {
      throw new RuntimeError(
        "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
      );
    }
    return { shape: target, strides: targetStrides, offset };
  },
  reference: ({ self, size }) => ({ ...naive(self), shape: inferSize(size, self.numel()) }),
  samples: function* (make) {
    yield { self: make.tensor([2, 6]), size: [3, 4] };
    yield { self: make.tensor([2, 6]), size: [-1] };
    yield { self: make.tensor([]), size: [1, 1] };
    yield { self: make.tensor([0, 3]), size: [3, 0] };
    yield { self: make.strided([2, 3]), size: [2, 1, 3] };
  },
});

export const view_as = defineOp({
  name: "view_as",
  api: ["Tensor.view_as"],
  args: { self: arg.tensor, other: arg.tensor },
  doc: {
    summary: "A view with the shape of `other`.",
    example: "torch.arange(4).view_as(torch.ones(2, 2))",
  },
  derivative: "pending",
  decomposition: ({ self, other }) => runOp(view, { self, size: other.shape }),
  reference: ({ self, other }) => ({ ...naive(self), shape: other.shape }),
  samples: function* (make) {
    yield { self: make.tensor([2, 6]), other: make.tensor([4, 3]) };
  },
});
