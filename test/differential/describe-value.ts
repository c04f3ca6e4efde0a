import { copyElements } from "../../src/core/elements.ts";
import { isDisposed, isFake, stateOf, TensorBase } from "../../src/core/tensor.ts";

/**
 * A plain picture of a value at one moment: deep, detached from later mutation, with objects numbered in the order
 * they are met, so that two pictures are equal exactly when the values have the same contents *and* the same sharing.
 */
export type Description =
  | { readonly kind: "primitive"; readonly value: unknown }
  | { readonly kind: "again"; readonly id: number }
  | { readonly kind: "opaque"; readonly id: number; readonly label: string }
  | TensorDescription
  | ObjectDescription;

export interface TensorDescription {
  readonly kind: "tensor";
  readonly id: number;
  /** Number of the storage, in the order storages are met: equal numbers are views of the same memory. */
  readonly storage: number;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly requiresGrad: boolean;
  readonly values: readonly (number | bigint)[];
}

export interface ObjectDescription {
  readonly kind: "object";
  readonly id: number;
  readonly label: string;
  readonly entries: readonly (readonly [key: string, value: Description])[];
}

/** Describes several values under one numbering: an argument returned as the result is seen to be the same object. */
export class Describer {
  readonly #ids = new Map<unknown, number>();
  readonly #storages = new Map<unknown, number>();

  describe(value: unknown): Description {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) {
      return typeof value === "symbol"
        ? { kind: "primitive", value: String(value) }
        : { kind: "primitive", value };
    }
    const known = this.#ids.get(value);
    if (known !== undefined) return { kind: "again", id: known };
    const id = this.#ids.size;
    this.#ids.set(value, id);
    if (value instanceof TensorBase && isDisposed(value))
      return { kind: "opaque", id, label: "disposed tensor" };
    if (value instanceof TensorBase) return this.#describeTensor(value, id);
    if (typeof value === "function") return { kind: "opaque", id, label: `function ${value.name}` };
    if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) {
      return { kind: "opaque", id, label: classNameOf(value) };
    }
    return { kind: "object", id, label: classNameOf(value), entries: [...this.#entriesOf(value)] };
  }

  /** Read from the tensor's own state, not through operators: what is tested must not describe itself. */
  #describeTensor(tensor: TensorBase, id: number): TensorDescription {
    if (isFake(tensor)) throw new Error("a fake tensor escaped from the compiler");
    const { storage, dtype, shape, strides, offset, requiresGrad } = stateOf(tensor);
    return {
      kind: "tensor",
      id,
      storage: numberOf(this.#storages, storage),
      dtype: String(dtype),
      shape: [...shape],
      strides: [...strides],
      offset,
      requiresGrad,
      values: [...copyElements(tensor)],
    };
  }

  *#entriesOf(object: object): Generator<readonly [string, Description]> {
    if (object instanceof Map) {
      let position = 0;
      for (const [key, value] of object) {
        yield [`<key ${position}>`, this.describe(key)];
        yield [`<value ${position}>`, this.describe(value)];
        position += 1;
      }
    }
    if (object instanceof Set) {
      let position = 0;
      for (const value of object) yield [`<item ${position++}>`, this.describe(value)];
    }
    if (object instanceof Date) yield ["<time>", this.describe(object.getTime())];
    if (object instanceof RegExp) yield ["<source>", this.describe(String(object))];
    if (object instanceof Error) {
      yield ["<message>", this.describe(object.message)];
      if (object.cause !== undefined) yield ["<cause>", this.describe(object.cause)];
    }
    if (Array.isArray(object)) yield ["length", this.describe(object.length)];
    if (!Object.isExtensible(object)) yield ["<frozen>", this.describe(Object.isFrozen(object))];
    for (const key of Reflect.ownKeys(object)) {
      const property = Reflect.getOwnPropertyDescriptor(object, key);
      // `length` is listed above; the stack and message of an Error name lines and are compared as a message instead.
      if (
        property === undefined ||
        (!property.enumerable && (Array.isArray(object) || object instanceof Error))
      )
        continue;
      const mark = property.enumerable ? "" : " (hidden)";
      // Accessors are described as such, never run: running user code twice would itself be a difference.
      yield [
        String(key) + mark,
        "value" in property
          ? this.describe(property.value)
          : { kind: "primitive", value: "<accessor>" },
      ];
    }
  }
}

function numberOf(numbers: Map<unknown, number>, key: unknown): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}

function classNameOf(object: object): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === null) return "null-prototype object";
  const constructor: unknown =
    typeof prototype === "object" ? Reflect.get(prototype, "constructor") : undefined;
  return typeof constructor === "function" ? constructor.name : "object";
}
