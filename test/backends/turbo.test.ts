import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { redirectLogs } from "../../src/base/logging.ts";
import * as torch from "../../src/index.ts";

const { wasm } = torch.backends;
const hasTurbo = Number.parseInt(process.versions.v8, 10) >= 13 && process.arch === "x64";
/** The whole suite may run with it. */
const isOn = hasTurbo && process.env["FULLGRAPH_TURBO"] === "1";

test("the features of this engine are reported", () => {
  expect(wasm.is_available()).toBe(true);
  expect(wasm).toMatchObject({ simd: true, relaxed_simd: true, threads: true, turbo: isOn });
});

test("turbo must be a boolean", () => {
  expect(() => Reflect.set(wasm, "turbo", "yes")).toThrow(
    "torch.backends.wasm.turbo must be a boolean, but got yes",
  );
});

test.runIf(!hasTurbo)("turbo stays off with a warning where the engine cannot do it", () => {
  const lines: string[] = [];
  const restore = redirectLogs((text) => lines.push(text));
  wasm.turbo = true;
  restore();
  expect(wasm.turbo).toBe(false);
  expect(lines.join("")).toContain("torch.backends.wasm.turbo stays off: this engine (V8");
});

test.runIf(hasTurbo)("results are the same with turbo and without", () => {
  const x = torch.randn(64, 300);
  const run = (): number[] =>
    torch.softmax(x.matmul(x.t()).sin().mul(2), 1).flatten().tolist() as number[]; // of one dimension
  wasm.turbo = false;
  const before = run();
  wasm.turbo = true;
  const after = run();
  wasm.turbo = isOn;
  expect(after).toEqual(before);
});

test("FULLGRAPH_TURBO=1 is looked at before the first kernel", () => {
  const program = `import * as torch from ${JSON.stringify(index)}; console.log(torch.backends.wasm.turbo);`;
  const printed = execFileSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", program],
    { env: { ...process.env, FULLGRAPH_TURBO: "1" }, encoding: "utf8", stdio: "pipe" },
  );
  expect(printed.trim()).toBe(String(hasTurbo));
});

const index = new URL("../../src/index.ts", import.meta.url).href;
