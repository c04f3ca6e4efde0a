import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as torch from "fullgraph";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { graphBreaks } from "../../src/dynamo/graph-breaks/catalogue.ts";
import type { GraphBreakKey } from "../../src/dynamo/graph-breaks/catalogue.ts";
import { testOfCompiledText } from "../capabilities.ts";

/** Examples that do not show their break yet, and why. One that starts to work fails here until it is taken out. */
const wrongExampleFails: Readonly<Partial<Record<GraphBreakKey, string>>> = {
  recompileLimit: "hitting the limit is a warning and an error class, not a break",
  sourceUnavailable: "even the source of `new Function` is available on Node",
  dynamicImport: "vitest replaces import() by a call of an async function of its own",
  unreachableOuterVariable: "on Node there is always a way to write outer variables",
  cannotReconstruct: "reading the next method of a native iterator breaks first",
  ...(process.env["FULLGRAPH_TIER"] === "T" && {
    skippedFunction: "the variables of Node's own functions are out of reach for a transform",
  }),
};

/** Has functions inside that only the engine's compiler can make: they run natively where it may not. */
const needsCompiledText = (program: string): boolean =>
  /\bclass |function\*|\basync /.test(program);

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fullgraph-examples-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

afterEach(() => {
  torch._dynamo.reset();
  torch._dynamo.config.reset();
  torch._dynamo.utils.counters.clear();
});

/** Runs a program of the catalogue and gives the ids of the breaks it had, each once. */
async function breaksOf(name: string, program: string): Promise<readonly string[]> {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, `import * as torch from "fullgraph";\n${program}\nexport {};\n`);
  const ids = new Set<string>();
  const stopListening = torch._dynamo.onGraphBreak(({ reason }) => ids.add(reason.id));
  try {
    await import(file);
  } catch (error) {
    // A break inside a higher-order operator has no other way out than an error.
    if (!(error instanceof torch._dynamo.exc.UncapturedHigherOrderOpError)) throw error;
    ids.add(error.record.reason.id);
  } finally {
    stopListening();
  }
  return [...ids];
}

for (const [key, { id, wrongExample, rightExample }] of graphBreakEntries()) {
  describe(key, () => {
    const possible = (program: string): typeof testOfCompiledText =>
      needsCompiledText(program) ? testOfCompiledText : test;
    const testWrong = wrongExampleFails[key] === undefined ? possible(wrongExample) : test.fails;

    testWrong("the wrong example has this break", async () => {
      expect(await breaksOf(`${key}-wrong`, wrongExample)).toContain(id);
    });

    possible(rightExample)("the right example is captured without a break", async () => {
      expect(await breaksOf(`${key}-right`, rightExample)).toEqual([]);
      expect(torch._dynamo.utils.counters.frames.ok).toBeGreaterThan(0);
    });
  });
}

function graphBreakEntries() {
  return Object.keys(graphBreaks)
    .filter((key): key is GraphBreakKey => key in graphBreaks)
    .map((key) => [key, graphBreaks[key]] as const);
}
