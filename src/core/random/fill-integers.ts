import type { Generator } from "./generator.ts";
import { randomKernelsFor } from "./kernels/random-kernels.ts";
import { wordsInChunks } from "./words-in-chunks.ts";

/** The memory of a tensor that can hold random integers. */
export type IntegerTarget = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;

/** Fills `out` with integers uniform in [from, to), as `torch.randint` and `random_(from, to)` do. */
export function fillIntegers(
  out: IntegerTarget,
  from: bigint,
  to: bigint,
  generator: Generator,
): void {
  const range = BigInt.asUintN(64, to - from);
  // PyTorch takes the remainder of 32 random bits only while that skews the distribution little.
  if (range < 2n ** 28n) fillFrom32Bits(out, Number(range), from, generator);
  else fillFrom64Bits(out, range, from, generator);
}

/** How `random_()` without bounds draws: remainder of `bits` random bits by `modulus`. */
export interface UnboundedDraw {
  readonly bits: 32 | 64;
  readonly modulus: bigint;
}

/** Up to the largest value of an integer dtype; up to the last exactly represented integer of a float dtype. */
export const unboundedDraws = {
  float32: { bits: 32, modulus: 2n ** 24n + 1n },
  float64: { bits: 64, modulus: 2n ** 53n + 1n },
  float16: { bits: 32, modulus: 2n ** 11n + 1n },
  bfloat16: { bits: 32, modulus: 2n ** 8n + 1n },
  int64: { bits: 64, modulus: 2n ** 63n },
  int32: { bits: 32, modulus: 2n ** 31n },
  uint8: { bits: 32, modulus: 2n ** 8n },
  bool: { bits: 32, modulus: 2n },
} as const satisfies Record<string, UnboundedDraw>;

/** Fills `out` as `random_()` does when it is given no bounds. */
export function fillUnbounded(out: IntegerTarget, draw: UnboundedDraw, generator: Generator): void {
  if (draw.bits === 32) fillFrom32Bits(out, Number(draw.modulus), 0n, generator);
  else fillFrom64Bits(out, draw.modulus, 0n, generator);
}

function fillFrom32Bits(
  out: IntegerTarget,
  modulus: number,
  base: bigint,
  generator: Generator,
): void {
  const offset = Number(base);
  // As an unsigned word, by which the engine divides in integers; 0 stands for 2 ** 32, which changes no word.
  const divisor = modulus >>> 0;
  const isInMemory = out instanceof BigInt64Array && randomKernelsFor(out) !== null;
  wordsInChunks(generator, 1, out.length, (words, first, elements) => {
    const kernels = isInMemory ? randomKernelsFor(words) : null;
    if (kernels !== null) {
      kernels.remainders(words, out.byteOffset + first * out.BYTES_PER_ELEMENT, modulus, base);
      return;
    }
    for (let index = 0; index < elements; index++) {
      const word = words[index] ?? 0;
      const value = divisor === 0 ? word : word % divisor;
      if (out instanceof BigInt64Array) out[first + index] = BigInt(value) + base;
      else out[first + index] = value + offset;
    }
  });
}

function fillFrom64Bits(
  out: IntegerTarget,
  modulus: bigint,
  base: bigint,
  generator: Generator,
): void {
  wordsInChunks(generator, 2, out.length, (words, first, elements) => {
    for (let index = 0; index < elements; index++) {
      const drawn = (BigInt(words[2 * index] ?? 0) << 32n) | BigInt(words[2 * index + 1] ?? 0);
      const value = BigInt.asIntN(64, (drawn % modulus) + base);
      if (out instanceof BigInt64Array) out[first + index] = value;
      else out[first + index] = Number(value);
    }
  });
}
