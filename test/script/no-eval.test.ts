/** A program in a process that forbids code from text. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

function run(environment: Record<string, string>, ...options: readonly string[]): string {
  const program = join(import.meta.dirname, "program.ts");
  const { stdout, stderr } = spawnSync(process.execPath, [...options, "--import", "tsx", program], {
    cwd: root,
    encoding: "utf8",
    timeout: 25_000,
    env: { PATH: process.env["PATH"], ...environment },
  });
  return stdout + stderr;
}

test("it does what it does elsewhere, in the same graphs", () => {
  const here = run({});
  expect(here).toContain("graphs 4, operators 12");
  expect(run({}, "--disallow-code-generation-from-strings")).toBe(here);
});

test("each tier serves it", () => {
  const forbidden = "--disallow-code-generation-from-strings";
  const here = run({});
  expect(run({ FULLGRAPH_TIER: "P" }, forbidden)).toBe(here);
});
