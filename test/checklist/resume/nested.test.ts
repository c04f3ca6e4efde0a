import { describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { caseSummary } from "../breaks/case-summary.ts";
import { explainCall } from "../breaks/explain-call.ts";

/** Group B of the behavioural checklist: a break in a callee is one break, at any depth. */

const gb = torch._dynamo.graph_break;
const gbAt = "GB0025 Call to 'torch._dynamo.graph_break()' at `gb();`";
const counts = (fn: (...args: never[]) => unknown, make: () => unknown[]) =>
  caseSummary(runDifferential(() => ({ fn, calls: [make()] })));

describe("B34: a break three calls deep", () => {
  const f1 = (x: torch.Tensor) => {
    const y = x.add(1);
    gb();
    return y.add(2);
  };
  const f2 = (x: torch.Tensor) => f1(x.add(4)).add(8);
  const f3 = (x: torch.Tensor) => f2(x.add(16)).add(32);

  test("B34: is one break and two graphs", () => {
    const result = runDifferential(() => ({ fn: f3, calls: [[torch.zeros(3)]] }));
    expect(caseSummary(result)).toEqual({ frames: 2, ops: 6, breaks: [gbAt] });
    expect(explainCall(f3, [torch.zeros(3)]).graphs).toEqual([
      ["add", "add", "add"],
      ["add", "add", "add"],
    ]);
    expect(explainCall(f3, [torch.zeros(3)]).resumes).toHaveLength(1);
  });

  test("B34: the user's stack of the break has all three calls", () => {
    const [record] = runDifferential(() => ({ fn: f3, calls: [[torch.zeros(3)]] })).breaks;
    expect(record?.stack.map(({ functionName }) => functionName)).toEqual(["f3", "f2", "f1"]);
  });

  test("B34: ten calls deep it is still one break and two graphs", () => {
    const down = (x: torch.Tensor, depth: number): torch.Tensor =>
      depth === 0 ? f1(x) : down(x.add(1), depth - 1).mul(2);
    expect(
      counts(
        (x: torch.Tensor) => down(x, 10),
        () => [torch.zeros(3)],
      ),
    ).toEqual({
      frames: 2,
      ops: 22,
      breaks: [gbAt],
    });
  });
});

test("B35: the same breaking callee twice is two breaks and three graphs", () => {
  const f1 = (x: torch.Tensor) => {
    const y = x.add(1);
    gb();
    return y.add(2);
  };
  const f2 = (x: torch.Tensor) => {
    const first = f1(x.add(4));
    const second = f1(x.add(8)).mul(16);
    return first.add(second);
  };
  const f3 = (x: torch.Tensor) => f2(x.add(256)).add(512);
  expect(counts(f3, () => [torch.zeros(3)])).toEqual({
    frames: 3,
    ops: 10,
    breaks: [gbAt, gbAt],
  });
});

test("B36: two breaks at different depths are two breaks and three graphs", () => {
  const f1 = (x: torch.Tensor) => {
    const y = x.add(1);
    gb();
    return y.add(2);
  };
  const f2 = (x: torch.Tensor) => {
    const y = x.add(4);
    gb();
    return f1(y.add(8)).add(16);
  };
  const f3 = (x: torch.Tensor) => f2(x.add(32)).add(64);
  expect(counts(f3, () => [torch.zeros(3)])).toEqual({ frames: 3, ops: 7, breaks: [gbAt, gbAt] });
});

test("B38: nested breaks do not use up the recompile limit", () => {
  const f1 = (x: torch.Tensor) => {
    const y = x.add(1);
    gb();
    return y.add(2);
  };
  const f2 = (x: torch.Tensor) => {
    const y = f1(x.add(4));
    gb();
    return y.add(8);
  };
  const f3 = (x: torch.Tensor) => f2(x.add(16)).add(32);
  const { config } = torch._dynamo;
  const result = runDifferential(() => ({ fn: f3, calls: [[torch.zeros(3)]] }), {
    configure: () => {
      config.recompile_limit = 1;
    },
  });
  config.reset();
  expect(caseSummary(result)).toMatchObject({ frames: 3, breaks: [gbAt, gbAt] });
});

describe("B39: variables shared between nested functions", () => {
  test("B39: are shared across a break in the innermost one", () => {
    const f1 = (x1: torch.Tensor) => {
      let cell1 = x1.add(1);
      let cell2 = x1.add(2);
      const f2 = (x2: torch.Tensor, x3: torch.Tensor) => {
        let cell3 = x2.add(x3).add(4);
        cell1 = cell1.add(8);
        const f3 = (x4: torch.Tensor) => {
          cell2 = cell2.add(16);
          cell3 = cell3.add(32);
          gb();
          return x4.add(cell1).add(cell2).add(cell3);
        };
        return [f3(x2.add(x3)), cell3];
      };
      return [...f2(x1.add(64), x1.add(128)), cell1, cell2];
    };
    const outer = (x: torch.Tensor) => f1(x);
    expect(counts(outer, () => [torch.zeros(3)])).toEqual({ frames: 2, ops: 13, breaks: [gbAt] });
  });

  test("B39: are shared across two breaks in a row", () => {
    const f1 = (x1: torch.Tensor) => {
      let cell1 = x1.add(1);
      const f2 = (x2: torch.Tensor) => {
        cell1 = cell1.add(2);
        gb();
        gb();
        return x2.add(cell1);
      };
      return [f2(x1.add(4)), cell1];
    };
    const outer = (x: torch.Tensor) => f1(x);
    expect(counts(outer, () => [torch.zeros(3)])).toEqual({
      frames: 2,
      ops: 4,
      breaks: [gbAt, gbAt],
    });
  });

  test("B39: that nobody needs any more cost nothing", () => {
    const f3 = (x: torch.Tensor, cell1: number) => {
      cell1 += 2;
      const y = x.add(cell1);
      gb();
      return y.add(cell1);
    };
    const f1 = (cell1 = 0) => {
      const inner = (x: torch.Tensor) => f3(x.add(4), cell1).add(8);
      return inner;
    };
    const f2 = (x: torch.Tensor) => f1()(x.add(16)).add(32);
    expect(counts(f2, () => [torch.zeros(3)])).toEqual({ frames: 2, ops: 6, breaks: [gbAt] });
  });
});

test("B49: a helper that assigns an outer variable and breaks may be called again and again", () => {
  const result = runDifferential(() => {
    const fn = (x: torch.Tensor) => {
      let count = 1;
      const helper = () => {
        count += 1;
        gb();
      };
      helper();
      helper();
      helper();
      return [x.add(count), count];
    };
    return { fn, calls: [[torch.zeros(3)]] };
  });
  expect(result.results).toMatchObject([[{ shape: [3] }, 4]]);
  expect(result.breaks).toHaveLength(3);
});

describe("a break in every kind of callee resumes in the callee", () => {
  const object = {
    factor: 3,
    method(x: torch.Tensor) {
      const y = x.add(1);
      gb();
      return y.mul(this.factor);
    },
    get three() {
      gb();
      return this.factor;
    },
    last: 0,
    set held(value: number) {
      gb();
      this.last = value;
    },
  };

  test("a method keeps its `this`", () => {
    const fn = (x: torch.Tensor) => object.method(x.add(1)).sub(1);
    expect(counts(fn, () => [torch.zeros(3)])).toEqual({ frames: 2, ops: 4, breaks: [gbAt] });
  });

  test("a getter gives its value to the expression it stands in", () => {
    const fn = (x: torch.Tensor) =>
      x
        .add(1)
        .mul(object.three)
        .add(object.three + 1);
    expect(counts(fn, () => [torch.zeros(3)])).toEqual({
      frames: 3,
      ops: 3,
      breaks: [gbAt, gbAt],
    });
  });

  test("a setter returns to the assignment, whose value is what was assigned", () => {
    const fn = (x: torch.Tensor) => {
      const assigned = (object.held = 7);
      return x.add(assigned + object.last);
    };
    expect(counts(fn, () => [torch.zeros(3)])).toEqual({ frames: 1, ops: 1, breaks: [gbAt] });
  });

  test("a callback of map gives its element", () => {
    const fn = (x: torch.Tensor) => {
      const parts = [1, 2].map((by) => {
        const y = x.add(by);
        gb();
        return y.mul(by);
      });
      return parts[0]?.add(parts[1] ?? 0);
    };
    const result = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
    expect(caseSummary(result)).toEqual({ frames: 3, ops: 5, breaks: [gbAt, gbAt] });
  });

  test("a default parameter value is computed before the body", () => {
    const broken = () => {
      gb();
      return 3;
    };
    const inner = (x: torch.Tensor, by = broken()) => x.mul(by);
    const fn = (x: torch.Tensor) => inner(x.add(1)).sub(1);
    expect(counts(fn, () => [torch.ones(3)])).toEqual({ frames: 2, ops: 3, breaks: [gbAt] });
  });

  test("a destructuring default is computed when its property is missing", () => {
    const broken = (value: number) => {
      gb();
      return value;
    };
    const inner = (
      x: torch.Tensor,
      { by = broken(3), plus = broken(4) }: { by?: number; plus?: number },
    ) => x.mul(by).add(plus);
    const fn = (x: torch.Tensor) => inner(x.add(1), { by: 2 }).sub(1);
    expect(counts(fn, () => [torch.ones(3)])).toEqual({ frames: 2, ops: 4, breaks: [gbAt] });
  });

  test("recursion keeps a frame for every call", () => {
    const down = (x: torch.Tensor, depth: number): torch.Tensor => {
      if (depth === 0) {
        gb();
        return x;
      }
      const below = down(x.add(depth), depth - 1);
      return below.mul(depth);
    };
    const fn = (x: torch.Tensor) => down(x, 3);
    expect(counts(fn, () => [torch.ones(3)])).toEqual({ frames: 2, ops: 6, breaks: [gbAt] });
  });
});

describe("frames of one resume function whose variables have the same name", () => {
  const inner = (x: torch.Tensor, n: number) => {
    gb();
    return x.add(n);
  };
  const outer = (x: torch.Tensor, n: number, m: number) => inner(x, m).mul(n);

  test.each([false, null, true])("keep them apart (dynamic: %s)", (dynamic) => {
    runDifferential(
      () => ({
        fn: outer,
        calls: [
          [torch.ones(3), 2, 2],
          [torch.ones(3), 2, 3],
          [torch.ones(3), 3, 2],
          [torch.ones(3), 5, 7],
        ],
      }),
      { dynamic },
    );
  });
});
