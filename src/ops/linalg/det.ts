/** Determinants. */
import { RuntimeError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import { arrayOf, copyElements } from "../../core/elements.ts";
import { arg } from "../arg.ts";
import { defineOp, wideFloatDTypes } from "../define-op.ts";
import { notForWords } from "../not-implemented.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import type { TensorBase } from "../../core/tensor.ts";

function checkSquare({ shape, ndim, dtype }: TensorBase): void {
  if (ndim < 2) {
    throw new RuntimeError(`linalg.det: The input tensor A must have at least 2 dimensions.`);
  }
  if (at(shape, ndim - 1) !== at(shape, ndim - 2)) {
    throw new RuntimeError(
      `linalg.det: A must be batches of square matrices, but they are ${at(shape, ndim - 2)} by ${at(shape, ndim - 1)} matrices`,
    );
  }
  notForWords("lu_cpu")(dtype);
  if (!dtype.is_floating_point) {
    throw new RuntimeError(
      `linalg.det: Expected a floating point or complex tensor as input. Got ${dtype.scalarTypeName}`,
    );
  }
}

/** Elimination with the largest pivot of each column; changes `rows`. */
function eliminate(rows: Float64Array, size: number): number {
  let product = 1;
  for (let column = 0; column < size; column++) {
    let best = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(at2(rows, size, row, column)) > Math.abs(at2(rows, size, best, column)))
        best = row;
    const pivot = at2(rows, size, best, column);
    if (best !== column) {
      product = -product;
      const [low, high] = [column * size, best * size];
      const upper = rows.slice(low, low + size);
      rows.copyWithin(low, high, high + size);
      rows.set(upper, high);
    }
    product *= pivot;
    if (pivot === 0) return product;
    for (let row = column + 1; row < size; row++) {
      const factor = at2(rows, size, row, column) / pivot;
      for (let each = column; each < size; each++)
        rows[row * size + each] =
          at2(rows, size, row, each) - factor * at2(rows, size, column, each);
    }
  }
  return product;
}

const at2 = (rows: Float64Array, size: number, row: number, column: number): number =>
  rows[row * size + column] ?? 0;

export const det = defineOp({
  name: "det",
  api: ["torch.linalg.det", "torch.det", "Tensor.det"],
  args: { self: arg.tensor },
  doc: {
    summary: "The determinant of each matrix.",
    example: "torch.linalg.det(torch.tensor([[1, 2], [3, 4]]))",
  },
  derivative: "pending",
  dtypes: wideFloatDTypes,
  meta: ({ self }) => {
    checkSquare(self);
    return { dtype: self.dtype, shape: self.shape.slice(0, -2) };
  },
  routine: ({ self }, [output]) => {
    if (output === undefined) return;
    const size = at(self.shape, self.ndim - 1);
    const elements = Float64Array.from(copyElements(self), Number);
    const results = arrayOf(output);
    for (let matrix = 0; matrix < results.length; matrix++) {
      const start = matrix * size * size;
      results[matrix] = eliminate(elements.slice(start, start + size * size), size);
    }
  },
  reference: ({ self }) => {
    const source = naive(self);
    const size = at(self.shape, self.ndim - 1);
    // Expansion along the first row.
    const minor = (batch: readonly number[], row: number, columns: readonly number[]): number =>
      columns.length === 0
        ? 1
        : columns.reduce((total, column, place) => {
            const rest = columns.filter((each) => each !== column);
            const sign = place % 2 === 0 ? 1 : -1;
            return (
              total +
              sign * elementAt(source, [...batch, row, column]) * minor(batch, row + 1, rest)
            );
          }, 0);
    const all = Array.from({ length: size }, (_, column) => column);
    return naiveFill(self.shape.slice(0, -2), (point) => minor(point, 0, all));
  },
  samples: function* (make) {
    yield { self: make.tensor([3, 3]) };
    yield { self: make.strided([2, 4, 4]) };
    yield { self: make.of([2, 2], [1, 2, 2, 4]) };
    yield { self: make.tensor([1, 1]) };
    yield { self: make.tensor([0, 2, 2]) };
    yield { self: make.tensor([0, 0]) };
  },
});
