import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Tally } from "../../tools/test262/tally.ts";
import { readTestFile } from "../../tools/test262/test-file.ts";

/** A suite of our own in the shape of test262: the suite itself is not part of this repository. */
const suite = {
  "harness/sta.js": "",
  "harness/assert.js": "function assert(ok) { if (!ok) throw new Error('not true'); }",
  "harness/doneprintHandle.js":
    "function $DONE(error) { print('Test262:Async' + (error ? 'TestFailure:' + error : 'TestComplete')); }",
  "test/language/equal.js": "let sum = 0; for (const x of [1, 2, 3]) sum += x; assert(sum === 6);",
  "test/language/native-fail.js": "assert(false);",
  "test/language/with.js": "/*---\nflags: [noStrict]\n---*/ with ({ a: 1 }) assert(a === 1);",
  "test/language/later.js":
    "/*---\nflags: [async]\n---*/ let n = 0; Promise.resolve().then(() => { n = 1; }).then(() => { assert(n === 1); $DONE(); });",
  "test/language/module.js": "/*---\nflags: [module]\n---*/ export {};",
  "test/language/negative.js": "/*---\nnegative:\n  phase: parse\n---*/ 1 +;",
};

let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "fullgraph-suite-"));
  for (const [path, text] of Object.entries(suite)) {
    const file = join(root, path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);
  }
});

afterAll(() => rmSync(root, { recursive: true }));

function conformance(...options: readonly string[]): Tally {
  const output = execFileSync(
    process.execPath,
    ["--import", "tsx", "tools/test262/main.ts", "--root", root, "--json", ...options],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
  return JSON.parse(output) as Tally; // what the command prints
}

test("a run counts every usable test in each of its modes", () => {
  expect(conformance()).toEqual({
    usable: 7,
    native_pass: 5,
    compiled_equal: 4,
    fell_back: 1,
    different: 0,
    timed_out: 0,
    fell_back_by_reason: { "Direct eval or with statement": 1 },
    different_by_reason: {},
    failures: [],
  });
});

test("with a break at every instruction the same tests pass", () => {
  expect(conformance("--split-every-instruction", "--filter", "equal,later")).toMatchObject({
    native_pass: 4,
    compiled_equal: 4,
  });
});

test("front matter lists flags on one line or on many", () => {
  expect(readTestFile("a.js", "/*---\nflags: [async, noStrict]\n---*/")).toMatchObject({
    isAsync: true,
    modes: ["sloppy"],
  });
  expect(readTestFile("a.js", "/*---\nincludes:\n  - a.js\n  - b.js\n---*/")).toMatchObject({
    includes: ["a.js", "b.js"],
  });
});
