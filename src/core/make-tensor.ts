/** How tensor objects come into being. */
import { OutOfMemoryError } from "../base/errors.ts";
import { formatBytes } from "../runtime/format-bytes.ts";
import { cpu } from "./device.ts";
import type { DType } from "./dtype.ts";
import { isFakeMode } from "./fake-mode.ts";
import { contiguousStrides, numelOf, type Shape } from "./shape.ts";
import { Storage, type StoredArray } from "./storage.ts";
import { stateOf, TensorBase, type TensorState } from "./tensor.ts";
import { noteTensor } from "./tensor-history.ts";

type TensorConstructor = new (state: TensorState) => TensorBase;

let tensorClass: TensorConstructor = TensorBase;

/** The public `Tensor` class, which lives above this layer, registers itself as the class of all new tensors. */
export function registerTensorClass(constructor: TensorConstructor): void {
  tensorClass = constructor;
}

/** Shape, strides and place of a view. */
export interface Geometry {
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

/** Makes a tensor object of the public class. */
export function constructTensor(
  storage: Storage,
  dtype: DType,
  geometry: Geometry,
  base: TensorBase | null,
): TensorBase {
  const shape = Object.isFrozen(geometry.shape)
    ? geometry.shape
    : Object.freeze([...geometry.shape]);
  const strides = Object.isFrozen(geometry.strides)
    ? geometry.strides
    : Object.freeze([...geometry.strides]);
  const shown = { shape, strides };
  return construct(storage, dtype, shape, strides, geometry.offset, shown, base);
}

/** A tensor whose geometry is shared with other tensors, and frozen. */
export function tensorOfSharedGeometry(
  storage: Storage,
  dtype: DType,
  { shape, strides, offset }: Geometry,
): TensorBase {
  return construct(storage, dtype, shape, strides, offset, null, null);
}

function construct(
  storage: Storage,
  dtype: DType,
  shape: Shape,
  strides: Shape,
  offset: number,
  shown: TensorState["shown"],
  base: TensorBase | null,
): TensorBase {
  const tensor = new tensorClass({
    storage,
    dtype,
    device: cpu,
    shape,
    strides,
    shown,
    offset,
    requiresGrad: false,
    meta: null,
    base,
    disposed: false,
  });
  noteTensor(tensor);
  return tensor;
}

/** No WebAssembly memory is larger. */
const mostBytes = 2 ** 32;

interface EmptyTensorOptions {
  /** Without data; defaults to whether this is fake mode. */
  readonly fake?: boolean;
  /** False: the elements are whatever was there before, because all of them will be written. Defaults to true. */
  readonly zeroed?: boolean;
}

/** A fresh tensor, contiguous unless strides are given. */
export function emptyTensor(
  shape: Shape,
  dtype: DType,
  strides?: Shape | null,
  { fake = isFakeMode(), zeroed = true }: EmptyTensorOptions = {},
): TensorBase {
  const layout = strides ?? contiguousStrides(shape);
  const length = numelOf(shape);
  // What can never be allocated is an error of the operator, not of the graph that runs later.
  if (fake && length * dtype.itemsize > mostBytes)
    throw new OutOfMemoryError(`no memory holds ${formatBytes(length * dtype.itemsize)}`);
  const storage = fake ? Storage.fake(dtype, length) : Storage.allocate(dtype, length, zeroed);
  return constructTensor(storage, dtype, { shape, strides: layout, offset: 0 }, null);
}

/**
 * A contiguous tensor that takes over a typed array which nobody else uses any more, without a copy. The array's type must
 * be the one `dtype` is stored in.
 */
export function adoptArray(array: StoredArray, shape: Shape, dtype: DType): TensorBase {
  return contiguousTensor(Storage.adopt(dtype, array), shape);
}

/** A contiguous tensor that shares a typed array with the user, who may read and write it. */
export function shareArray(array: StoredArray, shape: Shape, dtype: DType): TensorBase {
  return contiguousTensor(Storage.share(dtype, array), shape);
}

function contiguousTensor(storage: Storage, shape: Shape): TensorBase {
  const geometry = { shape, strides: contiguousStrides(shape), offset: 0 };
  return constructTensor(storage, storage.dtype, geometry, null);
}

/** A tensor that shares `base`'s memory. A view of a fake tensor is fake. */
export function aliasOf(base: TensorBase, geometry: Geometry): TensorBase {
  const state = stateOf(base);
  return constructTensor(state.storage, state.dtype, geometry, state.base ?? base);
}
