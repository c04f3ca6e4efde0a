/** Interned tensor metadata: equal metadata is the same object, so a guard is one comparison. */
import type { Device } from "./device.ts";
import type { DType } from "./dtype.ts";
import type { Shape } from "./shape.ts";
import { stateOf, type TensorBase } from "./tensor.ts";

/** Everything about a tensor but its data, its place in memory and whether it is fake. Frozen and interned. */
export interface TensorMeta {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly strides: Shape;
  readonly device: Device;
  readonly requires_grad: boolean;
}

const interned = new Map<string, WeakRef<TensorMeta>>();
const dropped = new FinalizationRegistry<string>((key) => {
  if (interned.get(key)?.deref() === undefined) interned.delete(key);
});

/** The one object that stands for this metadata. */
function internMeta(meta: TensorMeta): TensorMeta {
  const key = `${meta.dtype.name}|${meta.shape.join()}|${meta.strides.join()}|${meta.device.toString()}|${meta.requires_grad}`;
  const known = interned.get(key)?.deref();
  if (known !== undefined) return known;
  const fresh: TensorMeta = Object.freeze({
    dtype: meta.dtype,
    shape: Object.freeze([...meta.shape]),
    strides: Object.freeze([...meta.strides]),
    device: meta.device,
    requires_grad: meta.requires_grad,
  });
  interned.set(key, new WeakRef(fresh));
  dropped.register(fresh, key);
  return fresh;
}

/** The interned metadata of a tensor: equal metadata is the same object. */
export function metaOf(tensor: TensorBase): TensorMeta {
  const state = stateOf(tensor);
  if (state.meta !== null) return state.meta;
  state.meta = internMeta({
    dtype: state.dtype,
    shape: state.shape,
    strides: state.strides,
    device: state.device,
    requires_grad: state.requiresGrad,
  });
  return state.meta;
}
