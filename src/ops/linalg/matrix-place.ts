import { arrayOf } from "../../core/elements.ts";
import { at } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";
import type { MatrixPlace } from "../algorithms/matrix-product.ts";

/** The matrix of a tensor's last two dimensions at one place of the dimension before them. */
export function matrixPlace(tensor: TensorBase, batch = 0): MatrixPlace {
  const { strides, offset } = stateOf(tensor);
  const rank = strides.length;
  return {
    array: arrayOf(tensor),
    offset: rank > 2 ? offset + batch * at(strides, rank - 3) : offset,
    rowStride: at(strides, rank - 2),
    columnStride: at(strides, rank - 1),
  };
}
