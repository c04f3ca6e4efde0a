import type { Generator } from "./generator.ts";

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
  if (out instanceof BigInt64Array) {
    for (let index = 0; index < out.length; index++)
      out[index] = BigInt(generator.random() % modulus) + base;
    return;
  }
  const offset = Number(base);
  for (let index = 0; index < out.length; index++)
    out[index] = (generator.random() % modulus) + offset;
}

function fillFrom64Bits(
  out: IntegerTarget,
  modulus: bigint,
  base: bigint,
  generator: Generator,
): void {
  for (let index = 0; index < out.length; index++) {
    const value = BigInt.asIntN(64, (generator.random64() % modulus) + base);
    if (out instanceof BigInt64Array) out[index] = value;
    else out[index] = Number(value);
  }
}
