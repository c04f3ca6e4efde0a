import * as torch from "fullgraph";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DifferentialResult, runDifferential } from "../../differential.ts";

const { guard_or_false, guard_or_true, statically_known_true } =
  torch.fx.experimental.symbolic_shapes;

beforeEach(() => {
  torch._dynamo.config.capture_scalar_outputs = true;
  torch._dynamo.config.capture_dynamic_output_shape_ops = true;
});
afterEach(() => torch._dynamo.config.reset());

const run = (
  fn: (x: torch.Tensor) => unknown,
  values: readonly number[] = [3, 5, 4],
): DifferentialResult =>
  runDifferential(() => ({ fn, calls: values.map((value) => [torch.tensor(value)]) }));

const numberOf = (x: torch.Tensor): number => Number(x.item());

describe("F100: torch._check", () => {
  test("a branch on what was checked folds, and everything is one graph", () => {
    const { framesAfter, breaks } = run((x) => {
      const n = numberOf(x);
      torch._check(n > 2);
      return n > 2 ? x.add(1) : x.sub(1);
    });
    expect(framesAfter).toEqual([1, 1, 1]);
    expect(breaks).toEqual([]);
  });

  test("what follows from it folds as well", () => {
    const { framesAfter } = run((x) => {
      const n = numberOf(x);
      torch._check(n >= 2);
      torch._check(n < 10);
      const all = [n > 1, n >= 2, !(n < 2), n < 11, n !== 12, 1 < n].map((each) => (each ? 1 : 0));
      return x.add(all.reduce((total: number, each) => total + each, 0));
    });
    expect(framesAfter).toEqual([1, 1, 1]);
  });

  test("what does not follow is still a graph break", () => {
    const { breaks } = run((x) => {
      const n = numberOf(x);
      torch._check(n > 2);
      return n > 4 ? x.add(1) : x.sub(1);
    });
    expect(breaks[0]?.reason.id).toBe("GB0170");
  });

  test("a size that depends on data is known not to be negative", () => {
    const { framesAfter } = runDifferential(() => ({
      fn: (x: torch.Tensor) => {
        const count = torch.nonzero(x).size(0);
        return count >= 0 ? x.add(count) : x;
      },
      calls: [[torch.ones(3)], [torch.zeros(3)]],
    }));
    expect(framesAfter).toEqual([1, 1]);
  });

  test("a value that violates it throws a RuntimeError when the graph runs, as in eager code", () => {
    const fn = (x: torch.Tensor): torch.Tensor => {
      torch._check(numberOf(x) > 2, "too small");
      return x.add(1);
    };
    const compiled = torch.compile(fn, { backend: "eager" });
    compiled(torch.tensor(3));
    expect(() => compiled(torch.tensor(1))).toThrow("too small");
    expect(() => fn(torch.tensor(1))).toThrow("too small");
  });

  test("without a message the error is the eager one", () => {
    run(
      (x) => {
        const n = numberOf(x);
        torch._check(n > 2);
        return x.add(1);
      },
      [3, 1, 4],
    );
  });

  test("effects before the check have happened when it throws", () => {
    const run = runDifferential(() => {
      const seen: number[] = [];
      return {
        fn: (x: torch.Tensor) => {
          seen.push(1);
          torch._check(numberOf(x) > 2, "too small");
          seen.push(2);
          return x.add(1);
        },
        calls: [[torch.tensor(3)], [torch.tensor(1)], [torch.tensor(5)]],
        watch: seen,
      };
    });
    expect(run.frames).toBeGreaterThan(0);
  });
});

describe("F102: asking without deciding", () => {
  test("guard_or_false takes the false branch for numbers that only the graph knows", () => {
    const fn = torch.compile(
      (x: torch.Tensor) => (guard_or_false(numberOf(x) === 3) ? x.add(1) : x.add(0)),
      { backend: "eager", fullgraph: true },
    );
    expect([3, 4].map((n) => fn(torch.tensor(n)).item())).toEqual([3, 4]);
  });

  test("guard_or_true takes the true branch", () => {
    const fn = torch.compile(
      (x: torch.Tensor) => (guard_or_true(numberOf(x) === 3) ? x.add(1) : x.add(0)),
      { backend: "eager", fullgraph: true },
    );
    expect([3, 4].map((n) => fn(torch.tensor(n)).item())).toEqual([4, 5]);
  });

  test("statically_known_true adds no guard on a size", () => {
    const { framesAfter } = runDifferential(
      () => ({
        fn: (x: torch.Tensor) => (statically_known_true(x.size(0) >= 0) ? x.add(1) : x.add(1)),
        calls: [[torch.ones(3)], [torch.ones(4)]],
      }),
      { dynamic: true },
    );
    expect(framesAfter).toEqual([1, 1]);
  });
});
