import { describe as suite, expect, test } from "vitest";

import { deviations } from "./deviations.ts";
import {
  describe,
  describeRecorded,
  groups,
  perform,
  type RecordedCall,
  titleOf,
} from "./recorded-call.ts";

suite.each(Object.entries(groups))("%s: calls give what they give in PyTorch", (_name, calls) => {
  test.each(calls.map((call) => [titleOf(call), call] as const))("%s", (title, call) => {
    const reason = deviations[title];
    if (reason === undefined) check(call);
    // A deviation that is gone must leave the list.
    else expect(() => check(call), `no longer deviates: ${reason}`).toThrow();
  });
});

function check(call: RecordedCall): void {
  const outcome = perform(call);
  if (call.raises !== undefined) {
    const thrown =
      "thrown" in outcome
        ? outcome.thrown
        : new Error(`nothing was thrown, but ${String(outcome.returned)} given`);
    expect(thrown).toBeInstanceOf(Error);
    expect(describeError(thrown)).toBe(`${call.raises}: ${call.message}`);
    return;
  }
  if ("thrown" in outcome) throw outcome.thrown;
  const slack = call.call.startsWith("nn.") ? cancellationSlack : 0;
  expectClose(describe(outcome.returned), describeRecorded(call.gives), slack);
  if (call.after !== undefined)
    expectClose(outcome.inputs.map(describe), describeRecorded(call.after), slack);
}

function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Normalized values near 0 are differences of larger ones: their error is measured by the largest value of the result. */
const cancellationSlack = 4e-7;

/** Equal but for the last bits of floats, which depend on the order of sums. */
function expectClose(actual: unknown, expected: unknown, slack: number): void {
  expect(withoutFloats(actual)).toEqual(withoutFloats(expected));
  const wanted = floatsOf(expected);
  const largest = Math.max(0, ...wanted.map(Math.abs).filter(Number.isFinite));
  floatsOf(actual).forEach((value, index) => {
    const target = wanted[index] ?? Number.NaN;
    if (Object.is(value, target)) return;
    expect(Math.abs(value - target), `${value} is not close to ${target}`).toBeLessThanOrEqual(
      Math.abs(target) * 2e-6 + largest * slack + 1e-43,
    );
  });
}

function withoutFloats(value: unknown): unknown {
  if (typeof value === "number" && !Number.isInteger(value))
    return Number.isFinite(value) ? "a fraction" : value;
  if (Array.isArray(value)) return value.map(withoutFloats);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, withoutFloats(entry)]),
  );
}

function floatsOf(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(floatsOf);
}
