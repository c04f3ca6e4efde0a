import { at, broadcastShapes } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";

/** The matrix product by its formula; dimensions before the last two broadcast. */
export function naiveProduct(left: NaiveArray, right: NaiveArray): NaiveArray {
  const inner = at(left.shape, left.shape.length - 1);
  const batch = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const rows = at(left.shape, left.shape.length - 2);
  const columns = at(right.shape, right.shape.length - 1);
  return naiveFill([...batch, rows, columns], (point) => {
    const outer = point.slice(0, -2);
    const [row = 0, column = 0] = point.slice(-2);
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      sum += elementAt(left, [...outer, row, k]) * elementAt(right, [...outer, k, column]);
    }
    return sum;
  });
}

/** As `matmul` treats operands of one dimension: a row on the left, a column on the right. */
export function naiveMatmul(left: TensorBase, right: TensorBase): NaiveArray {
  const a = naive(left);
  const b = naive(right);
  const product = naiveProduct(
    left.ndim === 1 ? { ...a, shape: [1, ...a.shape] } : a,
    right.ndim === 1 ? { ...b, shape: [...b.shape, 1] } : b,
  );
  const rank = product.shape.length;
  const shape = product.shape.filter((_, axis) => {
    return !(axis === rank - 2 && left.ndim === 1) && !(axis === rank - 1 && right.ndim === 1);
  });
  return { shape, values: product.values };
}

/** `beta * added + alpha * product`, with `added` broadcast and left out when `beta` is 0. */
export function naiveAdded(
  added: TensorBase,
  product: NaiveArray,
  beta: number,
  alpha: number,
): NaiveArray {
  const base = naive(added);
  return naiveFill(product.shape, (point) => {
    const own =
      beta === 0 ? 0 : beta * elementAt(base, point.slice(point.length - product.shape.length));
    return own + alpha * elementAt(product, point);
  });
}
