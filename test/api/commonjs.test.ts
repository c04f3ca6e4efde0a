import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "commonjs-program-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "commonjs" }));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a program of a project whose modules tsx makes CommonJS modules of, where imports are getters. */
function outputOf(program: string): string {
  const file = join(folder, "program.ts");
  writeFileSync(
    file,
    `import * as torch from ${JSON.stringify(join(root, "src/index.ts"))};\n${program}`,
  );
  const child = spawnSync(
    process.execPath,
    ["--import", join(root, "node_modules/tsx/dist/loader.mjs"), file],
    { encoding: "utf8", env: { PATH: process.env["PATH"] } },
  );
  return child.stdout + child.stderr;
}

test("`import * as torch` in a CommonJS project leads to one graph", () => {
  const program = `
    const counter = new torch._dynamo.testing.CompileCounter();
    const f = torch.compile((x: torch.Tensor) => torch.sin(x).add(torch.ones(3, { dtype: torch.float64 })), { backend: counter });
    f(torch.zeros(3));
    console.log(String(f(torch.zeros(3))), counter.frame_count, counter.op_count);`;
  expect(outputOf(program)).toBe("tensor([1., 1., 1.], dtype=torch.float64) 1 3\n");
});
