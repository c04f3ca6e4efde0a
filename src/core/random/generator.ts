import { RuntimeError } from "../../base/errors.ts";
import { uint8 } from "../dtype.ts";
import { copyElements } from "../elements.ts";
import { adoptArray } from "../make-tensor.ts";
import type { TensorBase } from "../tensor.ts";
import { decodeGeneratorState, encodeGeneratorState, savedStateBytes } from "./generator-state.ts";
import { randomKernelsFor } from "./kernels/random-kernels.ts";
import { MersenneTwister } from "./mersenne-twister.ts";
import { uniformOfWords } from "./uniform-of-words.ts";

/** From here on copying the state into the memory of the kernels pays. */
const fewestWords = 256;

/**
 * A source of random numbers, `torch.Generator` on the CPU: the same seed gives the same numbers
 * as in PyTorch, and calls consume the engine exactly as PyTorch's calls do.
 *
 * It also keeps the second half of the last Box-Muller pair drawn by the scalar path of the normal
 * distribution; the next scalar draw uses it up.
 */
export class Generator {
  /** Null: not seeded yet, which the first use does, unpredictably. */
  #seeded: MersenneTwister | null = new MersenneTwister();
  #nextNormal: number | null = null;

  constructor() {
    this.manual_seed(defaultSeed);
  }

  /** A generator that is seeded as `seed()` does, when it is first used: asking for entropy takes some milliseconds. */
  static unpredictable(): Generator {
    const generator = new Generator();
    generator.#seeded = null;
    return generator;
  }

  get #engine(): MersenneTwister {
    if (this.#seeded !== null) return this.#seeded;
    this.#seeded = new MersenneTwister();
    this.seed();
    return this.#seeded;
  }

  /** Restarts the sequence from `seed`, a number or bigint from -2^63 to 2^64 - 1. */
  manual_seed(seed: number | bigint): this {
    this.#seeded ??= new MersenneTwister();
    this.#seeded.reseed(BigInt.asUintN(64, checkedSeed(seed)));
    this.#nextNormal = null;
    return this;
  }

  /** Restarts from a seed that cannot be predicted, and returns that seed. */
  seed(): number {
    const words = crypto.getRandomValues(new Uint32Array(2));
    // 53 bits, as in PyTorch: every such seed is exactly representable as a number.
    const seed = (words[0] ?? 0) + ((words[1] ?? 0) & 0x1fffff) * 2 ** 32;
    this.manual_seed(seed);
    return seed;
  }

  /** The seed that the sequence started from: a number, or a bigint past 2^53 - 1. */
  initial_seed(): number | bigint {
    const seed = this.#engine.seed;
    return seed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seed) : seed;
  }

  /** The state as a uint8 tensor, in the bytes that PyTorch saves. */
  get_state(): TensorBase {
    const bytes = this.stateBytes();
    return adoptArray(bytes, [bytes.length], uint8);
  }

  /** Continues from a state that `get_state` gave, here or in PyTorch. */
  set_state(state: TensorBase): void {
    if (state.dtype !== uint8) throw new RuntimeError("RNG state must be a torch.ByteTensor");
    this.restoreStateBytes(Uint8Array.from(copyElements(state), Number));
  }

  /** The state in the bytes that PyTorch saves. */
  stateBytes(): Uint8Array {
    return encodeGeneratorState({ engine: this.#engine, nextNormal: this.#nextNormal });
  }

  /** Continues from bytes that `stateBytes`, or PyTorch's `get_state()`, gave. */
  restoreStateBytes(bytes: Uint8Array): void {
    if (bytes.length !== savedStateBytes) {
      throw new RuntimeError(
        `Expected a CPUGeneratorImplState of size ${savedStateBytes} but found the input RNG state size to be ${bytes.length}`,
      );
    }
    const state = decodeGeneratorState(bytes);
    if (state === null) throw new RuntimeError("Invalid mt19937 state");
    this.#seeded = state.engine;
    this.#nextNormal = state.nextNormal;
  }

  /** Takes out the half of a normal pair that was kept, if there is one. */
  takeNormal(): number | null {
    const kept = this.#nextNormal;
    this.#nextNormal = null;
    return kept;
  }

  /** Keeps the second half of a normal pair for the next draw. */
  keepNormal(value: number): void {
    this.#nextNormal = value;
  }

  /** The next 32 random bits for each word. */
  fillWords(words: Uint32Array): void {
    const engine = this.#engine;
    const kernels = words.length < fewestWords ? null : randomKernelsFor(words);
    if (kernels === null || !kernels.draw(engine, words.byteOffset, words.length))
      for (let index = 0; index < words.length; index++) words[index] = engine.nextUint32();
  }

  /** A float64 in [0, 1): the low 53 of 64 random bits. */
  uniformFloat64(): number {
    const high = this.#engine.nextUint32();
    return uniformOfWords(high, this.#engine.nextUint32());
  }
}

/** PyTorch's `default_rng_seed_val`: what a new `torch.Generator()` starts from. */
const defaultSeed = 67280421310721;

function checkedSeed(seed: number | bigint): bigint {
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
    throw new TypeError(`manual_seed expected an integer seed, but got ${seed}`);
  }
  const value = BigInt(seed);
  if (value < -(2n ** 63n) || value >= 2n ** 64n) {
    throw new RuntimeError("Overflow when unpacking long long");
  }
  return value;
}
