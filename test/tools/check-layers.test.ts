import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";

const tool = resolve("tools/check-layers.ts");
const tsx = resolve("node_modules/tsx/dist/loader.mjs");
const projects: string[] = [];

afterEach(() => {
  for (const project of projects.splice(0)) rmSync(project, { recursive: true });
});

function checkLayers(files: Readonly<Record<string, string>>): { output: string; passed: boolean } {
  const project = mkdtempSync(join(tmpdir(), "fullgraph-layers-"));
  projects.push(project);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  const run = spawnSync(process.execPath, ["--import", tsx, tool], {
    cwd: project,
    encoding: "utf8",
  });
  return { output: run.stderr, passed: run.status === 0 };
}

test("an import from the same layer or a lower one passes", () => {
  const { output, passed } = checkLayers({
    "src/base/README.md": "",
    "src/base/a.ts": 'import "./b.ts";',
    "src/base/b.ts": "",
    "src/core/README.md": "",
    "src/core/c.ts": 'import "../base/a.ts";',
  });
  expect(output).toBe("");
  expect(passed).toBe(true);
});

test("a type-only import from a higher layer fails", () => {
  const { output, passed } = checkLayers({
    "src/base/README.md": "",
    "src/base/a.ts": 'import type { C } from "../core/c.ts";',
    "src/core/README.md": "",
    "src/core/c.ts": "export interface C {}",
  });
  expect(output).toBe("src/base/a.ts: base may not import the higher layer core (src/core/c.ts)\n");
  expect(passed).toBe(false);
});

test("a folder that is no layer, a layer without a README, and a long or nameless file fail", () => {
  const { output } = checkLayers({
    "src/base/utils.ts": "",
    "src/base/long.ts": "\n".repeat(601),
    "src/elsewhere/a.ts": "",
  });
  expect(output.split("\n")).toEqual([
    "src/base/long.ts: 601 lines, more than 600",
    "src/base/utils.ts: the name does not say what the file is about",
    "src/elsewhere/a.ts: belongs to no layer of tools/layers.ts",
    "src/base: a layer has a README.md (its job, its entry point, what it may import)",
    "",
  ]);
});
