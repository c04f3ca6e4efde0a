import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as torch from "fullgraph";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { redirectLogs } from "../../src/base/logging.ts";
import { graphBreaks } from "../../src/dynamo/graph-breaks/catalogue.ts";
import type { GraphBreakKey } from "../../src/dynamo/graph-breaks/catalogue.ts";
import { testOfCompiledText } from "../capabilities.ts";

/** Examples that do not show their break yet, and why. One that starts to work fails here until it is taken out. */
const wrongExampleFails: Readonly<Partial<Record<GraphBreakKey, string>>> = {
  ...(process.env["FULLGRAPH_TIER"] === "T" && {
    skippedFunction: "the variables of Node's own functions are out of reach for a transform",
  }),
};

/** Examples that need a process of their own: vitest has its own `import()` and `import.meta`, and on Node outer variables can be reached. */
const ownProcess: Readonly<Partial<Record<GraphBreakKey, NodeJS.ProcessEnv>>> = {
  dynamicImport: {},
  unsupportedSyntax: {},
  unreachableOuterVariable: { FULLGRAPH_TIER: "R" },
};

/** The ids of the breaks that a program has in a process of its own. */
function breaksInProcess(name: string, program: string, env: NodeJS.ProcessEnv): readonly string[] {
  const file = join(folder, `${name}.mts`);
  const entry = pathToFileURL(join(process.cwd(), "src/index.ts")).href;
  writeFileSync(file, `import * as torch from "${entry}";\n${program}\nexport {};\n`);
  const run = spawnSync(process.execPath, ["--import", "tsx", file], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], TORCH_LOGS: "graph_breaks_json", ...env },
  });
  const records = run.stderr.split("\n").filter((line) => line.startsWith("{"));
  return records.map((line): string => JSON.parse(line).id);
}

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
  let warnings = "";
  const restoreLogs = redirectLogs((text) => (warnings += text));
  try {
    await import(file);
  } catch (error) {
    // A break inside a higher-order operator has no other way out than an error.
    if (!(error instanceof torch._dynamo.exc.UncapturedHigherOrderOpError)) throw error;
    ids.add(error.record.reason.id);
  } finally {
    stopListening();
    restoreLogs();
  }
  // The limit is a warning, after which nothing is captured any more.
  if (warnings.includes("torch._dynamo hit config.recompile_limit"))
    ids.add(graphBreaks.recompileLimit.id);
  return [...ids];
}

for (const [key, { id, wrongExample, rightExample }] of graphBreakEntries()) {
  describe(key, () => {
    const possible = (program: string): typeof testOfCompiledText =>
      needsCompiledText(program) ? testOfCompiledText : test;
    const testWrong = wrongExampleFails[key] === undefined ? possible(wrongExample) : test.fails;

    testWrong("the wrong example has this break", async () => {
      const env = ownProcess[key];
      const name = `${key}-wrong`;
      const ids =
        env === undefined
          ? await breaksOf(name, wrongExample)
          : breaksInProcess(name, wrongExample, env);
      expect(ids).toContain(id);
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
