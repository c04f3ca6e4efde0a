/** The tensor object: metadata, memory and identity. Operations are added by the subclass in `api`. */
import { RuntimeError } from "../base/errors.ts";
import type { Device } from "./device.ts";
import type { DType } from "./dtype.ts";
import { isContiguousLayout, numelOf, type Shape, wrapDim } from "./shape.ts";
import type { Storage } from "./storage.ts";
import type { TensorMeta } from "./tensor-meta.ts";

/** What a tensor object holds. Shared arrays are frozen; only the fields that may change are mutable. */
export interface TensorState {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: Shape;
  /** What the program sees as shape and strides: arrays of this tensor alone, though `shape` may serve many. Null: not asked for yet. */
  shown: { readonly shape: Shape; readonly strides: Shape } | null;
  readonly dtype: DType;
  readonly device: Device;
  requiresGrad: boolean;
  /** Interned on first use. */
  meta: TensorMeta | null;
  /** The tensor this one is a view of, if it is one. */
  readonly base: TensorBase | null;
  disposed: boolean;
}

let stateOfTensor: (tensor: TensorBase) => TensorState;
let hasState: (value: object) => boolean;

/** A tensor without its operations. Its state is private: nothing shows when it is enumerated or inspected. */
export class TensorBase {
  #state: TensorState;

  static {
    stateOfTensor = (tensor) => tensor.#state;
    hasState = (value) => #state in value;
  }

  constructor(state: TensorState) {
    if (typeof state !== "object" || state === null || !("storage" in state)) {
      throw new TypeError(
        "torch.Tensor is not made with `new`: use torch.tensor(data), torch.zeros(size) or torch.empty(size).",
      );
    }
    this.#state = state;
    state.storage.retain();
  }

  /** The sizes of the dimensions, as a frozen array. */
  get shape(): Shape {
    return (this.#state.shown ??= ownGeometry(this.#state)).shape;
  }

  get dtype(): DType {
    return this.#state.dtype;
  }

  get device(): Device {
    return this.#state.device;
  }

  /** The number of dimensions. */
  get ndim(): number {
    return this.#state.shape.length;
  }

  get requires_grad(): boolean {
    return this.#state.requiresGrad;
  }

  set requires_grad(value: boolean) {
    if (value && !this.#state.dtype.is_floating_point) {
      throw new RuntimeError("only Tensors of floating point dtype can require gradients");
    }
    this.#state.requiresGrad = value;
    this.#state.meta = null;
  }

  /** Whether the tensor was made by the user rather than by a differentiable operation. */
  get is_leaf(): boolean {
    return true;
  }

  /** The number of dimensions. */
  dim(): number {
    return this.#state.shape.length;
  }

  /** The number of elements. */
  numel(): number {
    return numelOf(this.#state.shape);
  }

  /** The sizes of all dimensions, or of one. */
  size(): Shape;
  size(dim: number): number;
  size(dim?: number): Shape | number {
    const { shape } = this.#state;
    return dim === undefined ? this.shape : (shape[wrapSizeDim(dim, shape)] ?? 1);
  }

  /** The distance in elements between neighbours, for all dimensions or for one. */
  stride(): Shape;
  stride(dim: number): number;
  stride(dim?: number): Shape | number {
    const { shape, strides } = this.#state;
    if (dim === undefined) return (this.#state.shown ??= ownGeometry(this.#state)).strides;
    return strides[wrapSizeDim(dim, shape)] ?? 1;
  }

  /** Where the first element lies in the storage, in elements. */
  storage_offset(): number {
    return this.#state.offset;
  }

  /** The bytes one element takes. */
  element_size(): number {
    return this.#state.dtype.itemsize;
  }

  /** The bytes all elements take. */
  get nbytes(): number {
    return this.numel() * this.#state.dtype.itemsize;
  }

  /** Sets whether gradients are recorded for this tensor; gives the tensor. */
  requires_grad_(options: { readonly requires_grad?: boolean } = {}): this {
    this.requires_grad = options.requires_grad ?? true;
    return this;
  }

  is_contiguous(): boolean {
    return isContiguousLayout(this.#state.shape, this.#state.strides);
  }

  is_floating_point(): boolean {
    return this.#state.dtype.is_floating_point;
  }

  /**
   * Releases this tensor's hold on its memory at once; views of the same memory keep theirs.
   * Using the tensor afterwards is an error.
   */
  dispose(): void {
    if (this.#state.disposed) return;
    this.#state.disposed = true;
    this.#state.storage.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function ownGeometry({ shape, strides }: TensorState): NonNullable<TensorState["shown"]> {
  return { shape: Object.freeze([...shape]), strides: Object.freeze([...strides]) };
}

function wrapSizeDim(dim: number, shape: Shape): number {
  return wrapDim(dim, shape.length);
}

/** The state of a tensor that is in use. */
export function stateOf(tensor: TensorBase): TensorState {
  const state = stateOfTensor(tensor);
  if (state.disposed) {
    throw new RuntimeError(
      `this tensor of shape [${state.shape.join(", ")}] was disposed: its memory is gone. Use it before dispose(), or keep a clone().`,
    );
  }
  return state;
}

export function isTensor(value: unknown): value is TensorBase {
  return typeof value === "object" && value !== null && hasState(value);
}

/** Whether a tensor's memory was given back: all that can be done with it is to throw. */
export function isDisposed(tensor: TensorBase): boolean {
  return stateOfTensor(tensor).disposed;
}

/** Whether a tensor has metadata only. */
export function isFake(tensor: TensorBase): boolean {
  return stateOfTensor(tensor).storage.isFake;
}
