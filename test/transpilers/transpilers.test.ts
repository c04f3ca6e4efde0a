/** Compiled functions in what transpilers make of TypeScript: enums, namespaces, decorators, `using`, names kept. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, describe, expect, test } from "vitest";
import { program, report } from "./program.ts";

interface CaseReport {
  readonly plain: string;
  readonly compiled: string;
  readonly graphs: number;
  readonly skipped: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), "fullgraph-transpilers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const library = `import * as torch from ${JSON.stringify(pathToFileURL("src/index.ts").href)};\n`;
const tsx = pathToFileURL("node_modules/tsx/dist/loader.mjs").href;

/** Runs the program from files of its own, under tsx. */
function run(
  name: string,
  file: string,
  text: string,
  options: object,
): Record<string, CaseReport> {
  const place = join(folder, name);
  mkdirSync(place);
  writeFileSync(join(place, "package.json"), '{ "type": "module" }');
  writeFileSync(join(place, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
  writeFileSync(join(place, file), text);
  writeFileSync(join(place, "main.mjs"), library + report);
  // In an environment of its own: the tests themselves may run in one of the ways that variables can be reached.
  const output = execFileSync(process.execPath, ["--import", tsx, join(place, "main.mjs")], {
    encoding: "utf8",
    cwd: place,
    env: {
      ...process.env,
      TSX_TSCONFIG_PATH: join(place, "tsconfig.json"),
      FULLGRAPH_TIER: undefined,
      FULLGRAPH_NO_EVAL: undefined,
    },
  });
  return JSON.parse(output) as Record<string, CaseReport>; // what the report prints
}

const modern = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 };
const transpiled = (options: ts.CompilerOptions): string =>
  ts.transpileModule(program, { compilerOptions: { ...modern, ...options } }).outputText;

describe.each([
  ["tsx", () => run("tsx", "program.ts", program, { target: "ES2022" })],
  [
    "tsx with legacy decorators",
    () => run("legacy", "program.ts", program, { target: "ES2022", experimentalDecorators: true }),
  ],
  ["tsc", () => run("tsc", "program.js", transpiled({}), {})],
  [
    "tsc with legacy decorators",
    () => run("tsc-legacy", "program.js", transpiled({ experimentalDecorators: true }), {}),
  ],
])("%s", (_, runProgram) => {
  // The loader transpiles the whole library the first time.
  const timeout = 120_000;
  test(
    "every construct gives what it gives plain, and none costs the function its compilation",
    () => {
      for (const [name, found] of Object.entries(runProgram())) {
        expect(found.compiled, name).toBe(found.plain);
        expect(found.skipped, name).toEqual([]);
        expect(found.graphs, name).toBeGreaterThan(0);
      }
    },
    timeout,
  );
});
