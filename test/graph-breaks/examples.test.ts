import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as torch from "fullgraph";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { graphBreaks } from "../../src/dynamo/graph-breaks/catalogue.ts";
import type { GraphBreakKey } from "../../src/dynamo/graph-breaks/catalogue.ts";

/** Examples that do not show their break yet, and why. One that starts to work fails here until it is taken out. */
const wrongExampleFails: Readonly<Partial<Record<GraphBreakKey, string>>> = {
  fakeCallError: "an error of any class is reported as GB4315",
  fakeCallNotImplemented: "an error of any class is reported as GB4315",
  tensorAttributeWrite: "the write is reported as one on any unsupported object, GB0467",
  notATensorResult:
    "no torch function returns such an object; a function given to allow_in_graph will",
  sortByTensorData: "Array.prototype.sort has no rule, so calling it is GB0007",
  unsupportedMethod: "reading the method of an opaque object breaks before it is called",
  recompileLimit: "hitting the limit is a warning and an error class, not a break",
  sourceUnavailable: "even the source of `new Function` is available on Node",
  nativeFunction: "bound functions are reported as GB0007",
  evalOrWith: "all constructs without bytecode are reported as GBJ002",
  dynamicImport: "vitest replaces import() by a call of an async function of its own",
  unreachableOuterVariable: "on Node there is always a way to write outer variables",
  traceTooLong: "a trace that stops at a jump cannot be resumed",
  unsupportedMembershipTest: "reported as reading a property, GB2412",
  frozenMutation: "the write is reported as one on any unsupported object, GB0467",
  cannotReconstruct: "reading the next method of a native iterator breaks first",
};

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
    const testWrong = wrongExampleFails[key] === undefined ? test : test.fails;

    testWrong("the wrong example has this break", async () => {
      expect(await breaksOf(`${key}-wrong`, wrongExample)).toContain(id);
    });

    test("the right example is captured without a break", async () => {
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
