/** Compares results of two backends: equal, but for the last bits of floats. */
import { expect } from "vitest";
import type { TypedArray } from "../../src/core/storage.ts";

/**
 * Functions are within 2 ulp of each other; what is computed from their results adds up to a few more. What cancels is as
 * exact as what it cancels from: the largest result stands for that.
 */
const tolerances = { Float32Array: 1e-6, Float64Array: 1e-13 } as const;

export function expectSimilar(
  actual: TypedArray,
  expected: TypedArray | undefined,
  label: string,
): void {
  if (expected === undefined) expect.fail(`${label}: nothing to compare with`);
  expect(actual.length, label).toBe(expected.length);
  const tolerance =
    actual instanceof Float32Array
      ? tolerances.Float32Array
      : actual instanceof Float64Array
        ? tolerances.Float64Array
        : 0;
  let largest = 0;
  for (const value of expected)
    if (Number.isFinite(Number(value))) largest = Math.max(largest, Math.abs(Number(value)));
  for (let i = 0; i < actual.length; i++) {
    const got: number = Number(actual[i]);
    const wanted: number = Number(expected[i]);
    const isClose =
      Object.is(got, wanted) ||
      got === wanted ||
      Math.abs(got - wanted) <= tolerance * Math.max(0.3 + Math.abs(wanted), Math.min(largest, 4));
    if (!isClose) expect.fail(`${label}: element ${i} is ${got}, JavaScript says ${wanted}`);
  }
}
