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

suite.each(Object.entries(groups))("%s: calls give what they give in PyTorch", (name, calls) => {
  test.each(calls.map((call) => [titleOf(call), call] as const))("%s", (title, call) => {
    const reason = deviations[title];
    const units = unitsOff[name] ?? 0;
    if (reason === undefined) check(call, units);
    // A deviation that is gone must leave the list.
    else expect(() => check(call, units), `no longer deviates: ${reason}`).toThrow();
  });
});

/**
 * How many units in the last place a float of 16 bits may be off, by group, in those of the largest number of the result.
 * PyTorch keeps sums and weights in 16 bits in some kernels; here an operator rounds once.
 */
const unitsOff: Readonly<Record<string, number>> = {
  "16 bits: reductions": 1,
  "16 bits: products": 1,
  "16 bits: layers": 2,
};

function check(call: RecordedCall, units: number): void {
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
  expectClose(describe(outcome.returned), describeRecorded(call.gives), slack, units);
  if (call.after !== undefined)
    expectClose(outcome.inputs.map(describe), describeRecorded(call.after), slack, units);
}

function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Normalized values near 0 are differences of larger ones: their error is measured by the largest value of the result. */
const cancellationSlack = 4e-7;

/** Equal but for the last bits of floats, which depend on the order of sums. */
function expectClose(actual: unknown, expected: unknown, slack: number, units: number): void {
  const unit = units * unitOf(expected);
  // Whole numbers must be equal, unless they may be off by a unit that is not.
  const skeleton = unit === 0 ? withoutFloats : withoutNumbers;
  expect(skeleton(actual)).toEqual(skeleton(expected));
  const wanted = floatsOf(expected);
  const largest = Math.max(0, ...wanted.map(Math.abs).filter(Number.isFinite));
  floatsOf(actual).forEach((value, index) => {
    const target = wanted[index] ?? Number.NaN;
    if (Object.is(value, target)) return;
    expect(Math.abs(value - target), `${value} is not close to ${target}`).toBeLessThanOrEqual(
      Math.abs(target) * 2e-6 + largest * Math.max(slack, unit) + 1e-43,
    );
  });
}

/** The relative distance between neighbouring floats, where they have 16 bits. */
function unitOf(expected: unknown): number {
  if (typeof expected !== "object" || expected === null) return 0;
  if ("tensor" in expected && expected.tensor === "float16") return 2 ** -10;
  if ("tensor" in expected && expected.tensor === "bfloat16") return 2 ** -7;
  return Math.max(0, ...Object.values(expected).map(unitOf));
}

function withoutNumbers(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? "a number" : value;
  if (Array.isArray(value)) return value.map(withoutNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, withoutNumbers(entry)]),
  );
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
