import { describe, expect, test } from "vitest";
import { bfloat16Words, float16Words, type WordFormat } from "../../src/core/word-format.ts";

/** What a word stands for, by the definition of the format: no bits are moved. */
function valueByDefinition(word: number, exponentBits: number, fractionBits: number): number {
  const sign = word >= 2 ** 15 ? -1 : 1;
  const exponent = Math.floor((word % 2 ** 15) / 2 ** fractionBits);
  const fraction = (word % 2 ** fractionBits) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * fraction * 2 ** (1 - bias)
    : sign * (1 + fraction) * 2 ** (exponent - bias);
}

const formats = [
  { name: "float16", format: float16Words, exponentBits: 5, fractionBits: 10 },
  { name: "bfloat16", format: bfloat16Words, exponentBits: 8, fractionBits: 7 },
] as const;

const words = Array.from({ length: 2 ** 16 }, (_, word) => word);

/** The distance to the next larger magnitude; at the largest finite number, as if there were one. */
function neighbours(format: WordFormat, word: number): [number, number] {
  const low = format.decode(word);
  const next = format.decode(word + 1);
  return [low, Number.isFinite(next) ? next : 2 * low - format.decode(word - 1)];
}

const finite = ({ format }: (typeof formats)[number]): readonly number[] =>
  words.filter((word) => word < 2 ** 15 && Number.isFinite(format.decode(word)));

describe.each(formats)("$name", (row) => {
  const { format, exponentBits, fractionBits } = row;

  test("every word has the value that the format defines", () => {
    const wrong = words.filter(
      (word) =>
        !Object.is(format.decode(word), valueByDefinition(word, exponentBits, fractionBits)),
    );
    expect(wrong).toEqual([]);
  });

  test("every value but NaN goes back to its word", () => {
    const wrong = words.filter((word) => {
      const value = format.decode(word);
      return !Number.isNaN(value) && format.encode(value) !== word;
    });
    expect(wrong).toEqual([]);
  });

  test("every NaN becomes the one quiet NaN", () => {
    expect(Number.isNaN(format.decode(format.encode(NaN)))).toBe(true);
  });

  // Both neighbours and what lies between are float32 numbers, so that nothing is rounded before.
  test("between any two neighbours the nearer one is taken, and half-way the even one", () => {
    const wrong = finite(row).filter((word) => {
      const [low, high] = neighbours(format, word);
      const middle = (low + high) / 2;
      const below = middle - (high - low) / 64;
      const above = middle + (high - low) / 64;
      const even = word % 2 === 0 ? word : word + 1;
      const isRight =
        format.encode(Math.fround(below)) === word &&
        format.encode(Math.fround(above)) === word + 1 &&
        format.encode(Math.fround(middle)) === even;
      const negative = format.encode(-Math.fround(middle)) === even + 2 ** 15;
      return !isRight || !negative;
    });
    expect(wrong).toEqual([]);
  });
});

test("a float64 is rounded to float32 first, as in PyTorch", () => {
  const justAboveHalfWay = 1 + 2 ** -11 + 2 ** -40;
  expect(float16Words.decode(float16Words.encode(justAboveHalfWay))).toBe(1);
});
