import * as torch from "fullgraph";
import { describe, expect, test } from "vitest";
import { type DifferentialResult, runDifferential } from "../../differential.ts";

type Tensor = torch.Tensor;
const { associative_scan, map, scan, while_loop } = torch._higher_order_ops;
const { exc } = torch._dynamo;

/** Runs eager and compiled: everything in one graph, for all calls. */
function oneGraph(
  fn: (x: Tensor) => unknown,
  calls: () => readonly Tensor[] = () => [torch.ones(3)],
  dynamic: boolean | null = null,
): DifferentialResult {
  const run = runDifferential(() => ({ fn, calls: calls().map((x) => [x]) }), { dynamic });
  expect(run.frames).toBe(1);
  expect(run.breaks).toEqual([]);
  return run;
}

const errorOf = (fn: (x: Tensor) => unknown): unknown => {
  try {
    torch.compile(fn, { backend: "eager" })(torch.ones(3));
  } catch (error) {
    return error;
  } finally {
    torch._dynamo.reset();
  }
  return null;
};

describe("G110: while_loop", () => {
  test("five doublings give 32 times the input, in one graph", () => {
    const { results } = oneGraph((x) => {
      const [, doubled] = while_loop(
        (i: Tensor) => i.lt(5),
        (i: Tensor, y: Tensor) => [i.add(1), y.mul(2)],
        [torch.tensor(0), x],
      );
      return doubled;
    });
    expect(String(results[0])).toBe("tensor([32., 32., 32.])");
  });

  test("how often it runs depends on the data, within one graph", () => {
    oneGraph(
      (x) =>
        while_loop(
          (y: Tensor) => y.sum().lt(20),
          (y: Tensor) => [y.mul(2)],
          [x],
        )[0].add(1),
      () => [torch.ones(3), torch.full([3], 100), torch.full([3], 0.1)],
    );
  });

  test("a number is carried as a number of the graph", () => {
    oneGraph((x) => {
      const [count, y] = while_loop(
        (i: number, y: Tensor) => y.sum().lt(50),
        (i: number, y: Tensor) => [i + 1, y.mul(2)],
        [0, x],
      );
      return y.add(count);
    });
  });

  test("tensors and numbers from around the functions become operands", () => {
    oneGraph((x) => {
      const limit = x.sum().mul(7);
      const rate = x.mean();
      return while_loop(
        (y: Tensor) => y.sum().lt(limit),
        (y: Tensor) => [y.add(rate)],
        [x],
      );
    });
  });

  test("without a step the result is the tensor that was carried in", () => {
    const fn = (x: Tensor): Tensor =>
      while_loop(
        (y: Tensor) => y.sum().lt(0),
        (y: Tensor) => [y.add(1)],
        [x],
      )[0];
    const x = torch.ones(3);
    expect(torch.compile(fn, { backend: "eager" })(x)).toBe(x);
    torch._dynamo.reset();
  });

  test("a condition that never changes is an infinite loop", () => {
    const error = errorOf((x) =>
      while_loop(
        () => true,
        (y: Tensor) => [y.add(1)],
        [x],
      ),
    );
    expect(error).toBeInstanceOf(exc.UncapturedHigherOrderOpError);
    expect(String(error)).toContain("infinite loop");
  });

  test("a body that changes the shape is refused", () => {
    const error = errorOf((x) =>
      while_loop(
        (y: Tensor) => y.sum().lt(5),
        (y: Tensor) => [y.sum()],
        [x],
      ),
    );
    expect(String(error)).toContain("was given f32[3] and returned f32[]");
  });

  test("sizes may vary", () => {
    oneGraph(
      (x) =>
        while_loop(
          (y: Tensor) => y.sum().lt(20),
          (y: Tensor) => [y.add(1)],
          [x],
        ),
      () => [torch.ones(3), torch.ones(4), torch.ones(5)],
      true,
    );
  });
});

