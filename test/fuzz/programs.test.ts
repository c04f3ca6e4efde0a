import { expect, test } from "vitest";
import { generateProgram } from "./generate-program.ts";
import { programText, runProgram } from "./run-program.ts";

/** A few of the programs that tools/fuzz.ts runs by the thousand. */

const seeds = Array.from({ length: Number(process.env["FUZZ_PROGRAMS"] ?? 40) }, (_, seed) => seed);

test.each(seeds)("random program %i means the same compiled", (seed) => {
  const program = generateProgram(seed);
  expect(() => runProgram(program), programText(program)).not.toThrow();
});

test("a seed gives the same program every time", () => {
  expect(programText(generateProgram(7))).toBe(programText(generateProgram(7)));
});
