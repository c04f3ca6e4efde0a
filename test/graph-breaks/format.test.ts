import { expect, test } from "vitest";
import {
  formatDuplicateGraphBreak,
  formatGraphBreak,
  graphBreakRecord,
  graphBreakToJSON,
} from "../../src/dynamo/graph-breaks/graph-break-record.ts";
import { describeBreak } from "../../src/dynamo/graph-breaks/graph-break.ts";
import { formatFrames } from "../../src/dynamo/graph-breaks/user-frame.ts";
import { branchFrame, frame, mainFrame } from "./frames.ts";

const branch = describeBreak(
  "dataDependentBranch",
  { condition: "y.gt(0).item()", obstacle: null },
  "attempted to jump with TensorVariable()",
);

test("a record has place, reason, explanation, hints, context and stack", () => {
  const record = graphBreakRecord(branch, { callers: [mainFrame], stack: [branchFrame] });
  expect(formatGraphBreak(record)).toBe(`Graph break in user code at examples/data-dependent.ts:6:7
Graph Break Reason: Data-dependent branching
  Explanation: Which way the program goes depends on the data of a tensor, through \`y.gt(0).item()\`. A graph holds no such branch, so it ends here, and only the way that is really taken is compiled.
  Hint: Set \`torch._dynamo.config.auto_cond = true\`, or compile with \`fullgraph: true\`: branches whose sides can be captured then stay in the graph (docs/healing.md).
  Hint: Use \`torch.cond\` to express dynamic control flow.

  Developer debug context: attempted to jump with TensorVariable()

User code traceback:
    at main (examples/data-dependent.ts:12:13)
        console.log(fn(torch.ones(3, 3)));
                    ^^^^^^^^^^^^^^^^^^^^
    at fn (examples/data-dependent.ts:6:7)
        if (y.gt(0).item()) {
            ^^^^^^^^^^^^^^`);
});

test("the item break names the flag and the environment variable", () => {
  const line = "  return x.add(y.item());";
  const item = describeBreak("tensorItem", {}, "call_method TensorVariable() item () {}");
  const resumed = frame(
    "torch_dynamo_resume_in_fn_at_6",
    "examples/data-dependent.ts",
    7,
    line,
    "y.item()",
  );
  expect(formatGraphBreak(graphBreakRecord(item, { callers: [mainFrame], stack: [resumed] })))
    .toBe(`Graph break in user code at examples/data-dependent.ts:7:16
Graph Break Reason: Unsupported Tensor.item() call with capture_scalar_outputs=False
  Explanation: \`Tensor.item()\` takes a number out of a tensor, which is only there once the graph has run. With config.capture_scalar_outputs off, the graph ends before the call.
  Hint: Set \`torch._dynamo.config.capture_scalar_outputs = true\` or \`export TORCHDYNAMO_CAPTURE_SCALAR_OUTPUTS=1\` to include these operations in the captured graph.
  Hint: If the number only feeds more tensor operations, leave out \`.item()\` and use the tensor itself.

  Developer debug context: call_method TensorVariable() item () {}

User code traceback:
    at main (examples/data-dependent.ts:12:13)
        console.log(fn(torch.ones(3, 3)));
                    ^^^^^^^^^^^^^^^^^^^^
    at fn (examples/data-dependent.ts:7:16)
        return x.add(y.item());
                     ^^^^^^^^`);
});

test("a duplicate keeps its reason and loses its stack", () => {
  const reason = describeBreak("userGraphBreak", { message: "why" }, "");
  expect(formatDuplicateGraphBreak(graphBreakRecord(reason, { stack: [branchFrame] })))
    .toBe(`Graph break (user stack suppressed due to duplicate graph break) in user code at examples/data-dependent.ts:6:7
Graph Break Reason: Call to 'torch._dynamo.graph_break()'
  Explanation: User-inserted graph break. Message: why
  Hint: Remove the \`torch._dynamo.graph_break()\` call.`);
});

test("a break while a break is handled follows it, and the higher-order operator is named", () => {
  const first = describeBreak("userGraphBreak", { message: null }, "graph_break()");
  const second = describeBreak("disabledFunction", { functionName: "g", reason: null }, "call g");
  const record = graphBreakRecord(first, { chained: [second], higherOrderOperator: "torch.cond" });
  expect(formatGraphBreak(record)).toBe(`Graph break
Graph Break Reason: Call to 'torch._dynamo.graph_break()'
  Higher Order Operator: torch.cond
  Explanation: User-inserted graph break.
  Hint: Remove the \`torch._dynamo.graph_break()\` call.

  Developer debug context: graph_break()

*** While handling this graph break, another graph break occurred: ***

Skip calling 'torch.compiler.disable()'d function
  Explanation: \`g\` was marked with \`torch.compiler.disable\`. It runs as plain JavaScript.
  Hint: Remove \`torch.compiler.disable\` from \`g\`.

  Developer debug context: call g`);
});

