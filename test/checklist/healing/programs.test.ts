import * as torch from "fullgraph";
import { afterEach, describe, expect, test } from "vitest";
import { runDifferential } from "../../differential.ts";
import { healingInputs, healingPrograms } from "./healing-programs.ts";

/**
 * Each program is compared with eager on inputs that take every way, and is one graph in all. `branches.test.ts` has the
 * simplest ones; `refused.test.ts` those that must stay graph breaks.
 */

afterEach(() => {
  torch._dynamo.reset();
});

describe.each(Object.entries(healingPrograms))("%s", (_, programs) => {
  test.each(programs)("%s", (_title, fn) => {
    const { frames, breaks } = runDifferential(() => ({ fn, calls: healingInputs() }), {
      fullgraph: true,
    });
    expect(breaks).toEqual([]);
    expect(frames).toBe(1);
  });
});
