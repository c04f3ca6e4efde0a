import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { type Program, runDifferential } from "../../differential.ts";

/** Healed branches together with random numbers, errors of the running graph, aliasing, sizes out of data, and callbacks. */

type Tensor = torch.Tensor;
const number = (x: Tensor): number => Number(x.item());

afterEach(() => {
  torch._dynamo.reset();
});

const calls = (): Program["calls"] => [
  [torch.tensor([1, 2, 3.5])],
  [torch.tensor([-1, -2, -3.5])],
  [torch.tensor([9, -2, -3])],
];

function framesOf(make: () => (...args: never[]) => unknown): number {
  const run = runDifferential(() => ({ fn: make(), calls: calls() }), { fullgraph: true });
  expect(run.breaks).toEqual([]);
  return run.frames;
}

describe("what happens in a side happens only there", () => {
  test("random numbers are drawn in the side that runs, though nothing uses them", () => {
    const frames = framesOf(() => (x: Tensor) => {
      if (number(x.sum()) > 0) torch.rand([3]);
      return torch.rand([3]).add(x);
    });
    expect(frames).toBe(1);
  });

  test("a loop that carries nothing but its test", () => {
    const frames = framesOf(() => (x: Tensor) => {
      while (number(torch.rand([1])) > 0.3);
      return torch.rand([3]).add(x);
    });
    expect(frames).toBe(1);
  });

  test("an error in a side keeps the effects before it, and not those behind it", () => {
    framesOf(() => {
      const state = { before: 0, after: 0 };
      return (x: Tensor) => {
        state.before = 1;
        let y = x;
        if (number(x.sum()) > 0) {
          torch._check(number(x.max()) < 5);
          y = x.add(1);
        }
        state.after = 1;
        return [y, state];
      };
    });
  });

  test("what `torch._check` makes known in one side is not known in the other", () => {
    const frames = framesOf(() => (x: Tensor) => {
      const largest = number(x.max());
      let y = x;
      if (number(x.sum()) > 0) {
        torch._check(largest > -100);
        y = x.add(1);
      }
      return largest > -100 ? y.mul(2) : y;
    });
    expect(frames).toBe(1);
  });
});

describe("tensors that may be one", () => {
  test("an in-place operator behind a branch changes what it is in eager", () => {
    const frames = framesOf(() => (x: Tensor) => {
      let y = x;
      if (number(x.sum()) > 0) y = x.add(1);
      y.mul_(2);
      return [x, y];
    });
    expect(frames).toBe(1);
  });

  test("an in-place operator behind a loop that may take no step", () => {
    const frames = framesOf(() => (x: Tensor) => {
      let y = x;
      while (number(y.sum()) < 0) y = y.add(1);
      y.mul_(2);
      return [x, y];
    });
    expect(frames).toBe(1);
  });

  test("a view of the argument in one way only", () => {
    const frames = framesOf(() => (x: Tensor) => {
      let y = x.view(3);
      if (number(x.sum()) > 0) y = x.view(-1).add(1);
      y.add_(5);
      return [y, x];
    });
    expect(frames).toBe(1);
  });
});

describe("sizes out of data", () => {
  test("in one side, where the other's size happens to be the stand-in", () => {
    const frames = framesOf(() => (x: Tensor) => {
      let y;
      if (number(x.sum()) > 0) y = torch.ones([3]);
      else y = torch.masked_select(x, x.gt(-3));
      return [y.mul(2), y.shape[0]];
    });
    expect(frames).toBe(1);
  });

  test("before the branch", () => {
    const frames = framesOf(() => (x: Tensor) => {
      let y = torch.masked_select(x, x.gt(-3));
      if (number(x.sum()) > 0) y = torch.ones([3]);
      return [y.mul(2), y.numel()];
    });
    expect(frames).toBe(1);
  });
});

