import { expect, test } from "vitest";

import { sortedOrder } from "../../src/ops/algorithms/sorted-order.ts";

// Rows of 200 elements and more are sorted digit by digit, shorter ones by comparing.

function plainOrder(row: readonly number[], descending: boolean): readonly number[] {
  const less = (a: number, b: number): boolean => a < b || (Number.isNaN(b) && !Number.isNaN(a));
  return row
    .map((_, position) => position)
    .sort((p, q) => {
      const [a = 0, b = 0] = descending ? [row[q], row[p]] : [row[p], row[q]];
      if (less(a, b)) return -1;
      return less(b, a) ? 1 : p - q;
    });
}

function pseudoRandom(length: number, scale: number): readonly number[] {
  let state = 7;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.trunc((state / 2 ** 32 - 0.5) * scale);
  });
}

const special = [0, -0, Number.NaN, Infinity, -Infinity, 1e-40, -1e-40, 3.4e38, -3.4e38];

test.each([false, true])(
  "long rows of floats keep equal elements in order, NaN largest (descending: %s)",
  (descending) => {
    const values = pseudoRandom(1000, 300).flatMap((value, position) => [
      value / 4,
      special[position % special.length] ?? 0,
    ]);
    for (const row of [Float32Array.from(values), Float64Array.from(values)]) {
      expect([...sortedOrder(row, descending)]).toEqual(plainOrder([...row], descending));
    }
  },
);

test.each([false, true])(
  "long rows of integers are sorted with their sign (descending: %s)",
  (descending) => {
    const values = [...pseudoRandom(500, 2 ** 32), ...pseudoRandom(500, 50)];
    expect([...sortedOrder(Int32Array.from(values), descending)]).toEqual(
      plainOrder(values, descending),
    );
    const bytes = Uint8Array.from(values);
    expect([...sortedOrder(bytes, descending)]).toEqual(plainOrder([...bytes], descending));
    const wide = values.map((value) => value * 2 ** 20);
    expect([...sortedOrder(BigInt64Array.from(wide, BigInt), descending)]).toEqual(
      plainOrder(wide, descending),
    );
  },
);

test("the row that is sorted is left as it was", () => {
  const row = Float32Array.from({ length: 300 }, () => -0);
  sortedOrder(row, false);
  expect(row.every((value) => Object.is(value, -0))).toBe(true);
});
