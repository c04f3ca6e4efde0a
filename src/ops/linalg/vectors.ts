/** Products with vectors: special cases of the matrix product with errors of their own. */
import { RuntimeError } from "../../base/errors.ts";
import { at, formatShape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { naive, naiveFill } from "../naive-array.ts";
import { mul } from "../pointwise/arithmetic.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import { permute } from "../view/permute.ts";
import { checkDot, checkMatrixVector } from "./matrix-checks.ts";
import { matrixProduct } from "./matrix-product.ts";
import { mm } from "./mm.ts";
import { naiveMatmul } from "./naive-product.ts";

function reshaped(self: TensorBase, shape: readonly number[]): TensorBase {
  return runOp(reshape, { self, shape });
}

export const mv = defineOp({
  name: "mv",
  api: ["torch.mv", "Tensor.mv"],
  args: { self: arg.tensor, vec: arg.tensor },
  dtypes: numberDTypes,
  doc: {
    summary: "The product of a matrix and a vector.",
    example: "torch.mv(torch.tensor([[1, 2], [3, 4]]), torch.tensor([1, 1]))",
  },
  meta: ({ self, vec }) => {
    // PyTorch adds the product to an empty vector of the right size and dtype, which its messages then mention.
    const rows = self.shape.slice(0, 1);
    checkMatrixVector({ shape: rows, ndim: 1, dtype: vec.dtype }, self, vec);
    return { dtype: self.dtype, shape: rows };
  },
  lowering: ({ self, vec }) => matrixProduct(self, vec),
  reference: ({ self, vec }) => naiveMatmul(self, vec),
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 4]), vec: make.tensor([4]) };
    yield { self: make.strided([3, 2]), vec: make.strided([2]) };
    yield { self: make.tensor([2, 0]), vec: make.tensor([0]) };
    yield { self: make.tensor([0, 2]), vec: make.tensor([2]) };
  },
});

export const dot = defineOp({
  name: "dot",
  api: ["torch.dot", "Tensor.dot"],
  args: { self: arg.tensor, tensor: arg.tensor },
  dtypes: numberDTypes,
  doc: {
    summary: "The sum of the products of the elements of two vectors.",
    example: "torch.dot(torch.tensor([1, 2]), torch.tensor([3, 4]))",
  },
  meta: ({ self, tensor }) => {
    checkDot(self, tensor);
    return { dtype: self.dtype, shape: [] };
  },
  lowering: ({ self, tensor }) => matrixProduct(self, tensor),
  reference: ({ self, tensor }) => naiveMatmul(self, tensor),
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([4]), tensor: make.strided([4]) };
    yield { self: make.tensor([0]), tensor: make.tensor([0]) };
  },
});

export const outer = defineOp({
  name: "outer",
  api: ["torch.outer", "Tensor.outer"],
  args: { self: arg.tensor, vec2: arg.tensor },
  doc: {
    summary: "Every element of one vector times every element of another.",
    details: "Shape: (n) and (m) give (n, m). The dtype is the common dtype of both.",
    example: "torch.outer(torch.tensor([1, 2]), torch.tensor([3, 4, 5]))",
  },
  decomposition: ({ self, vec2 }) => {
    if (self.ndim !== 1)
      throw new RuntimeError(`outer: Expected 1-D argument self, but got ${self.ndim}-D`);
    if (vec2.ndim !== 1)
      throw new RuntimeError(`outer: Expected 1-D argument vec2, but got ${vec2.ndim}-D`);
    return runOp(mul, { self: reshaped(self, [self.numel(), 1]), other: vec2 });
  },
  reference: ({ self, vec2 }) => {
    const a = naive(self).values;
    const b = naive(vec2).values;
    return naiveFill([a.length, b.length], ([row = 0, column = 0]) => at(a, row) * at(b, column));
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3]), vec2: make.strided([2]) };
    yield { self: make.tensor([0]), vec2: make.tensor([2]) };
    yield { self: make.tensor([2]), vec2: make.of([2], [1, 2]) };
  },
});

export const inner = defineOp({
  name: "inner",
  api: ["torch.inner", "Tensor.inner"],
  args: { self: arg.tensor, other: arg.tensor },
  dtypes: numberDTypes,
  doc: {
    summary: "The sums of products over the last dimensions of two tensors.",
    details: "A 0-d operand multiplies the other.",
    example: "torch.inner(torch.tensor([[1, 2], [3, 4]]), torch.tensor([1, 1]))",
  },
  decomposition: ({ self, other }) => {
    if (self.dtype !== other.dtype) throw new RuntimeError("both inputs should have same dtype");
    if (self.ndim === 0 || other.ndim === 0) return runOp(mul, { self, other });
    const length = at(self.shape, self.ndim - 1);
    if (length !== at(other.shape, other.ndim - 1)) {
      throw new RuntimeError(
        `inner() the last dimension must match on both input tensors but got shapes ${formatShape(self.shape)} and ${formatShape(other.shape)}`,
      );
    }
    const rowsOf = (tensor: TensorBase): TensorBase =>
      reshaped(tensor, [product(tensor.shape.slice(0, -1)), length]);
    const columns = runOp(permute, { self: rowsOf(other), dims: [1, 0] });
    return reshaped(runOp(mm, { self: rowsOf(self), mat2: columns }), [
      ...self.shape.slice(0, -1),
      ...other.shape.slice(0, -1),
    ]);
  },
  reference: ({ self, other }) => {
    const a = naive(self);
    const b = naive(other);
    const length = self.shape.at(-1) ?? 1;
    const rows = a.values.length / Math.max(1, length);
    const columns = b.values.length / Math.max(1, length);
    const values = Array.from({ length: rows * columns }, (_, position) => {
      const row = Math.floor(position / columns) * length;
      const column = (position % columns) * length;
      let sum = 0;
      for (let k = 0; k < length; k++) sum += at(a.values, row + k) * at(b.values, column + k);
      return sum;
    });
    return { shape: [...self.shape.slice(0, -1), ...other.shape.slice(0, -1)], values };
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), other: make.strided([4, 3]) };
    yield { self: make.tensor([3]), other: make.tensor([3]) };
  },
});

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}
