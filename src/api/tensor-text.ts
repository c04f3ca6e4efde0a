/** A tensor as PyTorch prints it. */
import { get_default_dtype } from "../core/default-dtype.ts";
import { formatFakeTensor, formatTensor } from "../core/print/format-tensor.ts";
import { get_printoptions } from "../core/print/print-options.ts";
import { valueOf } from "../core/elements.ts";
import { at } from "../core/shape.ts";
import { stateOf, type TensorBase } from "../core/tensor.ts";

/** `tensor([1., 2.])`; a fake tensor shows its metadata only. */
export function tensorText(tensor: TensorBase): string {
  const { storage, shape, strides, offset, dtype, requiresGrad } = stateOf(tensor);
  const printed = {
    shape,
    dtype: dtype.name,
    defaultDtype: get_default_dtype().name,
    requiresGrad,
    gradFn: null,
  };
  if (storage.isFake) return formatFakeTensor(printed, get_printoptions());
  const element = (rowMajor: number): number | bigint | boolean => {
    let rest = rowMajor;
    let position = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = at(shape, axis);
      position += (rest % size) * at(strides, axis);
      rest = Math.floor(rest / size);
    }
    const value = valueOf(storage.array[position] ?? 0, dtype);
    return dtype.category === "bool" ? Boolean(value) : value;
  };
  return formatTensor({ ...printed, element }, get_printoptions());
}