describe("G110: scan, associative_scan and map", () => {
  test("scan carries a sum and stacks what each step gives", () => {
    const { results } = oneGraph((x) =>
      scan((sum: Tensor, y: Tensor) => [sum.add(y), sum.mul(2)], torch.tensor(0), x),
    );
    expect(String(results[0])).toBe("tensor(3.),tensor([0., 2., 4.])");
  });

  test("scan takes trees, another dimension and the way back", () => {
    oneGraph(
      (x) =>
        scan(
          (carry: { a: Tensor }, y: readonly Tensor[]) => [
            { a: carry.a.mul(0.5).add(y[0] ?? carry.a) },
            { last: carry.a.neg(), both: [y[1] ?? carry.a] },
          ],
          { a: torch.zeros(2) },
          [x, x.mul(2)],
          { dim: 1, reverse: true },
        ),
      () => [torch.arange(6).to(torch.float32).reshape(2, 3)],
    );
  });

  test("a scan over any length is one compile", () => {
    oneGraph(
      (x) => scan((sum: Tensor, y: Tensor) => [sum.add(y), sum.mul(1)], torch.tensor(0), x),
      () => [torch.ones(3), torch.ones(7), torch.ones(1)],
      true,
    );
  });

  test("associative_scan gives all prefixes", () => {
    const { results } = oneGraph((x) => associative_scan((a: Tensor, b: Tensor) => a.add(b), x, 0));
    expect(String(results[0])).toBe("tensor([1., 2., 3.])");
  });

  test("associative_scan along another dimension, backwards", () => {
    oneGraph(
      (x) => associative_scan((a: Tensor, b: Tensor) => a.mul(b), x, 1, { reverse: true }),
      () => [torch.arange(6).to(torch.float32).reshape(2, 3)],
    );
  });

  test("map applies a function to every row, with further arguments", () => {
    oneGraph(
      (x) => map((row: Tensor, bias: Tensor) => [row.sum(), row.add(bias)], x, x.mean()),
      () => [torch.ones(4, 2)],
    );
  });

  test("an empty dimension throws, as it does eagerly", () => {
    runDifferential(() => ({
      fn: (x: Tensor) => {
        try {
          return map((row: Tensor) => row.sum(), x);
        } catch {
          return x;
        }
      },
      calls: [],
    }));
    expect(() => map((row: Tensor) => row.sum(), torch.ones(0, 2))).toThrow("must not have size 0");
    expect(String(errorOf(() => map((row: Tensor) => row.sum(), torch.ones(0, 2))))).toContain(
      "must not have size 0",
    );
  });
});

describe("switch", () => {
  const choose = (x: Tensor, index: Tensor): Tensor =>
    torch._higher_order_ops.switch(
      index,
      [(y: Tensor) => y.sin(), (y: Tensor) => y.cos(), (y: Tensor) => y],
      [x],
    );

  test("all branches are one graph, and numbers out of range mean the ends", () => {
    const run = runDifferential(() => ({
      fn: choose,
      calls: [0n, 1n, 2n, 7n, -1n].map((index) => [torch.ones(3), torch.tensor(index)]),
    }));
    expect(run.framesAfter).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("cond with branches that hand things on", () => {
  test("a branch may be the identity", () => {
    const fn = (x: Tensor): Tensor =>
      torch.cond(
        x.sum().gt(0),
        (y: Tensor) => y,
        (y: Tensor) => y.neg(),
        [x],
      );
    oneGraph(fn, () => [torch.ones(3), torch.full([3], -1)]);
    const x = torch.ones(3);
    expect(torch.compile(fn, { backend: "eager" })(x)).toBe(x);
    torch._dynamo.reset();
  });

  test("whether the result is the operand is a question only running the graph answers", () => {
    runDifferential(() => ({
      fn: (x: Tensor) => {
        const y = torch.cond(
          x.sum().gt(0),
          (z: Tensor) => z,
          (z: Tensor) => z.neg(),
          [x],
        );
        return [y === x, y.add(1)];
      },
      calls: [[torch.ones(3)], [torch.full([3], -1)]],
    }));
  });

  test("writing to the result writes to the operand where the branch handed it on", () => {
    runDifferential(() => ({
      fn: (x: Tensor) => {
        const y = torch.cond(
          x.sum().gt(0),
          (z: Tensor) => z.view(-1),
          (z: Tensor) => z.neg(),
          [x],
        );
        y.add_(10);
        return x.mul(2);
      },
      calls: [[torch.ones(3)], [torch.full([3], -1)]],
    }));
  });

  test("branches may give different sizes", () => {
    const run = runDifferential(() => ({
      fn: (x: Tensor) => {
        const y = torch.cond(
          x.sum().gt(0),
          (z: Tensor) => z.narrow(0, 0, 2),
          (z: Tensor) => z.narrow(0, 0, 4),
          [x],
        );
        return [y.mul(2).sum(), y.size(0)];
      },
      calls: [[torch.ones(5)], [torch.full([5], -1)]],
    }));
    expect(run.framesAfter).toEqual([1, 1]);
  });

  test("branches may give different integers", () => {
    const run = runDifferential(() => ({
      fn: (x: Tensor) => {
        const [y, n] = torch.cond(
          x.sum().gt(0),
          (z: Tensor): [Tensor, number] => [z.add(1), 3],
          (z: Tensor): [Tensor, number] => [z.sub(1), 4],
          [x],
        );
        return y.mul(n);
      },
      calls: [[torch.ones(5)], [torch.full([5], -1)]],
    }));
    expect(run.framesAfter).toEqual([1, 1]);
  });
});
