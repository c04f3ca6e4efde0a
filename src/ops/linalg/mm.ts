import { RuntimeError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import { arg } from "../arg.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { naive } from "../naive-array.ts";
import { checkBatchProduct, checkMatrixProduct } from "./matrix-checks.ts";
import { matrixProduct } from "./matrix-product.ts";
import { naiveProduct } from "./naive-product.ts";

export const mm = defineOp({
  name: "mm",
  api: ["torch.mm", "Tensor.mm"],
  args: { self: arg.tensor, mat2: arg.tensor },
  dtypes: numberDTypes,
  doc: {
    summary: "The product of two matrices.",
    details:
      "Shape: (n, m) and (m, p) give (n, p). float32 is summed in float32 as in PyTorch, in an order of its own.",
    example: "torch.mm(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[1, 0], [0, 2]]))",
  },
  meta: ({ self, mat2 }) => {
    if (self.ndim !== 2) throw new RuntimeError("self must be a matrix");
    if (mat2.ndim !== 2) throw new RuntimeError("mat2 must be a matrix");
    checkMatrixProduct(self, mat2);
    return { dtype: self.dtype, shape: [at(self.shape, 0), at(mat2.shape, 1)] };
  },
  lowering: ({ self, mat2 }) => matrixProduct(self, mat2),
  reference: ({ self, mat2 }) => naiveProduct(naive(self), naive(mat2)),
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 4]), mat2: make.tensor([4, 5]) };
    yield { self: make.strided([2, 3]), mat2: make.strided([3, 4]) };
    yield { self: make.tensor([1, 1]), mat2: make.tensor([1, 1]) };
    yield { self: make.tensor([7, 9]), mat2: make.tensor([9, 6]) };
    yield { self: make.tensor([0, 3]), mat2: make.tensor([3, 2]) };
    yield { self: make.tensor([2, 0]), mat2: make.tensor([0, 2]) };
  },
});

export const bmm = defineOp({
  name: "bmm",
  api: ["torch.bmm", "Tensor.bmm"],
  args: { self: arg.tensor, mat2: arg.tensor },
  dtypes: numberDTypes,
  doc: {
    summary: "The products of two batches of matrices.",
    details: "Shape: (b, n, m) and (b, m, p) give (b, n, p).",
    example: "torch.bmm(torch.ones(2, 1, 3), torch.ones(2, 3, 1))",
  },
  meta: ({ self, mat2 }) => {
    checkBatchProduct(self, mat2);
    return { dtype: self.dtype, shape: [at(self.shape, 0), at(self.shape, 1), at(mat2.shape, 2)] };
  },
  lowering: ({ self, mat2 }) => matrixProduct(self, mat2),
  reference: ({ self, mat2 }) => naiveProduct(naive(self), naive(mat2)),
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([2, 3, 4]), mat2: make.tensor([2, 4, 5]) };
    yield { self: make.strided([2, 2, 3]), mat2: make.strided([2, 3, 2]) };
    yield { self: make.tensor([0, 2, 3]), mat2: make.tensor([0, 3, 2]) };
    yield { self: make.tensor([2, 2, 0]), mat2: make.tensor([2, 0, 1]) };
  },
});