describe("functions and loops around", () => {
  test("callbacks of map and reduce", () => {
    const frames = framesOf(() => (x: Tensor) => {
      const parts = [1, 2].map((k) => (number(x.sum()) > k ? x.mul(k) : x.sub(k)));
      return parts.reduce((sum, part) => (number(part.max()) > 3 ? sum.add(part) : sum), x);
    });
    expect(frames).toBe(1);
  });

  test("recursion that data ends", () => {
    const frames = framesOf(() => {
      const grow = (x: Tensor, steps: number): Tensor =>
        steps === 0 || number(x.sum()) > 20 ? x : grow(x.abs().mul(2), steps - 1);
      return (x: Tensor) => grow(x, 4);
    });
    expect(frames).toBe(1);
  });

  test("closures made in a loop with branches", () => {
    const frames = framesOf(() => (x: Tensor) => {
      const later: (() => Tensor)[] = [];
      for (let i = 0; i < 3; i++) {
        const part = number(x.sum()) > i ? x.mul(i) : x;
        later.push(() => part.add(i));
      }
      return later.map((make) => make());
    });
    expect(frames).toBe(1);
  });

  test("labelled loops left and continued from inside", () => {
    const frames = framesOf(() => (x: Tensor) => {
      let y = x;
      outer: for (const a of [1, 2]) {
        for (const b of [1, 2]) {
          if (number(y.sum()) > 8) continue outer;
          if (number(y.sum()) < -8) break outer;
          y = y.mul(a + b);
        }
      }
      return y;
    });
    expect(frames).toBe(1);
  });

  test("the best of several, and where it was", () => {
    const frames = framesOf(() => (x: Tensor) => {
      let best = x;
      let at = -1;
      for (let i = 0; i < 3; i++) {
        const candidate = x.mul(i - 1);
        if (number(candidate.sum()) > number(best.sum())) {
          best = candidate;
          at = i;
        }
      }
      return [best, at];
    });
    expect(frames).toBe(1);
  });
});

describe("values that no graph has, used up before the function ends", () => {
  test("null or a tensor", () => {
    const frames = framesOf(() => (x: Tensor) => {
      let found: Tensor | null = null;
      if (number(x.sum()) > 0) found = x;
      return found ?? x.neg();
    });
    expect(frames).toBe(1);
  });

  test("a string that chooses what to do", () => {
    const frames = framesOf(() => (x: Tensor) => {
      const mode = number(x.sum()) > 0 ? "double" : "negate";
      const y = x.add(1);
      return mode === "double" ? y.mul(2) : y.neg();
    });
    expect(frames).toBe(1);
  });

  test("one of two functions", () => {
    const frames = framesOf(() => (x: Tensor) => {
      const apply = number(x.sum()) > 0 ? (y: Tensor) => y.mul(2) : (y: Tensor) => y.neg().add(1);
      return apply(x).add(apply(x.neg()));
    });
    expect(frames).toBe(1);
  });

  test("a return through finally", () => {
    const frames = framesOf(() => (x: Tensor) => {
      let y = x;
      try {
        if (number(x.sum()) > 0) return y.add(1);
        y = y.mul(2);
      } finally {
        y = y.neg();
      }
      return y;
    });
    expect(frames).toBe(1);
  });

  test("arrays of different lengths that are stacked", () => {
    const frames = framesOf(() => (x: Tensor) => {
      const parts = number(x.sum()) > 0 ? [x, x.add(1)] : [x.sub(1)];
      return torch.stack([...parts, x]).sum(0);
    });
    expect(frames).toBe(1);
  });
});

describe("with config.auto_cond", () => {
  test("a branch stays in the graph without fullgraph", () => {
    const run = runDifferential(
      () => ({
        fn: (x: Tensor) => (number(x.sum()) > 0 ? x.add(1) : x.sub(1)),
        calls: calls(),
      }),
      {
        configure: () => {
          torch._dynamo.config.auto_cond = true;
        },
      },
    );
    torch._dynamo.config.auto_cond = false;
    expect(run.breaks).toEqual([]);
    expect(run.frames).toBe(1);
  });

  test("the graph holds the operator", () => {
    torch._dynamo.config.auto_cond = true;
    const explained = torch._dynamo.explain((x: Tensor) =>
      number(x.sum()) > 0 ? x.add(1) : x.sub(1),
    )(torch.ones(3));
    torch._dynamo.config.auto_cond = false;
    expect(explained.graph_count).toBe(1);
    expect(explained.ops_per_graph[0]?.map((name) => name.replace(/^.*\./, ""))).toContain("cond");
  });
});
