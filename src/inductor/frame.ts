/** One call of a compiled graph: the memory and numbers that the steps work on. Hot path of every call. */
import { InternalError } from "../base/errors.ts";
import { dtypes } from "../core/dtype.ts";
import { aliasOf, constructTensor } from "../core/make-tensor.ts";
import { RuntimeScalar } from "../core/runtime-scalar.ts";
import { convertScalar, type Scalar } from "../core/scalar.ts";
import { at } from "../core/shape.ts";
import { Storage } from "../core/storage.ts";
import { isTensor, stateOf, type TensorBase } from "../core/tensor.ts";
import { metaOf } from "../core/tensor-meta.ts";
import { mapArgument } from "../fx/node.ts";
import type { FrameLayout } from "./frame-layout.ts";
import type { Buffer, Place, Program, ScalarValue } from "./program.ts";

export class Frame {
  readonly #program: Program;
  readonly #layout: FrameLayout;
  readonly #inputs: readonly unknown[];
  /** By slot: memory of buffers that were used so far. */
  readonly #storages: (Storage | null)[];
  /** What fake tensors stand for, where that is not an input. */
  #tensors: Map<TensorBase, TensorBase> | null = null;
  readonly #scalars: unknown[] = [];

  /** `lent` has memory that buffers have already; the frame may write to it. */
  constructor(
    program: Program,
    layout: FrameLayout,
    inputs: readonly unknown[],
    lent: (Storage | null)[],
  ) {
    this.#program = program;
    this.#layout = layout;
    this.#inputs = inputs;
    this.#storages = lent;
    for (let index = 0; index < program.inputs.length; index++) {
      const standIn = program.inputs[index];
      if (standIn instanceof RuntimeScalar) this.#scalars[standIn.slot] = inputs[index];
    }
  }

  /** The tensor that a buffer is the memory of, if that is an input. */
  #inputOf({ origin }: Buffer): TensorBase | null {
    if (origin.kind !== "input") return null;
    const input = this.#inputs[origin.index];
    return isTensor(input) ? input : null;
  }

  #bufferOf(fake: TensorBase): Buffer {
    const buffer = this.#program.bufferOf.get(stateOf(fake).storage);
    if (buffer === undefined) throw new InternalError("a tensor of unknown memory in a program");
    return buffer;
  }

  #slotOf(buffer: Buffer): number {
    const slot = this.#layout.slotOf.get(buffer);
    if (slot === undefined) throw new InternalError("a buffer of a program has no slot");
    return slot;
  }

  storageOf(buffer: Buffer): Storage {
    return this.storageAt(this.#slotOf(buffer));
  }

  storageAt(slot: number): Storage {
    return this.#storages[slot] ?? this.#makeStorage(slot);
  }

  #makeStorage(slot: number): Storage {
    const buffer = at(this.#layout.buffers, slot);
    const input = this.#inputOf(buffer);
    const storage =
      input === null
        ? Storage.allocate(buffer.dtype, buffer.length, !this.#program.overwritten.has(buffer))
        : stateOf(input).storage;
    this.#storages[slot] = storage;
    return storage;
  }

  /** Where in its storage a buffer starts, in elements: inputs may be parts of larger ones. */
  startOf(slot: number): number {
    const buffer = at(this.#layout.buffers, slot);
    if (buffer.origin.kind !== "input") return 0;
    const input = this.#inputOf(buffer);
    return input === null ? 0 : stateOf(input).offset;
  }

  /** The address of a buffer in the kernel memory. */
  addressAt(slot: number): number {
    const { itemsize } = at(this.#layout.buffers, slot).dtype;
    return this.storageAt(slot).address() + this.startOf(slot) * itemsize;
  }

  /** Ends what `addressAt` may have begun: a copy of an array of the user's. */
  endStage(slot: number, isWritten: boolean): void {
    const storage = this.#storages[slot];
    if (storage?.isStaged === true) storage.endStage(isWritten);
  }

  /** A tensor at the place of an operand. Only its storage and offset matter. */
  operand({ buffer, offset }: Place): TensorBase {
    const input = this.#inputOf(buffer);
    if (input !== null && offset === 0) return input;
    const start = input === null ? offset : stateOf(input).offset + offset;
    const geometry = { shape: [], strides: [], offset: start };
    return constructTensor(this.storageOf(buffer), buffer.dtype, geometry, null);
  }

  scalar(slot: number): Scalar {
    // Only numbers and booleans are given slots.
    return this.#scalars[slot] as Scalar;
  }

  /** A number as a kernel gets it. */
  scalarNow(scalar: ScalarValue): number | bigint {
    if (!(scalar instanceof RuntimeScalar)) return scalar;
    return convertScalar(this.scalar(scalar.slot), scalar.converted ?? dtypes.float64);
  }

  /** The tensor that a fake one stands for; made when it is asked for. */
  tensor(fake: TensorBase): TensorBase {
    const known = this.#tensors?.get(fake);
    if (known !== undefined) return known;
    const buffer = this.#bufferOf(fake);
    const input = this.#inputOf(buffer);
    if (input !== null && buffer.origin.kind === "input")
      if (this.#program.inputs[buffer.origin.index] === fake) return input;
    const { base, shape, strides, offset, dtype, requiresGrad } = stateOf(fake);
    let made: TensorBase;
    if (input !== null)
      made = aliasOf(input, { shape, strides, offset: offset + stateOf(input).offset });
    else if (base !== null) made = aliasOf(this.tensor(base), { shape, strides, offset });
    else made = constructTensor(this.storageOf(buffer), dtype, { shape, strides, offset }, null);
    if (requiresGrad) made.requires_grad = true;
    // The same metadata, which takes a while to find: the next graph asks for it.
    stateOf(made).meta = metaOf(fake);
    this.#know(fake, made);
    return made;
  }

  #know(fake: TensorBase, actual: TensorBase): void {
    this.#tensors ??= new Map();
    this.#tensors.set(fake, actual);
  }

  /** Arguments or outputs with the real things in place of what stands for them. */
  real(argument: unknown): unknown {
    if (isTensor(argument)) return this.#realLeaf(argument);
    if (Array.isArray(argument)) return argument.map((item: unknown) => this.real(item));
    if (typeof argument !== "object" || argument instanceof RuntimeScalar)
      return this.#realLeaf(argument);
    return mapArgument(argument, (leaf) => this.#realLeaf(leaf));
  }

  #realLeaf(leaf: unknown): unknown {
    if (leaf instanceof RuntimeScalar) return this.#scalars[leaf.slot];
    return isTensor(leaf) && stateOf(leaf).storage.isFake ? this.tensor(leaf) : leaf;
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
    const buffer = this.#bufferOf(recorded);
    const isInput =
      buffer.origin.kind === "input" && this.#program.inputs[buffer.origin.index] === recorded;
    // An operator that gives its argument back.
    if (isInput || this.#tensors?.has(recorded) === true) return;
    this.#know(recorded, actual);
    if (buffer.origin.kind !== "returned") return;
    const slot = this.#slotOf(buffer);
    this.#storages[slot] ??= stateOf(actual).storage;
  }
}
