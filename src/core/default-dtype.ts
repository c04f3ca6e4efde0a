import { type DType, float32 } from "./dtype.ts";

let current: DType = float32;

/** The dtype of data made from JS numbers, and of integer tensors after a true division. */
export function get_default_dtype(): DType {
  return current;
}

/** Sets the default floating point dtype. */
export function set_default_dtype(dtype: DType): void {
  if (!dtype.is_floating_point) {
    throw new TypeError("only floating-point types are supported as the default type");
  }
  current = dtype;
}
