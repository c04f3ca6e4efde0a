import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/**
 * The cases of the behavioural checklist, by group: A breaks, B resumption, C side effects, D guards and recompiles,
 * E dynamic shapes, F scalars and data-dependent shapes, G control-flow operators, H custom operators and opaque functions,
 * I reordered logging, J exceptions and containers. Titles of tests name the case they are about. The three that are
 * gradients through a break, hooks and an operator without a formula (132, 133, 115) wait for autograd.
 */
const cases: Readonly<Record<string, readonly number[]>> = {
  A: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27],
  B: [29, 30, 31, 32, 33, 34, 35, 36, 38, 39, 40, 42, 43, 44, 45, 46, 47, 49, 50, 51, 53],
  C: [54, 56, 57, 58, 59, 60, 61, 63, 64, 67, 68, 69, 70, 72],
  D: [73, 74, 75, 77, 78, 79, 80, 81, 83, 85, 86, 87, 88],
  E: [89, 91, 92, 93, 95, 96],
  F: [98, 99, 100, 102, 103, 104],
  G: [106, 107, 108, 110],
  H: [111, 112, 113, 116, 117, 119],
  I: [120, 121, 122, 123, 125, 126, 127, 128, 129],
  J: [134, 135, 137, 140, 142],
};

test("every case of the checklist has a test that names it", () => {
  const named = new Set(
    readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".test.ts"))
      .flatMap((name) => readFileSync(join(import.meta.dirname, name), "utf8").split("\n"))
      .filter((line) => !/^\s*(?:\/\/|\*|\/\*)/.test(line))
      .flatMap((line) => line.match(/\b[A-J]\d+\b/g) ?? []),
  );
  const wanted = Object.entries(cases).flatMap(([group, numbers]) =>
    numbers.map((number) => `${group}${number}`),
  );
  expect(wanted.filter((id) => !named.has(id))).toEqual([]);
});
