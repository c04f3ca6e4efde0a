import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { redirectLogs } from "../../../src/base/logging.ts";

/** What a compiled function has come to, asked instead of read from logs. */

const { config, status } = torch._dynamo;
type Tensor = torch.Tensor;

afterEach(() => {
  config.reset();
  torch._dynamo.reset();
});

function withoutLog<Result>(run: () => Result): Result {
  const restore = redirectLogs(() => {});
  try {
    return run();
  } finally {
    restore();
  }
}

const describeMode = (x: Tensor, mode: string): Tensor => (mode === "a" ? x.add(1) : x.mul(5));

test("entries, with their operations, guards and sizes", () => {
  const fn = torch.compile((x: Tensor) => x.add(1).mul(2), { backend: "eager" });
  fn(torch.ones(3));
  fn(torch.ones(4));
  const { entries } = status(fn);
  expect(entries.map(({ operationCount }) => operationCount)).toEqual([2, 2]);
  expect(entries.map(({ sizes }) => sizes)).toMatchObject([
    [{ name: 'L["x"].size()[0]', size: 3, kind: "static", why: "no other size seen yet" }],
    [{ name: 'L["x"].size()[0]', size: 4, kind: "dynamic", symbol: "s0", why: "it was 3, then 4" }],
  ]);
  expect(entries[0]?.guards.length).toBeGreaterThan(0);
});

test("recompilations, each with the guard that failed and the line that needed it", () => {
  const fn = torch.compile(describeMode, { backend: "eager" });
  fn(torch.ones(3), "a");
  fn(torch.ones(3), "b");
  const { recompilations } = status(fn);
  expect(recompilations).toMatchObject([
    {
      functionName: "describeMode",
      failures: [
        {
          text: 'L["mode"] === "a"',
          source: { lineText: expect.stringContaining('mode === "a"') as string },
        },
      ],
    },
  ]);
});

describe("the recompile limit", () => {
  const atLimit = () =>
    withoutLog(() => {
      const fn = torch.compile(describeMode, { backend: "eager", recompile_limit: 2 });
      for (const mode of ["a", "b", "c", "d", "a"]) fn(torch.ones(3), mode);
      return status(fn);
    });

  test("is in the status, with the reason that reached it", () => {
    expect(atLimit().limitsReached).toMatchObject([
      { functionName: "describeMode", limit: 2, lastFailure: { text: 'L["mode"] === "b"' } },
    ]);
  });

  test("calls beyond it are counted as run without a graph", () => {
    expect(atLimit().nativeCallCount).toBe(2);
  });
});

test("a call that is skipped for a graph break is counted as run without a graph", () => {
  const fn = torch.compile(
    (x: Tensor) => {
      torch._dynamo.skip_frame();
      return x.add(1);
    },
    { backend: "eager" },
  );
  withoutLog(() => {
    fn(torch.ones(3));
    fn(torch.ones(3));
  });
  expect(status(fn)).toMatchObject({
    nativeCallCount: 2,
    entries: [{ operationCount: null }],
    limitsReached: [],
  });
});

test("parts after a graph break have entries of their own", () => {
  const fn = torch.compile(
    function broken(x: Tensor) {
      const y = x.add(1);
      torch._dynamo.graph_break();
      return y.mul(2).sub(1);
    },
    { backend: "eager" },
  );
  withoutLog(() => fn(torch.ones(3)));
  expect(
    status(fn).entries.map(({ part, operationCount }) => [
      part.replace(/\d+$/, "N"),
      operationCount,
    ]),
  ).toEqual([
    ["broken", 1],
    ["torch_dynamo_resume_in_broken_at_N", 2],
  ]);
});

test("the text names the function, its entries and its sizes", () => {
  const fn = torch.compile(
    function double(x: Tensor) {
      return x.mul(2);
    },
    { backend: "eager" },
  );
  fn(torch.ones(3));
  expect(String(status(fn))).toMatch(
    /^double \(test\/checklist\/guards\/status\.test\.ts:\d+\)\nCalls as plain JavaScript: 0\nEntry \d+\/0 of double: 1 operations, \d+ guards\nL\["x"\]\.size\(\)\[0\] = 3: static \(no other size seen yet\)$/,
  );
});

test("a function without a name is anonymous, with its place", () => {
  const [handle] = [torch.compile((x: Tensor) => x.mul(2), { backend: "eager" })];
  const logged: string[] = [];
  const restore = redirectLogs((text) => logged.push(text));
  torch._logging.set_logs({ graph_code: true });
  try {
    handle(torch.ones(3));
  } finally {
    torch._logging.set_logs({ graph_code: false });
    restore();
  }
  expect(status(handle).functionName).toBe("<anonymous>");
  expect(withoutNumbers(logged.join(""))).toContain(
    "TRACED GRAPH of <anonymous> (test/checklist/guards/status.test.ts:N) [N/N]",
  );
});

const withoutNumbers = (text: string): string => text.replaceAll(/\d+/g, "N");

test("a function that was not compiled has no status", () => {
  expect(() => status((x: Tensor) => x)).toThrow(TypeError);
});
