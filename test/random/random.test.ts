import { describe, expect, test } from "vitest";

import { fillNormal } from "../../src/core/random/fill-normal.ts";
import { fillUniform } from "../../src/core/random/fill-uniform.ts";
import { Generator } from "../../src/core/random/generator.ts";
import { recordedValues, recording, replay } from "./recorded-sequences.ts";

describe("the same seed gives the same numbers as PyTorch", () => {
  test.each(recording.sequences)("seed $seed", ({ seed, initialSeed, calls }) => {
    const generator = new Generator().manual_seed(BigInt(seed));
    expect(BigInt(generator.initial_seed())).toBe(BigInt.asUintN(64, BigInt(initialSeed)));
    for (const call of calls) {
      const actual = replay(call, generator);
      const isFloat = actual instanceof Float32Array || actual instanceof Float64Array;
      const expected = recordedValues(call.values, isFloat);
      const label = JSON.stringify({ ...call, values: undefined, after: undefined });
      expect(maxUlps(actual, expected), label).toBeLessThanOrEqual(allowedUlps(call));
      expect(enginePosition(generator), label).toEqual(call.after);
    }
  });
});

test("a new generator starts from PyTorch's default seed", () => {
  const generator = new Generator();
  const out = new Float32Array(3);
  fillUniform(out, 0, 1, generator);
  expect(String(generator.initial_seed())).toBe(recording.fresh.initialSeed);
  expect([...out]).toEqual(recordedValues(recording.fresh.uniform, true));
});

test("a state saved by PyTorch continues with PyTorch's numbers", () => {
  const generator = new Generator();
  generator.restoreStateBytes(Buffer.from(recording.state.bytes, "hex"));
  const out = new Float32Array(4);
  fillNormal(out, 0, 1, generator);
  expect([...out]).toEqual(recordedValues(recording.state.randnAfter, true));
});

test("a state saved here is byte for byte what PyTorch saves", () => {
  const generator = new Generator().manual_seed(21);
  fillNormal(new Float32Array(3), 0, 1, generator);
  // The half of the normal pair that is kept may differ in its last bit.
  const expected = Buffer.from(recording.state.bytes, "hex");
  const actual = Buffer.from(generator.stateBytes());
  expect(actual.subarray(0, 5024).equals(expected.subarray(0, 5024))).toBe(true);
  expect(actual.readDoubleLE(5024)).toBeCloseTo(expected.readDoubleLE(5024), 14);
  expect(actual.subarray(5032).equals(expected.subarray(5032))).toBe(true);
});

test("manual_seed takes bigints and refuses what is not a 64-bit integer", () => {
  expect(new Generator().manual_seed(2n ** 64n - 1n).initial_seed()).toBe(2n ** 64n - 1n);
  expect(() => new Generator().manual_seed(2n ** 64n)).toThrow("Overflow when unpacking long long");
  expect(() => new Generator().manual_seed(0.5)).toThrow(
    "manual_seed expected an integer seed, but got 0.5",
  );
});

test("a state of the wrong size is refused with PyTorch's message", () => {
  expect(() => {
    new Generator().restoreStateBytes(new Uint8Array(10));
  }).toThrow(
    "Expected a CPUGeneratorImplState of size 5056 but found the input RNG state size to be 10",
  );
  expect(() => {
    new Generator().restoreStateBytes(new Uint8Array(5056));
  }).toThrow("Invalid mt19937 state");
});

/** Only what goes through the platform's log, sin and cos in float64 may differ, and by a bit or two. */
function allowedUlps(call: {
  readonly fill: string;
  readonly dtype: string;
  readonly length?: number;
}): number {
  const transcendental = ["normal", "stridedNormal", "exponential"].includes(call.fill);
  return transcendental && call.dtype === "float64" ? 4 : 0;
}

function maxUlps(
  actual: ArrayLike<number | bigint>,
  expected: readonly (number | bigint)[],
): number {
  expect(actual.length).toBe(expected.length);
  return Math.max(
    0,
    ...expected.map((value, index) => ulpDistance(actual[index] ?? Number.NaN, value)),
  );
}

function ulpDistance(left: number | bigint, right: number | bigint): number {
  if (left === right) return 0;
  if (typeof left === "bigint" || typeof right === "bigint") return Infinity;
  return Number(
    ordinal(left) - ordinal(right) < 0n
      ? ordinal(right) - ordinal(left)
      : ordinal(left) - ordinal(right),
  );
}

/** The position of a float64 among all float64 numbers in order. */
function ordinal(value: number): bigint {
  const bits = new BigInt64Array(new Float64Array([value]).buffer)[0] ?? 0n;
  return bits < 0n ? -(2n ** 63n) - bits : bits;
}

function enginePosition(generator: Generator) {
  const bytes = Buffer.from(generator.stateBytes());
  return {
    left: bytes.readInt32LE(8),
    next: Number(bytes.readBigUInt64LE(16)),
    hasNormal: bytes.readInt32LE(5040) !== 0,
  };
}
