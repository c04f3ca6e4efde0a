import { RuntimeError } from "../../base/errors.ts";
import { at, wrapDim } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { zeros } from "../create/full.ts";
import { clone } from "../data/clone.ts";
import { copy_ } from "../data/copy.ts";
import { defineOp } from "../define-op.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import { sum } from "../reduction/sum.ts";
import { runOp } from "../run-op.ts";

function checkedDims(self: TensorBase, dim1: number, dim2: number): readonly [number, number] {
  const first = wrapDim(dim1, self.ndim);
  const second = wrapDim(dim2, self.ndim);
  if (first === second) {
    throw new RuntimeError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
  }
  return [first, second];
}

function naiveDiagonal(self: TensorBase, offset: number, dim1: number, dim2: number): NaiveArray {
  const [first, second] = checkedDims(self, dim1, dim2);
  const source = naive(self);
  const onDiagonal = coordinatesOf(self.shape).filter(
    (point) => at(point, second) - at(point, first) === offset,
  );
  const length = new Set(onDiagonal.map((point) => at(point, first))).size;
  const others = self.shape.filter((_, axis) => axis !== first && axis !== second);
  return naiveFill([...others, length], (point) => {
    const step = at(point, point.length - 1);
    const rest = point.slice(0, -1);
    const full = self.shape.map((_, axis) => {
      if (axis === first) return step + Math.max(0, -offset);
      return axis === second ? step + Math.max(0, offset) : (rest.shift() ?? 0);
    });
    return elementAt(source, full);
  });
}

export const diagonal = defineOp({
  name: "diagonal",
  api: ["torch.diagonal", "Tensor.diagonal"],
  args: {
    self: arg.tensor,
    offset: arg.withDefault(arg.int, 0),
    dim1: arg.withDefault(arg.dim, 0),
    dim2: arg.withDefault(arg.dim, 1),
  },
  doc: {
    summary: "The diagonal of two dimensions, as the last dimension of a view.",
    details:
      "A positive `offset` is above the main diagonal, a negative one below. Aliasing: shares memory with `input`.",
    example: "torch.diagonal(torch.tensor([[1, 2], [3, 4]]))",
  },
  view: ({ self, offset, dim1, dim2 }) => {
    const [first, second] = checkedDims(self, dim1, dim2);
    const { shape, strides, offset: start } = stateOf(self);
    const isKept = (_: number, axis: number): boolean => axis !== first && axis !== second;
    const room =
      offset >= 0
        ? Math.min(at(shape, first), at(shape, second) - offset)
        : Math.min(at(shape, first) + offset, at(shape, second));
    const length = Math.max(0, room);
    const shift = offset >= 0 ? offset * at(strides, second) : -offset * at(strides, first);
    return {
      shape: [...shape.filter(isKept), length],
      strides: [...strides.filter(isKept), at(strides, first) + at(strides, second)],
      offset: length === 0 ? start : start + shift,
    };
  },
  reference: ({ self, offset, dim1, dim2 }) => naiveDiagonal(self, offset, dim1, dim2),
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 3]) };
    yield { self: make.strided([2, 4]), offset: 1 };
    yield { self: make.tensor([4, 2]), offset: -2 };
    yield { self: make.tensor([2, 3, 2]), dim1: 0, dim2: -1 };
    yield { self: make.tensor([2, 2]), offset: 5 };
  },
});

export const diag = defineOp({
  name: "diag",
  api: ["torch.diag", "Tensor.diag"],
  args: { self: arg.tensor, diagonal: arg.withDefault(arg.int, 0) },
  doc: {
    summary: "The diagonal of a matrix, or the matrix with a vector as its diagonal.",
    example: "torch.diag(torch.tensor([1, 2]))",
  },
  decomposition: ({ self, diagonal: offset }) => {
    if (self.ndim === 2) return runOp(clone, { self: runOp(diagonal, { self, offset }) });
    if (self.ndim !== 1)
      throw new RuntimeError(`diag(): Supports 1D or 2D tensors. Got ${self.ndim}D`);
    const length = self.numel() + Math.abs(offset);
    const matrix = runOp(zeros, { size: [length, length], dtype: self.dtype });
    runOp(copy_, { self: runOp(diagonal, { self: matrix, offset }), src: self });
    return matrix;
  },
  reference: ({ self, diagonal: offset }) => {
    if (self.ndim === 2) return naiveDiagonal(self, offset, 0, 1);
    const { values } = naive(self);
    const length = values.length + Math.abs(offset);
    return naiveFill([length, length], ([row = 0, column = 0]) => {
      return column - row === offset ? (values[Math.min(row, column)] ?? 0) : 0;
    });
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3]) };
    yield { self: make.strided([2]), diagonal: -1 };
    yield { self: make.tensor([2, 3]), diagonal: 1 };
    yield { self: make.tensor([0]) };
  },
});

export const trace = defineOp({
  name: "trace",
  api: ["torch.trace", "Tensor.trace"],
  args: { self: arg.tensor },
  doc: {
    summary: "The sum of the main diagonal of a matrix.",
    example: "torch.trace(torch.eye(3))",
  },
  decomposition: ({ self }) => {
    if (self.ndim !== 2) throw new RuntimeError("trace: expected a matrix");
    return runOp(sum, { self: runOp(diagonal, { self }) });
  },
  reference: ({ self }) => ({
    shape: [],
    values: [naiveDiagonal(self, 0, 0, 1).values.reduce((total, value) => total + value, 0)],
  }),
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 3]) };
    yield { self: make.strided([2, 3]) };
    yield { self: make.tensor([0, 3]) };
  },
});
