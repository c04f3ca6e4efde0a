/** Every program gives the same as natively: whole, split at every instruction one at a time, and split at all at once. */

import { expect, test } from "vitest";
import { codeOf, reachablePcs, runGenerated, runNatively } from "./differential.ts";
import { allPrograms } from "./programs.ts";

const nowhere: ReadonlySet<number> = new Set();
const splittable = allPrograms.filter((program) => !program.wholeOnly);

test.each(allPrograms)("$title is the same as generated code", (program) => {
  const native = runNatively(program);
  const code = codeOf(program);
  expect(runGenerated(program, code, nowhere, "best")).toBe(native);
  expect(runGenerated(program, code, nowhere, "dispatch")).toBe(native);
});

test.each(splittable)("$title can stop and go on at every instruction", (program) => {
  const native = runNatively(program);
  const code = codeOf(program);
  const different = reachablePcs(code).filter(
    (pc) => runGenerated(program, code, new Set([pc]), "best") !== native,
  );
  expect(different).toEqual([]);
});

test.each(splittable)("$title can stop and go on at all instructions at once", (program) => {
  const native = runNatively(program);
  const code = codeOf(program);
  expect(runGenerated(program, code, new Set(reachablePcs(code)), "best")).toBe(native);
  expect(runGenerated(program, code, new Set(reachablePcs(code)), "dispatch")).toBe(native);
});
