import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { redirectLogs, resetLogging } from "../../../src/base/logging.ts";
import { runDifferential } from "../../differential.ts";

/** Group G of the behavioural checklist, as far as torch.cond goes. */

const { exc } = torch._dynamo;
type Tensor = torch.Tensor;

afterEach(() => {
  torch._dynamo.reset();
});

const ones = (): Tensor => torch.ones(3);
const negative = (): Tensor => torch.full([3], -1);

describe("G106: a predicate that is a tensor", () => {
  const fn = (x: Tensor) =>
    torch.cond(
      x.sum().gt(0),
      (y: Tensor) => y.add(1),
      (y: Tensor) => y.sub(1),
      [x],
    );

  test("both branches are one graph, for both predicates", () => {
    const run = runDifferential(() => ({ fn, calls: [[ones()], [negative()], [ones()]] }));
    expect(run.framesAfter).toEqual([1, 1, 1]);
    expect(run.opsAfter).toEqual([4, 4, 4]);
    expect(run.breaks).toEqual([]);
    expect(run.results.map(String)).toEqual([
      "tensor([2., 2., 2.])",
      "tensor([-2., -2., -2.])",
      "tensor([2., 2., 2.])",
    ]);
  });

  test("the graph is the sum, the comparison, the operator and the item of its result", () => {
    const names = torch._dynamo
      .explain(fn)(ones())
      .ops_per_graph.map((ops) => ops.map((name) => name.replace(/^.*\./, "")));
    expect(names).toEqual([["sum", "gt", "cond", "getitem"]]);
  });

  test("a cond inside a branch stays in the graph", () => {
    const run = runDifferential(() => {
      const nested = (x: Tensor) =>
        torch.cond(
          x.sum().gt(0),
          (y: Tensor) =>
            torch.cond(
              y.max().gt(2),
              (z: Tensor) => z.mul(10),
              (z: Tensor) => z.mul(100),
              [y],
            ),
          (y: Tensor) => y.sub(1),
          [x],
        );
      return { fn: nested, calls: [[ones()], [torch.full([3], 3)], [negative()]] };
    });
    expect(run.framesAfter).toEqual([1, 1, 1]);
    expect(run.breaks).toEqual([]);
  });

  test("tensors that a branch closes over become operands", () => {
    const run = runDifferential(() => {
      const bias = torch.full([3], 5);
      const closing = (x: Tensor) => {
        const local = x.mul(2);
        return torch.cond(
          x.sum().gt(0),
          (y: Tensor) => y.add(bias).add(local),
          (y: Tensor) => y.sub(local),
          [x],
        );
      };
      return { fn: closing, calls: [[ones()], [negative()]], watch: bias };
    });
    expect(run.framesAfter).toEqual([1, 1]);
    expect(run.breaks).toEqual([]);
  });

  test("several results come back in the structure of the branches", () => {
    const run = runDifferential(() => {
      const several = (x: Tensor) =>
        torch.cond(
          x.sum().gt(0),
          (y: Tensor) => ({ a: [y.add(1), y.mul(2)], n: 3 }),
          (y: Tensor) => ({ a: [y.sub(1), y.div(2)], n: 3 }),
          [x],
        );
      return { fn: several, calls: [[ones()], [negative()]] };
    });
    expect(run.framesAfter).toEqual([1, 1]);
  });

  test("branches without operands close over everything", () => {
    const run = runDifferential(() => {
      const closing = (x: Tensor) =>
        torch.cond(
          x.sum().gt(0),
          () => x.add(1),
          () => x.sub(1),
        );
      return { fn: closing, calls: [[ones()], [negative()]] };
    });
    expect(run.framesAfter).toEqual([1, 1]);
  });

  // Gradients belong to the autograd work that follows: "grads flow through the taken branch only" is not tested here.
});

describe("G107: a predicate that is a boolean", () => {
  const fn = (x: Tensor, up: boolean) =>
    torch.cond(
      up,
      (y: Tensor) => y.add(1),
      (y: Tensor) => y.sub(1),
      [x],
    );

  test("only the branch taken is captured, with a warning, once for each value", () => {
    let log = "";
    const restore = redirectLogs((text) => {
      log += text;
    });
    resetLogging();
    try {
      const run = runDifferential(() => ({
        fn,
        calls: [
          [ones(), true],
          [ones(), false],
          [ones(), true],
        ],
      }));
      expect(run.framesAfter).toEqual([1, 2, 2]);
      expect(run.opsAfter).toEqual([1, 2, 2]);
    } finally {
      restore();
      resetLogging();
    }
    expect(log.match(/torch\.cond/g)).toHaveLength(1);
    expect(log).toContain("plain boolean");
  });
});

