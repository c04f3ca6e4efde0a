import { NotImplementedError } from "../base/errors.ts";
import { bool, type DType } from "../core/dtype.ts";

/** PyTorch's complaint that an op has no kernel for a dtype; `kernel` is its name there. */
export function notImplemented(kernel: string, dtype: DType): NotImplementedError {
  return new NotImplementedError(`"${kernel}" not implemented for '${dtype.scalarTypeName}'`);
}

/** A check that bool tensors have a kernel. */
export function notForBool(kernel: string): (dtype: DType) => void {
  return (dtype) => {
    if (dtype === bool) throw notImplemented(kernel, dtype);
  };
}

/** A check that floats of 16 bits have no kernel. */
export function notForWords(kernel: string): (dtype: DType) => void {
  return (dtype) => {
    if (dtype.words !== null) throw notImplemented(kernel, dtype);
  };
}

/** A check that only float tensors have a kernel. */
export function onlyForFloats(kernel: string): (dtype: DType) => void {
  return (dtype) => {
    if (!dtype.is_floating_point) throw notImplemented(kernel, dtype);
  };
}
