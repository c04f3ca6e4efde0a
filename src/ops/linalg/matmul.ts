import { RuntimeError } from "../../base/errors.ts";
import { at, broadcastShapes, numelOf, type Shape } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { naive, naiveFill, elementAt } from "../naive-array.ts";
import { add } from "../pointwise/arithmetic.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import { permute } from "../view/permute.ts";
import { addmm } from "./addmm.ts";
import {
  checkBatchProduct,
  checkDot,
  checkMatrixProduct,
  checkMatrixVector,
  type MatrixMeta,
} from "./matrix-checks.ts";
import { matrixProduct } from "./matrix-product.ts";
import { naiveMatmul } from "./naive-product.ts";

function reshaped(self: TensorBase, shape: readonly number[]): TensorBase {
  return runOp(reshape, { self, shape });
}

/** Checks what PyTorch checks, in its order of cases, so that errors are the same; gives the shape of the product. */
function checkedShape(left: TensorBase, right: TensorBase): Shape {
  if (left.ndim === 0 || right.ndim === 0) {
    throw new RuntimeError(
      `both arguments to matmul need to be at least 1D, but they are ${left.ndim}D and ${right.ndim}D`,
    );
  }
  const outer = left.shape.slice(0, -1);
  if (right.ndim === 1) {
    if (left.ndim === 1) checkDot(left, right);
    else checkMatrixVector(rowVector(left, right), folded(left), right);
    return outer;
  }
  if (right.ndim === 2) {
    checkMatrixProduct(folded(left), right);
    return [...outer, at(right.shape, 1)];
  }
  return checkedBatchShape(left, right);
}

/** A batch of matrices as one matrix with all the rows, and a vector as a row. */
function folded(tensor: TensorBase): MatrixMeta {
  const shape = [numelOf(tensor.shape.slice(0, -1)), at(tensor.shape, tensor.ndim - 1)];
  return { dtype: tensor.dtype, shape, ndim: 2 };
}

/** What PyTorch adds the product of a matrix and a vector to. */
function rowVector(left: TensorBase, right: TensorBase): MatrixMeta {
  return { dtype: right.dtype, shape: folded(left).shape.slice(0, 1), ndim: 1 };
}

function checkedBatchShape(left: TensorBase, right: TensorBase): Shape {
  const matrixOf = ({ shape }: TensorBase): Shape => shape.slice(-2);
  const a = left.ndim === 1 ? [1, ...left.shape] : matrixOf(left);
  const b = matrixOf(right);
  const batch = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const flat = (tensor: TensorBase, matrix: Shape): MatrixMeta => ({
    dtype: tensor.dtype,
    shape: [numelOf(batch), ...matrix],
    ndim: 3,
  });
  checkBatchProduct(flat(left, a), flat(right, b));
  return [...batch, ...(left.ndim === 1 ? [] : [at(a, 0)]), at(b, 1)];
}

export const matmul = defineOp({
  name: "matmul",
  api: ["torch.matmul", "Tensor.matmul"],
  args: { self: arg.tensor, other: arg.tensor },
  dtypes: numberDTypes,
  doc: {
    summary: "The matrix product of vectors, matrices and batches of matrices.",
    details:
      "A vector is a row on the left and a column on the right; dimensions before the last two broadcast.",
    example: "torch.matmul(torch.ones(2, 3), torch.tensor([1, 2, 3]))",
  },
  meta: ({ self, other }) => ({ shape: checkedShape(self, other), dtype: self.dtype }),
  lowering: ({ self, other }) => matrixProduct(self, other),
  reference: ({ self, other }) => naiveMatmul(self, other),
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3]), other: make.tensor([3]) };
    yield { self: make.tensor([2, 3]), other: make.tensor([3]) };
    yield { self: make.tensor([3]), other: make.strided([3, 2]) };
    yield { self: make.strided([2, 3]), other: make.strided([3, 2]) };
    yield { self: make.tensor([2, 2, 3]), other: make.tensor([3, 2]) };
    yield { self: make.tensor([2, 2, 3]), other: make.tensor([3]) };
    yield { self: make.tensor([3]), other: make.tensor([2, 3, 2]) };
    yield { self: make.tensor([2, 3]), other: make.tensor([2, 3, 2]) };
    yield { self: make.tensor([2, 1, 2, 3]), other: make.strided([3, 3, 2]) };
    yield { self: make.tensor([2, 0, 3]), other: make.tensor([3, 2]) };
    yield { self: make.tensor([0, 2, 3]), other: make.tensor([1, 3, 2]) };
  },
});

export const linear = defineOp({
  name: "linear",
  api: ["torch.nn.functional.linear"],
  args: { input: arg.tensor, weight: arg.tensor, bias: arg.optional(arg.tensor) },
  dtypes: numberDTypes,
  doc: {
    summary: "`input @ weight.T + bias`, over the last dimension of `input`.",
    details:
      "Shape: input (…, in), weight (out, in) or (in), bias (out) or (); the output is (…, out) or (…).",
    example: "torch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 3), torch.zeros(4))",
  },
  decomposition: ({ input, weight, bias }) => {
    const turned = weight.ndim === 2 ? runOp(permute, { self: weight, dims: [1, 0] }) : weight;
    if (bias === null || weight.ndim !== 2 || input.ndim === 0) {
      const product = runOp(matmul, { self: input, other: turned });
      return bias === null ? product : runOp(add, { self: product, other: bias });
    }
    const outer = input.shape.slice(0, -1);
    const rows = reshaped(input, [numelOf(outer), at(input.shape, input.ndim - 1)]);
    return reshaped(runOp(addmm, { self: bias, mat1: rows, mat2: turned }), [
      ...outer,
      at(weight.shape, 0),
    ]);
  },
  reference: ({ input, weight, bias }) => {
    const a = naive(input);
    const b = naive(weight);
    const added = bias === null ? { shape: [], values: [0] } : naive(bias);
    const outer = input.shape.slice(0, -1);
    const length = at(input.shape, input.ndim - 1);
    return naiveFill([...outer, ...weight.shape.slice(0, -1)], (point) => {
      let sum = elementAt(added, point);
      for (let k = 0; k < length; k++) {
        sum +=
          elementAt(a, [...point.slice(0, outer.length), k]) *
          elementAt(b, [...point.slice(outer.length), k]);
      }
      return sum;
    });
  },
  derivative: "pending",
  samples: function* (make) {
    yield { input: make.tensor([2, 3]), weight: make.tensor([4, 3]), bias: make.tensor([4]) };
    yield { input: make.strided([2, 3]), weight: make.strided([4, 3]), bias: null };
    yield { input: make.tensor([2, 2, 3]), weight: make.tensor([4, 3]), bias: make.tensor([4]) };
    yield { input: make.tensor([3]), weight: make.tensor([4, 3]), bias: make.tensor([4]) };
    yield { input: make.tensor([2, 3]), weight: make.tensor([3]) };
    yield { input: make.tensor([0, 3]), weight: make.tensor([2, 3]), bias: make.tensor([2]) };
  },
});