describe("G107: a predicate on a size that varies", () => {
  const bySize = (whenLarge: (y: Tensor) => Tensor) => (x: Tensor) =>
    torch.cond((x.shape[0] ?? 0) > 4, whenLarge, (y: Tensor) => y.sub(1), [x]).mul(2);
  const calls = () => [3, 6, 9, 2, 4, 5].map((size) => [torch.ones(size)]);

  test("is one graph, for both branches", () => {
    const run = runDifferential(() => ({ fn: bySize((y) => y.add(1)), calls: calls() }), {
      dynamic: true,
    });
    expect(run.framesAfter.at(-1)).toBe(1);
  });

  test("takes the branch at hand where the other cannot be captured, or gives another size", () => {
    for (const whenLarge of [(y: Tensor) => y.narrow(0, 0, 5), (y: Tensor) => torch.cat([y, y])]) {
      const run = runDifferential(() => ({ fn: bySize(whenLarge), calls: calls() }), {
        dynamic: true,
      });
      expect(run.framesAfter.at(-1)).toBe(2);
    }
  });
});

/** The message of the error that capturing throws, though graph breaks are allowed. */
function errorOf(fn: (x: Tensor) => unknown): Error {
  const compiled = torch.compile(fn, { backend: "eager" });
  try {
    compiled(ones());
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("the call was to fail");
}

/** `cond` with one branch under test and one that is fine. */
const condWith =
  (branch: (y: Tensor) => unknown, other: (y: Tensor) => unknown = (y) => y.sub(1)) =>
  (x: Tensor) =>
    torch.cond(x.sum().gt(0), branch, other, [x]);

let outside = 0;
const list: unknown[] = [];

describe("G108: what a branch must not do is an error, not a break", () => {
  const cases: readonly (readonly [title: string, fn: (x: Tensor) => unknown])[] = [
    ["results of different dtype", condWith((y) => y.to(torch.float64))],
    ["results of different rank", condWith((y) => y.sum())],
    ["results of different structure", condWith((y) => [y, y])],
    [
      "a string as result",
      condWith(
        () => "text",
        () => "text",
      ),
    ],
    [
      "null as result",
      condWith(
        () => null,
        () => null,
      ),
    ],
    [
      "a fraction as result",
      condWith(
        () => 0.5,
        () => 0.5,
      ),
    ],
    [
      "a graph break",
      condWith((y) => {
        torch._dynamo.graph_break();
        return y.add(1);
      }),
    ],
    [
      "printing",
      condWith((y) => {
        console.log("never");
        return y.add(1);
      }),
    ],
    ["an item", condWith((y) => y.add(y.sum().item()))],
    ["a branch on data", condWith((y) => (y.sum().gt(1).item() ? y.add(1) : y.add(2)))],
    [
      "a write to an outer array",
      condWith((y) => {
        list.push(1);
        return y.add(1);
      }),
    ],
    [
      "a write to an outer variable",
      condWith((y) => {
        outside += 1;
        return y.add(1);
      }),
    ],
    ["a changed operand", condWith((y) => y.add_(1))],
    [
      "a branch that takes more operands than there are",
      (x) => {
        const branch = (y: Tensor, z?: Tensor) => y.add(torch.sin(z as unknown as Tensor));
        return torch.cond(x.sum().gt(0), branch, branch, [x]);
      },
    ],
  ];

  test.each(cases)("%s", (_title, fn) => {
    const error = errorOf(fn);
    expect(error).toBeInstanceOf(exc.UncapturedHigherOrderOpError);
    expect(error.message).toContain("torch.cond");
    expect(error.message).toMatch(/test\/checklist\/operators\/cond\.test\.ts:\d+:\d+/);
  });

  test.each([
    [
      "true_fn",
      condWith((y) => y.to(torch.float64)),
      "true_fn returns tensor of f64[3] and false_fn returns tensor of f32[3]",
    ],
    [
      "true_fn",
      condWith((y) => (console.log(y), y)),
      "Higher Order Operator: torch.cond (true_fn)\n",
    ],
    [
      "false_fn",
      condWith(
        (y) => y,
        (y) => (torch._dynamo.graph_break(), y),
      ),
      "captured completely, but in false_fn there was:",
    ],
  ])("the message names the function, %s, and its line", (_, fn, expected) => {
    const { message } = errorOf(fn);
    expect(message).toContain(expected);
    expect(message).toMatch(/from user code:[^]*cond\.test\.ts:\d+/);
  });

  test("nothing has happened outside the branches", () => {
    expect([outside, list]).toEqual([0, []]);
  });

  test("operands that are not an array", () => {
    const error = errorOf((x) => {
      const operands = x as unknown as [Tensor];
      return torch.cond(
        x.sum().gt(0),
        (y: Tensor) => y.add(1),
        (y: Tensor) => y.sub(1),
        operands,
      );
    });
    expect(error).toBeInstanceOf(exc.UncapturedHigherOrderOpError);
    expect(error.message).toContain("torch.cond");
  });

  test("a branch that is not a function", () => {
    const error = errorOf((x) => {
      const branch = 5 as unknown as (y: Tensor) => Tensor;
      return torch.cond(x.sum().gt(0), branch, (y: Tensor) => y.sub(1), [x]);
    });
    expect(error).toBeInstanceOf(exc.UncapturedHigherOrderOpError);
    expect(error.message).toContain("torch.cond");
  });

  test("too few arguments", () => {
    const error = errorOf((x) => {
      const cond = torch.cond as (...args: readonly unknown[]) => unknown;
      return cond(x.sum().gt(0), (y: Tensor) => y);
    });
    expect(error).toBeInstanceOf(exc.UncapturedHigherOrderOpError);
  });
});
