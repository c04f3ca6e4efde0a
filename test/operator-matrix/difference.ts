/** How two runs differ in what their caller sees. */
import type { Outcome } from "../inductor/outcome.ts";

/** float32 has 24 bits; sums in another order lose a few. */
const tolerance = 4e-6;
/** Sums on two sides of the middle between two floats of 16 bits are rounded to neighbours, so far from each other at most. */
const distanceOfNeighbours: Readonly<Record<string, number>> = {
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
};

/** `same`: to the last bit. `similar`: but for the last bits of floats, and the sign of zeros that fold together. */
export function differenceOf(
  actual: Outcome,
  expected: Outcome,
  how: "same" | "similar",
): string | null {
  const facts = (run: Outcome): string =>
    JSON.stringify([String(run.error), run.tensors, run.versions]);
  if (facts(actual) !== facts(expected)) return `${facts(actual)}, not ${facts(expected)}`;
  for (const [index, wanted] of expected.values.entries()) {
    const got = actual.values[index] ?? [];
    const dtype = String(expected.tensors[index]?.[0]);
    const mayRound = how === "similar" && /^b?float/.test(dtype);
    const largest = wanted.reduce<number>((most, value) => {
      const size = Math.abs(Number(value));
      return Number.isFinite(size) ? Math.max(most, size) : most;
    }, 0);
    for (const [place, value] of wanted.entries()) {
      const other = got[place] ?? NaN;
      if (Object.is(other, value)) continue;
      if (mayRound && isSimilar(Number(other), Number(value), largest, dtype)) continue;
      return `element ${place} of result ${index} is ${other}, not ${value}`;
    }
  }
  return null;
}

function isSimilar(actual: number, expected: number, largest: number, dtype: string): boolean {
  if (actual === expected) return true;
  const distance = Math.abs(actual - expected);
  if (distance <= tolerance * (Math.abs(expected) + Math.max(largest, 0.1))) return true;
  const sizes = Math.max(Math.abs(actual), Math.abs(expected));
  return distance <= (distanceOfNeighbours[dtype] ?? 0) * sizes;
}
