import { RuntimeError } from "../../base/errors.ts";
import { at, broadcastShapes, numelOf } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { naive, naiveFill, elementAt } from "../naive-array.ts";
import { add } from "../pointwise/arithmetic.ts";
import { runOp } from "../run-op.ts";
import { expand } from "../view/expand.ts";
import { reshape } from "../view/reshape.ts";
import { permute } from "../view/permute.ts";
import { addmm } from "./addmm.ts";
import { bmm, mm } from "./mm.ts";
import { naiveMatmul } from "./naive-product.ts";
import { dot, mv } from "./vectors.ts";

function reshaped(self: TensorBase, shape: readonly number[]): TensorBase {
  return runOp(reshape, { self, shape });
}

/** The product by the rules of NumPy's `@`; PyTorch's order of cases, so that errors are the same. */
function multiply(left: TensorBase, right: TensorBase): TensorBase {
  if (left.ndim === 0 || right.ndim === 0) {
    throw new RuntimeError(
      `both arguments to matmul need to be at least 1D, but they are ${left.ndim}D and ${right.ndim}D`,
    );
  }
  if (left.ndim === 1 && right.ndim === 1) return runOp(dot, { self: left, tensor: right });
  if (left.ndim === 2 && right.ndim === 1) return runOp(mv, { self: left, vec: right });
  if (left.ndim === 1 && right.ndim === 2) {
    const row = reshaped(left, [1, left.numel()]);
    return reshaped(runOp(mm, { self: row, mat2: right }), [at(right.shape, 1)]);
  }
  if (left.ndim === 2 && right.ndim === 2) return runOp(mm, { self: left, mat2: right });
  if (left.ndim > 2 && right.ndim <= 2) return multiplyFolded(left, right);
  return multiplyBatches(left, right);
}

/** A batch of matrices times one matrix or vector is one product with all the rows. */
function multiplyFolded(left: TensorBase, right: TensorBase): TensorBase {
  const outer = left.shape.slice(0, -1);
  const rows = reshaped(left, [numelOf(outer), at(left.shape, left.ndim - 1)]);
  if (right.ndim === 1) return reshaped(runOp(mv, { self: rows, vec: right }), outer);
  return reshaped(runOp(mm, { self: rows, mat2: right }), [...outer, at(right.shape, 1)]);
}

function multiplyBatches(left: TensorBase, right: TensorBase): TensorBase {
  const a = left.ndim === 1 ? reshaped(left, [1, left.numel()]) : left;
  const b = right.ndim === 1 ? reshaped(right, [right.numel(), 1]) : right;
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const flat = (tensor: TensorBase): TensorBase => {
    const matrix = tensor.shape.slice(-2);
    return reshaped(runOp(expand, { self: tensor, size: [...batch, ...matrix] }), [
      numelOf(batch),
      ...matrix,
    ]);
  };
  const product = runOp(bmm, { self: flat(a), mat2: flat(b) });
  const rows = left.ndim === 1 ? [] : [at(a.shape, a.ndim - 2)];
  const columns = right.ndim === 1 ? [] : [at(b.shape, b.ndim - 1)];
  return reshaped(product, [...batch, ...rows, ...columns]);
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
  decomposition: ({ self, other }) => multiply(self, other),
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
      const product = multiply(input, turned);
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
