import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { redirectLogs, resetLogging } from "../../../src/base/logging.ts";
import { runDifferential } from "../../differential.ts";

/** Group D of the behavioural checklist: when compiling again is limited, forbidden or not wanted. */

const { config, testing, exc } = torch._dynamo;
type Tensor = torch.Tensor;

afterEach(() => {
  config.reset();
  torch._dynamo.reset();
});

const ones = (n = 3): Tensor => torch.ones(n);

function recordLog<Result>(run: () => Result): { readonly result: Result; readonly log: string } {
  let log = "";
  const restore = redirectLogs((text) => {
    log += text;
  });
  try {
    return { result: run(), log };
  } finally {
    restore();
    resetLogging();
  }
}

describe("D85: the recompile limit", () => {
  function scale(x: Tensor, s: string): Tensor {
    return x.mul(s === "" ? 0 : s.length);
  }

  test("past the limit one warning appears, new inputs run natively and old entries still serve", () => {
    const counter = new testing.CompileCounter();
    const { result, log } = recordLog(() => {
      config.recompile_limit = 2;
      const fn = torch.compile(scale, { backend: counter });
      return ["a", "bb", "ccc", "dddd", "a"].map((s) => String(fn(ones(), s)));
    });
    expect(result).toEqual([1, 2, 3, 4, 1].map((n) => `tensor([${n}., ${n}., ${n}.])`));
    expect(counter.frame_count).toBe(2);
    expect(log.match(/hit config\.recompile_limit/g)).toHaveLength(1);
    expect(log).toMatch(
      /^torch\._dynamo hit config\.recompile_limit \(2\)\n {3}function: 'scale' \(test\/checklist\/guards\/limits\.test\.ts:\d+\)\n {3}last reason: \d+\/1: L\["s"\] === "bb" {2}# return x\.mul\(s === "" \? 0 : s\.length\); {2}# test\/checklist\/guards\/limits\.test\.ts:\d+ in scale\n/,
    );
  });

  test("results stay those of eager past the limit", () => {
    const { result } = recordLog(() =>
      runDifferential(
        () => ({ fn: scale, calls: ["a", "bb", "ccc", "a"].map((s) => [ones(), s]) }),
        {
          configure: () => {
            config.recompile_limit = 2;
          },
        },
      ),
    );
    expect(result.framesAfter).toEqual([1, 2, 2, 2]);
  });

  test("with fullgraph the limit is an error", () => {
    config.recompile_limit = 1;
    const fn = torch.compile(scale, { backend: "eager", fullgraph: true });
    fn(ones(), "a");
    expect(() => fn(ones(), "bb")).toThrow(exc.FailOnRecompileLimitHit);
  });

  test("with fail_on_recompile_limit_hit it is an error", () => {
    config.recompile_limit = 1;
    config.fail_on_recompile_limit_hit = true;
    const fn = torch.compile(scale, { backend: "eager" });
    fn(ones(), "a");
    expect(() => fn(ones(), "bb")).toThrow(
      /^torch\._dynamo hit config\.recompile_limit \(1\)\n {3}function: 'scale'/,
    );
  });

  test("the option of torch.compile limits one function alone", () => {
    const counter = new testing.CompileCounter();
    const { log } = recordLog(() => {
      const fn = torch.compile(scale, { backend: counter, recompile_limit: 1 });
      fn(ones(), "a");
      fn(ones(), "bb");
    });
    expect(counter.frame_count).toBe(1);
    expect(log).toContain("(1)");
  });
});

test("D86: error_on_recompile throws the record of the recompilation", () => {
  config.error_on_recompile = true;
  const fn = torch.compile((x: Tensor) => x.add(1), { backend: "eager" });
  fn(ones());
  expect(() => fn(ones(4))).toThrow(exc.RecompileError);
  expect(() => fn(ones(4))).toThrow(
    /^Recompiling function .* in test\/checklist\/guards\/limits\.test\.ts:\d+\n {4}triggered by the following guard failure\(s\):\n {4}- \d+\/0: tensor 'x' size mismatch at index 0\. expected 3, actual 4/,
  );
});

describe("D87: stances", () => {
  test("force_eager compiles nothing", () => {
    const counter = new testing.CompileCounter();
    const fn = torch.compile((x: Tensor) => x.add(1), { backend: counter });
    const stance = torch.compiler.set_stance("force_eager");
    try {
      fn(ones());
    } finally {
      stance[Symbol.dispose]();
    }
    expect(counter.frame_count).toBe(0);
    fn(ones());
    expect(counter.frame_count).toBe(1);
  });

  test("eager_on_recompile runs natively what has no entry", () => {
    const counter = new testing.CompileCounter();
    const fn = torch.compile((x: Tensor) => x.add(1), { backend: counter });
    fn(ones());
    torch.compiler.set_stance("eager_on_recompile");
    expect(String(fn(ones(2)))).toBe("tensor([2., 2.])");
    expect(counter.frame_count).toBe(1);
  });

  test("fail_on_recompile throws the reason", () => {
    const fn = torch.compile((x: Tensor) => x.add(1), { backend: "eager" });
    fn(ones());
    torch.compiler.set_stance("fail_on_recompile");
    let message = "";
    try {
      fn(ones(2));
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain("size mismatch at index 0. expected 3, actual 2");
  });

  test("eager_then_compile compiles from the second call on", () => {
    torch.compiler.set_stance("eager_then_compile");
    const counter = new testing.CompileCounter();
    const fn = torch.compile((x: Tensor) => x.add(1), { backend: counter });
    const frames = [3, 3, 3].map((size) => {
      fn(ones(size));
      return counter.frame_count;
    });
    expect(frames).toEqual([0, 1, 1]);
  });

  test("eager_then_compile learns from the eager call which sizes vary", () => {
    torch.compiler.set_stance("eager_then_compile");
    const counter = new testing.CompileCounter();
    const fn = torch.compile((x: Tensor) => x.add(1), { backend: counter });
    const frames = [3, 4, 5].map((size) => {
      fn(ones(size));
      return counter.frame_count;
    });
    expect(frames).toEqual([0, 1, 1]);
  });
});
