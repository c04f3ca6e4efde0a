/** Matrix products that are added to something: `beta * input + alpha * product`. */
import { RuntimeError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { naive } from "../naive-array.ts";
import { expandGeometry } from "../view/expand.ts";
import { addedProduct } from "./added-product.ts";
import {
  checkBatchProduct,
  checkImplemented,
  checkInnerSizes,
  checkMatrixProduct,
  checkMatrixVector,
  typeNameOf,
} from "./matrix-checks.ts";
import { matrixProduct, summedBatchProduct } from "./matrix-product.ts";
import { naiveAdded, naiveMatmul, naiveProduct } from "./naive-product.ts";

const factors = {
  beta: arg.keyword(arg.withDefault(arg.scalar, 1)),
  alpha: arg.keyword(arg.withDefault(arg.scalar, 1)),
} as const;

export const addmm = defineOp({
  name: "addmm",
  api: ["torch.addmm", "Tensor.addmm"],
  args: { self: arg.tensor, mat1: arg.tensor, mat2: arg.tensor, ...factors },
  dtypes: numberDTypes,
  doc: {
    summary: "`beta * input + alpha * (mat1 @ mat2)`, with `input` broadcast.",
    example: "torch.addmm(torch.tensor([1, 2]), torch.ones(2, 3), torch.ones(3, 2))",
  },
  meta: ({ self, mat1, mat2 }) => {
    if (mat1.ndim !== 2) throw new RuntimeError(`mat1 must be a matrix, got ${mat1.ndim}-D tensor`);
    if (mat2.ndim !== 2) throw new RuntimeError(`mat2 must be a matrix, got ${mat2.ndim}-D tensor`);
    checkInnerSizes(mat1, mat2);
    const { shape } = expandGeometry(self, [at(mat1.shape, 0), at(mat2.shape, 1)]);
    if (mat1.dtype === mat2.dtype && self.dtype !== mat2.dtype) {
      throw new RuntimeError(
        `self and mat2 must have the same dtype, but got ${self.dtype.scalarTypeName} and ${mat2.dtype.scalarTypeName}`,
      );
    }
    checkMatrixProduct(mat1, mat2);
    return { dtype: self.dtype, shape };
  },
  lowering: ({ self, mat1, mat2, beta, alpha }) =>
    matrixProduct(mat1, mat2, addedProduct({ added: self, beta, alpha })),
  reference: ({ self, mat1, mat2, beta, alpha }) =>
    naiveAdded(self, naiveProduct(naive(mat1), naive(mat2)), Number(beta), Number(alpha)),
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([2, 4]), mat1: make.tensor([2, 3]), mat2: make.tensor([3, 4]) };
    yield {
      self: make.tensor([4]),
      mat1: make.strided([2, 3]),
      mat2: make.strided([3, 4]),
      beta: 2,
      alpha: 3,
    };
    yield { self: make.tensor([]), mat1: make.tensor([2, 3]), mat2: make.tensor([3, 1]), beta: 0 };
    yield { self: make.tensor([2, 2]), mat1: make.tensor([2, 0]), mat2: make.tensor([0, 2]) };
  },
});

export const addmv = defineOp({
  name: "addmv",
  api: ["torch.addmv", "Tensor.addmv"],
  args: { self: arg.tensor, mat: arg.tensor, vec: arg.tensor, ...factors },
  dtypes: numberDTypes,
  doc: {
    summary: "`beta * input + alpha * (mat @ vec)`, with `input` broadcast.",
    example: "torch.addmv(torch.tensor([1, 2]), torch.ones(2, 3), torch.ones(3))",
  },
  meta: ({ self, mat, vec }) => {
    checkMatrixVector(self, mat, vec);
    return { dtype: self.dtype, shape: mat.shape.slice(0, 1) };
  },
  lowering: ({ self, mat, vec, beta, alpha }) =>
    matrixProduct(mat, vec, addedProduct({ added: self, beta, alpha })),
  reference: ({ self, mat, vec, beta, alpha }) =>
    naiveAdded(self, naiveMatmul(mat, vec), Number(beta), Number(alpha)),
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([2]), mat: make.tensor([2, 3]), vec: make.tensor([3]) };
    yield {
      self: make.tensor([1]),
      mat: make.strided([2, 3]),
      vec: make.tensor([3]),
      beta: 2,
      alpha: 2,
    };
    yield { self: make.tensor([2]), mat: make.tensor([2, 0]), vec: make.tensor([0]) };
  },
});

