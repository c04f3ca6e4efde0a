/** Fake tensors: metadata, identity and aliasing without data. */
import { constructTensor } from "./make-tensor.ts";
import { numelOf } from "./shape.ts";
import { Storage } from "./storage.ts";
import { stateOf, type TensorBase } from "./tensor.ts";
import type { TensorMeta } from "./tensor-meta.ts";

export { runFake } from "./fake-mode.ts";
export { isFake } from "./tensor.ts";
export { metaOf } from "./tensor-meta.ts";

/** A tensor with metadata and no data. */
export function fakeTensor(meta: TensorMeta): TensorBase {
  let length = meta.shape.length === 0 ? 1 : 0;
  if (numelOf(meta.shape) > 0) {
    length = meta.shape.reduce(
      (last, size, axis) => last + (size - 1) * (meta.strides[axis] ?? 0),
      1,
    );
  }
  const tensor = constructTensor(
    Storage.fake(meta.dtype, length),
    meta.dtype,
    { ...meta, offset: 0 },
    null,
  );
  const state = stateOf(tensor);
  state.requiresGrad = meta.requires_grad;
  return tensor;
}
