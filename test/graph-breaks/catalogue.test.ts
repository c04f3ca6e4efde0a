import ts from "typescript";
import { describe, expect, test } from "vitest";
import { graphBreaks } from "../../src/dynamo/graph-breaks/catalogue.ts";
import { breakGraph, GraphBreak } from "../../src/dynamo/graph-breaks/graph-break.ts";

const entries = Object.entries(graphBreaks);

test("ids and titles are unique", () => {
  expect(new Set(entries.map(([, { id }]) => id)).size).toBe(entries.length);
  expect(new Set(entries.map(([, { title }]) => title)).size).toBe(entries.length);
});

test("breakGraph throws a break whose wording holds the facts", () => {
  const act = () =>
    breakGraph("disabledFunction", { functionName: "g", reason: "still debugging" }, "call g");
  expect(act).toThrow(GraphBreak);
  expect(act).toThrow(
    "GB0098 Skip calling 'torch.compiler.disable()'d function: `g` was marked with `torch.compiler.disable`, reason: still debugging. It runs as plain JavaScript.",
  );
});

test("a function without a name is called anonymous", () => {
  expect(() => breakGraph("generatorFunction", { functionName: "", obstacle: null }, "")).toThrow(
    "`(anonymous)` is a generator function",
  );
});

test("a missing or unknown fact does not compile", () => {
  // @ts-expect-error: the condition is missing
  expect(() => breakGraph("dataDependentBranch", {}, "")).toThrow(GraphBreak);
  // @ts-expect-error: there is no such fact
  expect(() => breakGraph("evalOrWith", { construct: "eval", method: "item" }, "")).toThrow(
    GraphBreak,
  );
  // @ts-expect-error: a required fact may not be null
  expect(() => breakGraph("generatorFunction", { functionName: null }, "")).toThrow(GraphBreak);
});

describe.each(entries)("%s", (_key, entry) => {
  test("says why, what to do, and is shown by two programs that parse", () => {
    expect(entry.hints.length).toBeGreaterThan(0);
    expect(entry.context).not.toBe("");
    expect(entry.wrongExample).not.toBe(entry.rightExample);
    expect(syntaxErrors(entry.wrongExample)).toEqual([]);
    expect(syntaxErrors(entry.rightExample)).toEqual([]);
  });
});

function syntaxErrors(program: string): readonly string[] {
  const options = {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  };
  const { diagnostics = [] } = ts.transpileModule(
    `import * as torch from "fullgraph";\n${program}`,
    options,
  );
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
