import { expect } from "vitest";
import type { Outcome } from "./outcome.ts";

/** Checks that a compiled run shows what the eager one does; `toleranceOf` a dtype is relative and absolute. */
export function expectSame(
  actual: Outcome,
  expected: Outcome,
  label: string,
  toleranceOf: (dtype: unknown) => number,
): void {
  expect({ ...actual, values: [] }, label).toEqual({ ...expected, values: [] });
  expected.values.forEach((values, tensor) => {
    const tolerance = toleranceOf(expected.tensors[tensor]?.[0]);
    values.forEach((wanted, index) => {
      const got = actual.values[tensor]?.[index] ?? NaN;
      const a = Number(got);
      const b = Number(wanted);
      const isClose =
        Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * (1 + Math.abs(b));
      if (!isClose) expect.fail(`${label}: tensor ${tensor}, element ${index}: ${a}, eager ${b}`);
    });
  });
}
