/** Shape and layout of pointwise results, as PyTorch's TensorIterator chooses them. */
import type { DType } from "../../core/dtype.ts";
import type { Operand } from "../../core/promotion.ts";
import { isScalar } from "../../core/scalar.ts";
import {
  at,
  broadcastShapes,
  broadcastStrides,
  isContiguousLayout,
  isNonOverlappingAndDense,
  sameShape,
  type Shape,
} from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import type { OutputMeta } from "../op-record.ts";

/** Metadata of the pointwise result of operands that broadcast together. */
export function pointwiseMeta(operands: readonly Operand[], dtype: DType): OutputMeta {
  let shape: Shape = [];
  const tensors: TensorBase[] = [];
  for (const operand of operands) {
    if (isScalar(operand)) continue;
    tensors.push(operand);
    shape = broadcastShapes(shape, operand.shape);
  }
  const strides = pointwiseStrides(shape, tensors);
  return strides === null ? { dtype, shape } : { dtype, shape, strides };
}

/** Null: contiguous. Otherwise the strides that keep the operands' order of dimensions. */
function pointwiseStrides(shape: Shape, tensors: readonly TensorBase[]): Shape | null {
  let allContiguous = true;
  let allAlike = true;
  const first = tensors[0];
  for (const tensor of tensors) {
    const same = sameShape(tensor.shape, shape);
    if (!same || !isContiguousLayout(shape, tensor.stride())) allContiguous = false;
    if (!same || first === undefined || !sameShape(tensor.stride(), first.stride()))
      allAlike = false;
  }
  if (first === undefined || allContiguous || shape.length < 2) return null;
  if (allAlike && isNonOverlappingAndDense(shape, first.stride())) return first.stride();
  return stridesInOrder(shape, orderOfDimensions(shape, tensors));
}

/** Dimensions from the fastest to the slowest, by the operands' strides; ambiguous comparisons keep row-major order. */
function orderOfDimensions(shape: Shape, tensors: readonly TensorBase[]): number[] {
  const strides = tensors.map((tensor) => broadcastStrides(tensor.shape, tensor.stride(), shape));
  const compare = (a: number, b: number): number => {
    for (const own of strides) {
      const strideA = at(own, a);
      const strideB = at(own, b);
      if (strideA === 0 || strideB === 0) continue;
      if (strideA !== strideB) return strideA < strideB ? -1 : 1;
      if (at(shape, a) > at(shape, b)) return 1;
    }
    return 0;
  };
  const order = shape.map((_, axis) => shape.length - 1 - axis);
  for (let i = 1; i < order.length; i++) {
    let moving = i;
    for (let j = i - 1; j >= 0; j--) {
      const comparison = compare(at(order, j), at(order, moving));
      if (comparison > 0) {
        [order[j], order[moving]] = [at(order, moving), at(order, j)];
        moving = j;
      } else if (comparison < 0) break;
    }
  }
  return order;
}

function stridesInOrder(shape: Shape, fastestFirst: readonly number[]): Shape | null {
  const strides = new Array<number>(shape.length);
  let next = 1;
  for (const axis of fastestFirst) {
    strides[axis] = next;
    next *= Math.max(at(shape, axis), 1);
  }
  return fastestFirst.every((axis, i) => axis === shape.length - 1 - i) ? null : strides;
}
