/** The second way to run what is generated, for hosts that forbid compiling text: same text, same meaning. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forceCodeGeneration } from "../../src/script/may-generate-code.ts";
import { codeOf, reachablePcs, runGenerated, runNatively } from "./differential.ts";
import { allPrograms, isInterpretable } from "./programs.ts";

const programs = allPrograms.filter(isInterpretable);

beforeEach(() => forceCodeGeneration(false));
afterEach(() => forceCodeGeneration(null));

test("nearly all programs are such that the interpreter takes them", () => {
  expect(programs.length / allPrograms.length).toBeGreaterThan(0.9);
});

describe("generated text, interpreted", () => {
  test.each(programs.map((program) => [program.title, program] as const))("%s", (_, program) => {
    const native = runNatively(program);
    const code = codeOf(program);
    expect(runGenerated(program, code, new Set(), "best")).toBe(native);
    expect(runGenerated(program, code, new Set(), "dispatch")).toBe(native);
    if (program.wholeOnly === true) return;
    expect(runGenerated(program, code, new Set(reachablePcs(code)), "best")).toBe(native);
  });
});
