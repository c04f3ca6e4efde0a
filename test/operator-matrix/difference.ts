/** How two runs differ in what their caller sees. */
import type { Outcome } from "../inductor/outcome.ts";

/** float32 has 24 bits; sums in another order lose a few. */
const tolerance = 4e-6;

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
    const mayRound = how === "similar" && isFloat(expected.tensors[index]);
    const largest = wanted.reduce<number>((most, value) => {
      const size = Math.abs(Number(value));
      return Number.isFinite(size) ? Math.max(most, size) : most;
    }, 0);
    for (const [place, value] of wanted.entries()) {
      const other = got[place] ?? NaN;
      if (Object.is(other, value)) continue;
      if (mayRound && isSimilar(Number(other), Number(value), largest)) continue;
      return `element ${place} of result ${index} is ${other}, not ${value}`;
    }
  }
  return null;
}

/** What `outcome` shows of a tensor begins with its dtype. */
const isFloat = (shown: unknown): boolean =>
  Array.isArray(shown) && /^(b?float)/.test(String(shown[0]));

function isSimilar(actual: number, expected: number, largest: number): boolean {
  if (actual === expected) return true;
  return Math.abs(actual - expected) <= tolerance * (Math.abs(expected) + Math.max(largest, 0.1));
}
