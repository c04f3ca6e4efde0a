/** How a tensor behaves as a JavaScript value: data access, conversion, iteration, printing. */
import { DataDependentError } from "../core/data-dependent-error.ts";
import { copyElements, type Element, itemOf, listOf, type Nested } from "../core/elements.ts";
import { aliasOf } from "../core/make-tensor.ts";
import type { TypedArray } from "../core/storage.ts";
import { isFake, stateOf, TensorBase } from "../core/tensor.ts";
import { tensorText } from "./tensor-text.ts";
import type { Tensor } from "./tensor.ts";

/** A tensor without the generated methods. */
export class TensorObject extends TensorBase {
  /**
   * The value of a one-element tensor as a JavaScript number, or a boolean for bool tensors. The type says number; for a
   * bool tensor write `item<boolean>()`.
   */
  item<Value extends Element = number>(): Value {
    return itemOf(this) as Value; // the caller knows the dtype, which the type of a tensor does not tell
  }

  /** The elements as nested arrays of numbers (booleans for bool tensors); a plain value for a 0-d tensor. */
  tolist(): Nested<Element> {
    return listOf(this);
  }

  /**
   * A copy of the elements in row-major order: Float32Array (also for floats of 16 bits), Float64Array, BigInt64Array,
   * Int32Array or Uint8Array.
   */
  toTypedArray(): TypedArray {
    return copyElements(this);
  }

  override toString(): string {
    return tensorText(this);
  }

  toJSON(): Nested<Element> {
    return listOf(this);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return tensorText(this);
  }

  /** `+t`, `t > 0` and the like are an implicit `item()`; `${t}` prints. */
  [Symbol.toPrimitive](hint: "number" | "string" | "default"): string | Element {
    if (hint === "string" && !isFake(this)) return tensorText(this);
    if (isFake(this)) throw new DataDependentError("Symbol.toPrimitive", "scalar");
    if (this.numel() !== 1) {
      throw new TypeError(
        `a Tensor of shape [${this.shape.join(", ")}] cannot be converted to a number: only one-element tensors can. Use tensor methods such as x.gt(0) or x.add(y) for elementwise operations.`,
      );
    }
    return itemOf(this);
  }

  /** The slices along the first dimension, as views. */
  *[Symbol.iterator](): Generator<Tensor, undefined> {
    const { shape, strides, offset } = stateOf(this);
    const count = shape[0];
    if (count === undefined) throw new TypeError("iteration over a 0-d tensor");
    for (let index = 0; index < count; index++) {
      const geometry = {
        shape: shape.slice(1),
        strides: strides.slice(1),
        offset: offset + index * (strides[0] ?? 0),
      };
      yield aliasOf(this, geometry) as Tensor; // all tensors are made by the registered class, which is Tensor
    }
    return undefined;
  }
}
