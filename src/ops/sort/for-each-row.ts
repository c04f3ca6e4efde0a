import { at } from "../../core/shape.ts";
import { stateOf, type TensorBase } from "../../core/tensor.ts";

/** A row along one dimension: where it starts in the storage and how far its elements are apart. */
export interface Row {
  readonly start: number;
  readonly step: number;
}

/**
 * Visits the rows along `axis` of two tensors together, in row-major order of the other dimensions.
 * The tensors may differ in size along `axis` only. A 0-d tensor is one row of one element.
 */
export function forEachRow(
  source: TensorBase,
  target: TensorBase,
  axis: number,
  visit: (from: Row, to: Row) => void,
): void {
  const from = stateOf(source);
  const to = stateOf(target);
  const fromStep = from.strides[axis] ?? 0;
  const toStep = to.strides[axis] ?? 0;
  const walk = (dim: number, fromStart: number, toStart: number): void => {
    if (dim === from.shape.length) {
      visit({ start: fromStart, step: fromStep }, { start: toStart, step: toStep });
      return;
    }
    if (dim === axis) {
      walk(dim + 1, fromStart, toStart);
      return;
    }
    for (let index = 0; index < at(from.shape, dim); index++) {
      walk(
        dim + 1,
        fromStart + index * at(from.strides, dim),
        toStart + index * at(to.strides, dim),
      );
    }
  };
  walk(0, from.offset, to.offset);
}
