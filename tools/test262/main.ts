/**
 * Runs tests of tc39/test262 plain and through `torch.compile`:
 * `npm run conformance:test262 -- --root <checkout> [--filter expressions/] [--split-every-instruction] [--sample 500] --json`.
 *
 * Every usable test becomes the body of a function. It must pass as it is, and then compiled: captured as far as
 * that goes, with the code generated for each segment run even where no tensor is in sight.
 */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildCompilerScript } from "./compiler-script.ts";
import { ProgressBar } from "./progress-bar.ts";
import { tally } from "./tally.ts";
import { listTests } from "./test-list.ts";
import type { Verdict } from "./verdict.ts";
import { judgeAll } from "./worker-pool.ts";

const { values } = parseArgs({
  options: {
    root: { type: "string" },
    /** Only files whose path contains one of these, separated by commas. */
    filter: { type: "string", default: "" },
    "split-every-instruction": { type: "boolean", default: false },
    /** Take so many tests, the same ones in every run. */
    sample: { type: "string" },
    /** `3/10`: the fourth tenth. */
    part: { type: "string" },
    /** Keeps verdicts here, and goes on from what is in it. */
    state: { type: "string" },
    jobs: { type: "string", default: "2" },
    "time-limit": { type: "string", default: "3000" },
    json: { type: "boolean", default: false },
  },
});

if (values.root === undefined) {
  console.error("Say where the suite is: --root <a checkout of https://github.com/tc39/test262>.");
  process.exit(2);
}
const root = values.root;
const tests = listTests(root, {
  filter: values.filter,
  sample: values.sample === undefined ? null : Number(values.sample),
  part: values.part ?? null,
});
const verdicts: Verdict[] = [];
if (values.state !== undefined && existsSync(values.state)) {
  for (const line of readFileSync(values.state, "utf8").split("\n"))
    if (line !== "") verdicts.push(JSON.parse(line) as Verdict); // written below
}
const known = new Set(verdicts.map(({ id }) => id));
const left = tests.filter(({ path, mode }) => !known.has(`${path} ${mode}`));
const bar = new ProgressBar(left.length);
let done = 0;
let bad = 0;
const folder = mkdtempSync(join(tmpdir(), "fullgraph-test262-"));
const compiler = join(folder, "torch.js");
writeFileSync(compiler, await buildCompilerScript());
await judgeAll(
  left,
  Number(values.jobs),
  {
    compiler,
    root,
    splitEveryInstruction: values["split-every-instruction"],
    timeLimit: Number(values["time-limit"]),
  },
  (verdict) => {
    verdicts.push(verdict);
    if (values.state !== undefined) appendFileSync(values.state, `${JSON.stringify(verdict)}\n`);
    done += 1;
    if (["different", "timed-out", "crashed"].includes(verdict.kind)) bad += 1;
    bar.show(done, `${bad} different`);
  },
);
rmSync(folder, { recursive: true });
const wanted = new Set(tests.map(({ path, mode }) => `${path} ${mode}`));
const result = tally(verdicts.filter(({ id }) => wanted.has(id)));
if (values.json) console.log(JSON.stringify(result, null, 1));
else {
  const { failures, ...counts } = result;
  console.log(counts);
  for (const { id, kind, detail } of failures) console.log(`${kind} ${id}\n    ${detail}`);
}
if (result.different > 0) process.exitCode = 1;
