/** One call of a compiled graph: the memory and numbers that the steps work on. */
import { InternalError } from "../base/errors.ts";
import { aliasOf, constructTensor } from "../core/make-tensor.ts";
import { RuntimeScalar } from "../core/runtime-scalar.ts";
import type { Scalar } from "../core/scalar.ts";
import { Storage } from "../core/storage.ts";
import { isTensor, stateOf, type TensorBase } from "../core/tensor.ts";
import { mapArgument } from "../fx/node.ts";
import type { Buffer, Place, Program } from "./program.ts";

export class Frame {
  readonly #program: Program;
  /** Memory of buffers that were used so far. */
  readonly #storages = new Map<Buffer, Storage>();
  /** What fake tensors stand for. */
  readonly #tensors = new Map<TensorBase, TensorBase>();
  /** By buffer of an input: the tensor itself. */
  readonly #inputs = new Map<Buffer, TensorBase>();
  readonly #scalars: unknown[] = [];

  constructor(program: Program, inputs: readonly unknown[]) {
    this.#program = program;
    program.inputs.forEach((standIn, index) => {
      const value = inputs[index];
      if (standIn instanceof RuntimeScalar) this.#scalars[standIn.slot] = value;
      else if (isTensor(value)) {
        const buffer = this.#bufferOf(standIn);
        this.#tensors.set(standIn, value);
        this.#inputs.set(buffer, value);
        this.#storages.set(buffer, stateOf(value).storage);
      }
    });
  }

  #bufferOf(fake: TensorBase): Buffer {
    const buffer = this.#program.bufferOf.get(stateOf(fake).storage);
    if (buffer === undefined) throw new InternalError("a tensor of unknown memory in a program");
    return buffer;
  }

  storageOf(buffer: Buffer): Storage {
    let storage = this.#storages.get(buffer);
    if (storage === undefined) {
      storage = Storage.allocate(
        buffer.dtype,
        buffer.length,
        !this.#program.overwritten.has(buffer),
      );
      this.#storages.set(buffer, storage);
    }
    return storage;
  }

  /** A tensor at the place of an operand. Only its storage and offset matter. */
  operand({ buffer, offset }: Place): TensorBase {
    const input = this.#inputs.get(buffer) ?? null;
    if (input !== null && offset === 0) return input;
    const start = input === null ? offset : stateOf(input).offset + offset;
    const geometry = { shape: [], strides: [], offset: start };
    return constructTensor(this.storageOf(buffer), buffer.dtype, geometry, null);
  }

  scalar(slot: number): Scalar {
    // Only numbers and booleans are given slots.
    return this.#scalars[slot] as Scalar;
  }

  /** The tensor that a fake one stands for; made when it is asked for. */
  tensor(fake: TensorBase): TensorBase {
    const known = this.#tensors.get(fake);
    if (known !== undefined) return known;
    const { base, shape, strides, offset, dtype, requiresGrad } = stateOf(fake);
    const buffer = this.#bufferOf(fake);
    const input = this.#inputs.get(buffer) ?? null;
    let made: TensorBase;
    if (input !== null)
      made = aliasOf(input, { shape, strides, offset: offset + stateOf(input).offset });
    else if (base !== null) made = aliasOf(this.tensor(base), { shape, strides, offset });
    else made = constructTensor(this.storageOf(buffer), dtype, { shape, strides, offset }, null);
    if (requiresGrad) made.requires_grad = true;
    this.#tensors.set(fake, made);
    return made;
  }

  /** Arguments or outputs with the real things in place of what stands for them. */
  real(argument: unknown): unknown {
    return mapArgument(argument, (leaf) => {
      if (leaf instanceof RuntimeScalar) return this.#scalars[leaf.slot];
      return isTensor(leaf) && stateOf(leaf).storage.isFake ? this.tensor(leaf) : leaf;
    });
  }

  /** Takes what a call gave for what its recorded result stands for. */
  bind(recorded: unknown, actual: unknown): void {
    if (recorded instanceof RuntimeScalar) this.#scalars[recorded.slot] = actual;
    else if (isTensor(recorded)) this.#bindTensor(recorded, actual);
    else if (Array.isArray(recorded))
      recorded.forEach((item, index) => {
        this.bind(item, Reflect.get(Object(actual), index));
      });
  }

  #bindTensor(recorded: TensorBase, actual: unknown): void {
    if (!isTensor(actual))
      throw new InternalError("an operator gave no tensor where one was expected");
    if (this.#tensors.has(recorded)) return; // an operator that gives its argument back
    const buffer = this.#bufferOf(recorded);
    this.#tensors.set(recorded, actual);
    if (buffer.origin.kind === "returned" && !this.#storages.has(buffer))
      this.#storages.set(buffer, stateOf(actual).storage);
  }
}