test("resume functions show as the function they continue", () => {
  const frames = [
    frame("g", "a.ts", 1, "f(x);", "f(x)"),
    frame("f", "a.ts", 4, "  h(y);", "h(y)"),
    frame("torch_dynamo_resume_in_f_at_4", "a.ts", 5, "  k(y, z);", "z"),
  ];
  const reason = describeBreak("userGraphBreak", { message: null }, "");
  expect(
    formatGraphBreak(graphBreakRecord(reason, { stack: frames })).split("traceback:\n")[1],
  ).toBe(
    `    at g (a.ts:1:1)
        f(x);
        ^^^^
    at f (a.ts:5:8)
        k(y, z);
             ^`,
  );
});

test("a frame without source text has no source lines, and one without name no name", () => {
  expect(formatFrames([{ ...branchFrame, functionName: "", lineText: null }])).toBe(
    "    at examples/data-dependent.ts:6:7",
  );
});

test("carets stop at the end of the line, keep tabs, and are left out under a whole line", () => {
  const multiline = { ...frame("f", "a.ts", 1, "\treturn g(\tx,", "g("), spanLength: 50 };
  const whole = frame("f", "a.ts", 2, "  work(x)", "work(x)");
  expect(formatFrames([multiline, whole])).toBe(`    at f (a.ts:1:9)
        return g(\tx,
               ^^^^^
    at f (a.ts:2:3)
        work(x)`);
});

const line = { file: "a.ts", line: 3, functionName: "fn", code: "const y = x.sum();" };

test("the operations that gave the data follow the explanation, each under its line", () => {
  const computation = [
    { operation: "mul = x.mul(2)", source: line },
    { operation: "sum = mul.sum()", source: line },
    { operation: "gt = sum.gt(0)", source: { ...line, line: 4, code: "if (y.gt(0).item()) {" } },
  ];
  const text = formatGraphBreak(graphBreakRecord(branch, { computation }));
  expect(text.split("\n").slice(3, 9)).toEqual([
    "  The data comes from:",
    "    a.ts:3  const y = x.sum();",
    "        mul = x.mul(2)",
    "        sum = mul.sum()",
    "    a.ts:4  if (y.gt(0).item()) {",
    "        gt = sum.gt(0)",
  ]);
});

test("the cost stands before the stack", () => {
  const native = "`console.log(x)`";
  const textOf = (operationsAfter: number | null, skipsFrame = false): string =>
    formatGraphBreak(
      graphBreakRecord(branch, {
        cost: { operationsBefore: 1, operationsAfter, native },
        skipsFrame,
      }),
    ).split("\n\n")[2] ?? "";
  expect(textOf(null)).toBe(
    "Cost: 1 operation in the graph before the break; `console.log(x)` runs as plain JavaScript; what follows is captured anew.",
  );
  expect(textOf(2)).toContain("; 2 operations in the graph behind it.");
  expect(textOf(null, true)).toBe(
    "Cost: `console.log(x)` runs as plain JavaScript; 1 operation captured before the break is given up.",
  );
});

test("a record is plain data in JSON", () => {
  const reason = describeBreak("userGraphBreak", { message: null }, "graph_break()");
  const record = graphBreakRecord(reason, {
    stack: [branchFrame],
    cost: { operationsBefore: 1, operationsAfter: null, native: "`graph_break()`" },
    computation: [{ operation: "sum = x.sum()", source: line }],
    findRewrite: () => ({ description: "Remove the call.", diff: "-graph_break();" }),
  });
  expect(JSON.parse(JSON.stringify(graphBreakToJSON(record)))).toEqual({
    id: "GB0025",
    key: "userGraphBreak",
    title: "Call to 'torch._dynamo.graph_break()'",
    explanation: "User-inserted graph break.",
    facts: { message: null },
    hints: ["Remove the `torch._dynamo.graph_break()` call."],
    context: "graph_break()",
    higherOrderOperator: null,
    higherOrderFunction: null,
    chained: [],
    computation: [{ operation: "sum = x.sum()", source: line }],
    cost: { operationsBefore: 1, operationsAfter: null, native: "`graph_break()`" },
    skipsFrame: false,
    rewrite: { description: "Remove the call.", diff: "-graph_break();" },
    callers: [],
    stack: [
      {
        functionName: "fn",
        file: "examples/data-dependent.ts",
        line: 6,
        column: 7,
        lineText: "  if (y.gt(0).item()) {",
        spanLength: 14,
      },
    ],
  });
});
