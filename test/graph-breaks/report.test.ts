import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { redirectLogs, resetLogging, set_logs } from "../../src/base/logging.ts";
import { config } from "../../src/dynamo/config.ts";
import { counters } from "../../src/dynamo/counters.ts";
import { graphBreakRecord } from "../../src/dynamo/graph-breaks/graph-break-record.ts";
import { describeBreak } from "../../src/dynamo/graph-breaks/graph-break.ts";
import {
  reportGraphBreak,
  resetReportedGraphBreaks,
  warnAboutItem,
} from "../../src/dynamo/graph-breaks/report-graph-break.ts";
import { branchFrame, frame, mainFrame } from "./frames.ts";

let printed = "";
let restore = () => {};
const reason = describeBreak("userGraphBreak", { message: null }, "");
const headings = () => printed.split("\n").filter((line) => line.startsWith("Graph break"));

beforeEach(() => {
  vi.stubEnv("TORCH_LOGS", "");
  resetLogging();
  resetReportedGraphBreaks();
  counters.clear();
  printed = "";
  restore = redirectLogs((text) => (printed += text));
});

afterEach(() => {
  restore();
  vi.unstubAllEnvs();
  resetLogging();
});

test("breaks are counted whether or not they are printed", () => {
  reportGraphBreak(graphBreakRecord(reason));
  reportGraphBreak(graphBreakRecord(reason));
  expect(printed).toBe("");
  expect({ ...counters.graph_break }).toEqual({ "Call to 'torch._dynamo.graph_break()'": 2 });
});

test("the second break at a place is printed without its stack, whoever called", () => {
  set_logs({ graph_breaks: true });
  reportGraphBreak(graphBreakRecord(reason, { callers: [mainFrame], stack: [branchFrame] }));
  reportGraphBreak(graphBreakRecord(reason, { stack: [branchFrame] }));
  reportGraphBreak(graphBreakRecord(reason, { stack: [{ ...branchFrame, line: 7 }] }));
  expect(headings()).toEqual([
    "Graph break in user code at examples/data-dependent.ts:6:7",
    "Graph break (user stack suppressed due to duplicate graph break) in user code at examples/data-dependent.ts:6:7",
    "Graph break in user code at examples/data-dependent.ts:7:7",
  ]);
});

test("verbose prints every record in full", () => {
  set_logs({ graph_breaks: true });
  const record = graphBreakRecord(reason, { stack: [branchFrame] });
  config.patch({ verbose: true }, () => {
    reportGraphBreak(record);
    reportGraphBreak(record);
  });
  expect(headings()).toEqual([
    "Graph break in user code at examples/data-dependent.ts:6:7",
    "Graph break in user code at examples/data-dependent.ts:6:7",
  ]);
});

test("only the latest 4096 places are remembered", () => {
  set_logs({ graph_breaks: true });
  for (let line = 1; line <= 4097; line++) {
    reportGraphBreak(graphBreakRecord(reason, { stack: [{ ...branchFrame, line }] }));
  }
  printed = "";
  reportGraphBreak(graphBreakRecord(reason, { stack: [{ ...branchFrame, line: 4097 }] }));
  reportGraphBreak(graphBreakRecord(reason, { stack: [{ ...branchFrame, line: 1 }] }));
  expect(headings()).toEqual([
    "Graph break (user stack suppressed due to duplicate graph break) in user code at examples/data-dependent.ts:4097:7",
    "Graph break in user code at examples/data-dependent.ts:1:7",
  ]);
});

test("the item warning is printed once, names flag and variable, and keeps the resume function's name", () => {
  const line = "  return x.add(y.item());";
  const place = frame(
    "torch_dynamo_resume_in_fn_at_4",
    "examples/data-dependent.ts",
    5,
    line,
    "y.item()",
  );
  warnAboutItem("Tensor.item()", [place]);
  warnAboutItem("Tensor.item()", [place]);
  expect(printed).toBe(`Graph break from \`Tensor.item()\`, consider setting:
    torch._dynamo.config.capture_scalar_outputs = true
or:
    env TORCHDYNAMO_CAPTURE_SCALAR_OUTPUTS=1
to include these operations in the captured graph.

Graph break: from user code at:
    at torch_dynamo_resume_in_fn_at_4 (examples/data-dependent.ts:5:16)
        return x.add(y.item());
                     ^^^^^^^^
`);
});
