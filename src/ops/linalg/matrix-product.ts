/** Matrix products as contractions. */
import { at, broadcastShapes, broadcastStrides, type Shape } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import type { Contraction, Epilogue } from "../../loops/computation.ts";

/**
 * The product by the rules of NumPy's `@`: a vector is a row on the left and a column on the right, dimensions before
 * the last two broadcast. Shapes must have been checked.
 */
export function matrixProduct(
  left: TensorBase,
  right: TensorBase,
  epilogue: Epilogue | null = null,
): Contraction {
  const a = stateOf(left);
  const b = stateOf(right);
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const isRow = a.shape.length === 1;
  const isColumn = b.shape.length === 1;
  const batchStrides = ({ shape, strides }: { shape: Shape; strides: Shape }): readonly number[] =>
    broadcastStrides(shape.slice(0, -2), strides.slice(0, -2), batch);
  const rows = isRow ? [] : [fromEnd(a.shape, 2)];
  const columns = isColumn ? [] : [fromEnd(b.shape, 1)];
  const innerOf = (shape: Shape, isVector: boolean): number => fromEnd(shape, isVector ? 1 : 2);
  return {
    kind: "contraction",
    axes: { batch, rows, columns, inner: a.shape.slice(-1) },
    left: {
      tensor: left,
      strides: [
        ...batchStrides(a),
        ...(isRow ? [] : [fromEnd(a.strides, 2)]),
        ...columns.map(() => 0),
        fromEnd(a.strides, 1),
      ],
    },
    right: {
      tensor: right,
      strides: [
        ...batchStrides(b),
        ...rows.map(() => 0),
        ...(isColumn ? [] : [fromEnd(b.strides, 1)]),
        innerOf(b.strides, isColumn),
      ],
    },
    epilogue,
  };
}

function fromEnd(values: readonly number[], place: number): number {
  return at(values, values.length - place);
}

/** The sum of the products of two batches of matrices: the batch is summed like the inner dimension. */
export function summedBatchProduct(
  left: TensorBase,
  right: TensorBase,
  epilogue: Epilogue | null,
): Contraction {
  const [batch = 0, rows = 0, inner = 0] = left.shape;
  const [leftBatch = 0, leftRow = 0, leftInner = 0] = stateOf(left).strides;
  const [rightBatch = 0, rightInner = 0, rightColumn = 0] = stateOf(right).strides;
  return {
    kind: "contraction",
    axes: { batch: [], rows: [rows], columns: right.shape.slice(2), inner: [batch, inner] },
    left: { tensor: left, strides: [leftRow, 0, leftBatch, leftInner] },
    right: { tensor: right, strides: [0, rightColumn, rightBatch, rightInner] },
    epilogue,
  };
}