function checkAddedBatch(self: TensorBase, batch1: TensorBase, batch2: TensorBase): void {
  if (
    batch1.ndim === 3 &&
    batch2.ndim === 3 &&
    (self.dtype !== batch1.dtype || batch1.dtype !== batch2.dtype)
  ) {
    const [input, left, right] = [self, batch1, batch2].map((tensor) => typeNameOf(tensor.dtype));
    throw new RuntimeError(
      `Input dtypes must be the same, got: input ${input}, batch1: ${left}, batch2: ${right}`,
    );
  }
  checkBatchProduct(batch1, batch2);
  checkImplemented("baddbmm", self.dtype);
}

export const baddbmm = defineOp({
  name: "baddbmm",
  api: ["torch.baddbmm", "Tensor.baddbmm"],
  args: { self: arg.tensor, batch1: arg.tensor, batch2: arg.tensor, ...factors },
  dtypes: numberDTypes,
  doc: {
    summary:
      "`beta * input + alpha * (batch1 @ batch2)` for every matrix of a batch, with `input` broadcast.",
    example: "torch.baddbmm(torch.zeros(2, 1, 1), torch.ones(2, 1, 3), torch.ones(2, 3, 1))",
  },
  meta: ({ self, batch1, batch2 }) => {
    checkAddedBatch(self, batch1, batch2);
    const size = [at(batch1.shape, 0), at(batch1.shape, 1), at(batch2.shape, 2)];
    return { dtype: self.dtype, shape: expandGeometry(self, size).shape };
  },
  lowering: ({ self, batch1, batch2, beta, alpha }) =>
    matrixProduct(batch1, batch2, addedProduct({ added: self, beta, alpha })),
  reference: ({ self, batch1, batch2, beta, alpha }) =>
    naiveAdded(self, naiveProduct(naive(batch1), naive(batch2)), Number(beta), Number(alpha)),
  derivative: "pending",
  samples: function* (make) {
    yield {
      self: make.tensor([2, 3, 2]),
      batch1: make.tensor([2, 3, 4]),
      batch2: make.tensor([2, 4, 2]),
    };
    yield {
      self: make.tensor([3, 1]),
      batch1: make.strided([2, 3, 2]),
      batch2: make.tensor([2, 2, 2]),
      beta: 2,
      alpha: 3,
    };
    yield {
      self: make.tensor([1]),
      batch1: make.tensor([0, 2, 2]),
      batch2: make.tensor([0, 2, 2]),
      beta: 0,
    };
  },
});

export const addbmm = defineOp({
  name: "addbmm",
  api: ["torch.addbmm", "Tensor.addbmm"],
  args: { self: arg.tensor, batch1: arg.tensor, batch2: arg.tensor, ...factors },
  dtypes: numberDTypes,
  doc: {
    summary: "`beta * input + alpha *` the sum of the products of two batches of matrices.",
    example: "torch.addbmm(torch.zeros(1, 1), torch.ones(2, 1, 3), torch.ones(2, 3, 1))",
  },
  meta: ({ self, batch1, batch2 }) => {
    checkAddedBatch(self, batch1, batch2);
    const size = [at(batch1.shape, 1), at(batch2.shape, 2)];
    return { dtype: self.dtype, shape: expandGeometry(self, size).shape };
  },
  lowering: ({ self, batch1, batch2, beta, alpha }) =>
    summedBatchProduct(batch1, batch2, addedProduct({ added: self, beta, alpha })),
  reference: ({ self, batch1, batch2, beta, alpha }) => {
    const products = naiveProduct(naive(batch1), naive(batch2));
    const shape = products.shape.slice(1);
    const size = shape.reduce((total, length) => total * length, 1);
    const values = Array.from({ length: size }, (_, position) => {
      return products.values
        .filter((_value, other) => other % size === position)
        .reduce((total, value) => total + value, 0);
    });
    return naiveAdded(self, { shape, values }, Number(beta), Number(alpha));
  },
  derivative: "pending",
  samples: function* (make) {
    yield {
      self: make.tensor([3, 2]),
      batch1: make.tensor([2, 3, 4]),
      batch2: make.tensor([2, 4, 2]),
    };
    yield {
      self: make.tensor([2]),
      batch1: make.strided([3, 1, 2]),
      batch2: make.tensor([3, 2, 2]),
      beta: 2,
    };
  },
});
