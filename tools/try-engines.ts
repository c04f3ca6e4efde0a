import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Runs the built package in other engines, which npx fetches, and compares what they compute with this one:
 * `npm run build && npm run engines [-- node@22 deno]`.
 */
const engines: Readonly<Record<string, readonly string[]>> = {
  "node@22": ["-y", "-p", "node@22", "node"],
  "node@24": ["-y", "-p", "node@24", "node"],
  bun: ["-y", "-p", "bun", "bun"],
  deno: ["-y", "-p", "deno", "deno", "run", "--allow-all"],
};

const folder = mkdtempSync(join(tmpdir(), "fullgraph-engines-"));
try {
  const program = join(folder, "program.mjs");
  const urlOf = (path: string): string => JSON.stringify(pathToFileURL(resolve(path)).href);
  writeFileSync(
    program,
    `import * as torch from ${urlOf("dist/index.js")};
import { compute, computeLarge } from ${urlOf("test/browser/program.js")};
const found = [compute(torch), await computeLarge(torch)];
console.log(JSON.stringify(found));\n`,
  );
  const expected = outputOf(process.execPath, [program]);
  const wanted = process.argv.slice(2);
  for (const [name, args] of Object.entries(engines)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const found = outputOf("npx", [...args, program]);
    const agrees = found !== "" && isClose(JSON.parse(found), JSON.parse(expected));
    console.log(`${agrees ? "ok    " : "FAILED"} ${name}`);
    if (!agrees) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Whether a product and a sum are rounded once or twice is the engine's choice. */
function isClose(found: unknown, expected: unknown): boolean {
  if (typeof found === "number" && typeof expected === "number")
    return Math.abs(found - expected) <= 1e-5 * Math.max(1, Math.abs(expected));
  if (typeof found !== "object" || typeof expected !== "object" || !found || !expected)
    return found === expected;
  const [members, wanted] = [Object.entries(found), new Map(Object.entries(expected))];
  return (
    members.length === wanted.size &&
    members.every(([name, value]) => isClose(value, wanted.get(name)))
  );
}

function outputOf(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) console.log(`${command} ${args.join(" ")} ended with ${status}:\n${stderr}`);
  return stdout;
}
