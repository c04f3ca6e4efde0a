import { expect, test } from "vitest";
import { counters, increment } from "../../src/dynamo/counters.ts";
import { formatGuardTree } from "../../src/dynamo/reports/format-guards.ts";
import {
  formatRecompile,
  formatRecompileLimit,
} from "../../src/dynamo/reports/format-recompile.ts";
import { branchFrame } from "./frames.ts";

const place = { functionName: "fn", file: "model.ts", line: 3 };
const source = { ...place, line: 4, lineText: "  const y = x.sum();" };
const failure = {
  entry: "0/0",
  text: "tensor 'x' size mismatch at index 0. expected 3, actual 4",
  source,
};

test("a recompilation lists one failed guard a compiled entry", () => {
  const older = { entry: "0/1", text: "n == 2", source: null };
  expect(formatRecompile({ ...place, failures: [older, failure] }))
    .toBe(`Recompiling function fn in model.ts:3
    triggered by the following guard failure(s):
    - 0/1: n == 2
    - 0/0: tensor 'x' size mismatch at index 0. expected 3, actual 4  # const y = x.sum();  # model.ts:4 in fn`);
});

test("the recompile limit names flag, function, last reason and what happens now", () => {
  const hit = {
    ...place,
    limitName: "recompile_limit",
    limit: 8,
    lastFailure: failure,
    stack: [branchFrame],
  };
  expect(formatRecompileLimit(hit)).toBe(`torch._dynamo hit config.recompile_limit (8)
   function: 'fn' (model.ts:3)
   last reason: 0/0: tensor 'x' size mismatch at index 0. expected 3, actual 4  # const y = x.sum();  # model.ts:4 in fn
User stack trace:
    at fn (examples/data-dependent.ts:6:7)
        if (y.gt(0).item()) {
            ^^^^^^^^^^^^^^
The function was compiled 8 times (config.recompile_limit), each time because another guard failed. Compiled entries stay in use; calls that fit none of them run as plain JavaScript.
  Hint: Run with \`TORCH_LOGS=recompiles\` to see which value changes from call to call.
  Hint: Raise \`torch._dynamo.config.recompile_limit\` if that many versions are wanted.
  Hint: Pass what changes from call to call as a tensor or a number: strings and objects are compiled for one by one.`);
});

test("guards print as a tree", () => {
  const weight = {
    name: ".weight",
    guards: [{ kind: "TENSOR_MATCH", text: "f32[3]", source }],
    children: [],
  };
  const root = {
    name: "model",
    guards: [{ kind: "ID_MATCH", text: "model", source: null }],
    children: [weight],
  };
  expect(formatGuardTree([root])).toBe(`TREE_GUARD_MANAGER:
+- RootGuardManager
| +- GuardManager: model
| | +- ID_MATCH: model
| | +- GuardManager: .weight
| | | +- TENSOR_MATCH: f32[3]  # const y = x.sum();  # model.ts:4 in fn`);
});

test("counters count by name, and clear sets all of them back", () => {
  increment(counters.resumes, "constructor");
  increment(counters.resumes, "constructor");
  counters.frames.total += 1;
  counters.stats.calls_captured += 3;
  expect(JSON.parse(JSON.stringify(counters))).toEqual({
    frames: { total: 1, ok: 0 },
    graph_break: {},
    unimplemented: {},
    resumes: { constructor: 2 },
    stats: { calls_captured: 3, unique_graphs: 0 },
  });
  counters.clear();
  expect(JSON.parse(JSON.stringify(counters))).toEqual({
    frames: { total: 0, ok: 0 },
    graph_break: {},
    unimplemented: {},
    resumes: {},
    stats: { calls_captured: 0, unique_graphs: 0 },
  });
});
