import { describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { caseSummary } from "../breaks/case-summary.ts";

/**
 * Group B of the behavioural checklist: breaks inside `try`. PyTorch gives up on these frames; here they resume.
 * `with` has no JavaScript counterpart but `try … finally`.
 */

const gb = torch._dynamo.graph_break;
const gbAt = "GB0025 Call to 'torch._dynamo.graph_break()' at `gb();`";

/** A resource in the shape of a context manager: it counts how often it was entered and left. */
const guarded = <Result>(counts: { entered: number; left: number }, body: () => Result): Result => {
  counts.entered += 1;
  try {
    return body();
  } finally {
    counts.left += 1;
  }
};

test("B44: a break inside a user's resource resumes inside it, which is entered and left once", () => {
  const fn = (x: torch.Tensor, counts: { entered: number; left: number }) => {
    const y = guarded(counts, () => {
      const z = x.add(1);
      gb();
      return z.mul(2);
    });
    return y.sub(1);
  };
  const result = runDifferential(() => ({
    fn,
    calls: [[torch.ones(3), { entered: 0, left: 0 }]],
  }));
  expect(caseSummary(result)).toEqual({ frames: 2, ops: 3, breaks: [gbAt] });
});

test("B45: a user's resource without a break is part of one graph", () => {
  const fn = (x: torch.Tensor, counts: { entered: number; left: number }) =>
    guarded(counts, () => x.add(1)).sub(1);
  const result = runDifferential(() => ({
    fn,
    calls: [[torch.ones(3), { entered: 0, left: 0 }]],
  }));
  expect(caseSummary(result)).toEqual({ frames: 1, ops: 2, breaks: [] });
});

describe("B46: a break inside try", () => {
  test("B46: resumes inside it when nothing came before", () => {
    const fn = (x: torch.Tensor) => {
      try {
        gb();
        return x.add(1).mul(2);
      } catch {
        return x;
      }
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(caseSummary(result)).toEqual({ frames: 1, ops: 2, breaks: [gbAt] });
  });

  test("B46: resumes inside it after two operators", () => {
    const fn = (x: torch.Tensor) => {
      const y = x.add(1).mul(2);
      try {
        gb();
        return y.sub(1);
      } catch {
        return x;
      }
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(caseSummary(result)).toEqual({ frames: 2, ops: 3, breaks: [gbAt] });
  });

  test("B46: in `finally` resumes there, and the value that was being returned is kept", () => {
    const fn = (x: torch.Tensor, seen: string[]) => {
      try {
        return x.add(1);
      } finally {
        seen.push("before");
        gb();
        seen.push("after");
      }
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3), []]] }));
    expect(caseSummary(result)).toEqual({ frames: 1, ops: 1, breaks: [gbAt] });
  });

  test("B46: in a handler resumes there with the error that was caught", () => {
    const fn = (x: torch.Tensor, seen: unknown[]) => {
      try {
        throw new RangeError("thrown");
      } catch (error) {
        const y = x.add(1);
        gb();
        seen.push(error instanceof RangeError ? error.message : error);
        return y.mul(2);
      }
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3), []]] }));
    expect(caseSummary(result)).toEqual({ frames: 2, ops: 2, breaks: [gbAt] });
  });

  test("B46: an error thrown after the break reaches the handler around it", () => {
    const fn = (x: torch.Tensor) => {
      try {
        const y = x.add(1);
        gb();
        if (y.dim() === 1) throw new RangeError("one dimension");
        return y;
      } catch (error) {
        return [error instanceof RangeError, x.mul(2)];
      }
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(result.results).toMatchObject([[true, { shape: [3] }]]);
    expect(caseSummary(result)).toMatchObject({ breaks: [gbAt] });
  });
});

test("B47: a breaking callee called inside the caller's try is one break and two graphs", () => {
  const callee = (x: torch.Tensor) => {
    const y = x.add(1);
    gb();
    return y.mul(2);
  };
  const fn = (x: torch.Tensor) => {
    try {
      return callee(x.add(3)).sub(1);
    } catch {
      return x;
    }
  };
  const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
  expect(caseSummary(result)).toEqual({ frames: 2, ops: 4, breaks: [gbAt] });
});

describe("B50: the part that runs natively throws", () => {
  const failing = torch.compiler.disable((): number => {
    throw new RangeError("from the native part");
  });

  test("B50: effects before it have happened, those after it have not", () => {
    const fn = (x: torch.Tensor, list: unknown[]) => {
      list.push(x.add(1));
      failing();
      list.push(x.add(2));
      return x;
    };
    const list: unknown[] = [];
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3), []]] }));
    expect(result.outcomes).toMatchObject([
      { kind: "error", error: { name: "RangeError", message: "from the native part" } },
    ]);
    expect(() => torch.compile(fn)(torch.ones(3), list)).toThrow("from the native part");
    expect(list).toHaveLength(1);
  });

  test("B50: the handler of the function catches it and goes on in a graph", () => {
    const fn = (x: torch.Tensor) => {
      const y = x.add(1);
      try {
        failing();
      } catch {
        return y.mul(2);
      }
      return y;
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(caseSummary(result)).toMatchObject({ frames: 2, ops: 2 });
  });

  test("B50: a handler two calls up catches it", () => {
    const inner = (x: torch.Tensor) => x.add(failing());
    const middle = (x: torch.Tensor) => inner(x.add(1)).mul(3);
    const fn = (x: torch.Tensor) => {
      try {
        return middle(x);
      } catch (error) {
        return [x.mul(2), error instanceof RangeError];
      }
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(result.results).toMatchObject([[{ shape: [3] }, true]]);
    expect(result.breaks).toHaveLength(1);
  });
});

describe("B51: a path that breaks does not spoil another that does not", () => {
  const fn = (x: torch.Tensor, breaks: boolean) => {
    if (breaks) {
      for (let i = 0; i < 2; i++) {
        gb();
        x = x.add(1);
      }
      return x;
    }
    return x.add(1).mul(2);
  };

  test("B51: the good path is one graph after the bad one, and the other way round", () => {
    const good = [torch.ones(3), false];
    const bad = [torch.ones(3), true];
    const after = runDifferential(() => ({ fn, calls: [bad, good] }));
    const before = runDifferential(() => ({ fn, calls: [good, bad] }));
    expect((after.opsAfter[1] ?? 0) - (after.opsAfter[0] ?? 0)).toBe(2);
    expect(before.opsAfter[0]).toBe(2);
    expect(before.opsAfter[1]).toBe(after.opsAfter[1]);
  });
});
