import * as torch from "fullgraph";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ProgramCache } from "../../src/inductor/program-cache.ts";

afterEach(() => torch._dynamo.reset());

/** Runs `fn` eager and with inductor on each list of arguments. */
function compare(
  fn: (...args: never[]) => torch.Tensor,
  calls: readonly (readonly unknown[])[],
): void {
  const compiled = torch.compile(fn, { backend: "inductor", dynamic: true });
  for (const args of calls) {
    const [actual, expected] = [compiled, fn].map((each): unknown =>
      Reflect.apply(each, undefined, args),
    );
    // Both give tensors, as the type of `fn` says.
    torch.testing.assert_close(actual as torch.Tensor, expected as torch.Tensor);
  }
}

describe("a graph that is compiled once runs with other sizes", () => {
  test("pointwise operators and reductions", () => {
    compare(
      (x: torch.Tensor) => x.mul(2).add(x.sum(0)),
      [3, 4, 7, 1].map((n) => [torch.arange(n).to(torch.float32)]),
    );
  });

  test("views with sizes computed from sizes", () => {
    compare(
      (x: torch.Tensor) => {
        const [rows = 0, columns = 0] = x.shape;
        return x
          .mul(2)
          .view(rows * columns)
          .add(rows);
      },
      [3, 4, 7, 1].map((n) => [torch.ones(n, 3)]),
    );
  });

  test("numbers that shapes depend on, beside numbers that do not", () => {
    compare(
      (x: torch.Tensor, n: number, scale: number) => torch.arange(n).mul(scale).add(x),
      [
        [3, 0.5],
        [4, 1.5],
        [4, 2.5],
        [3, 3.5],
      ].map(([n = 0, scale = 0]) => [torch.ones(1), n, scale]),
    );
  });

  test("a strided tensor after a contiguous one", () => {
    compare(
      (x: torch.Tensor) => x.add(1).sum(0),
      [[torch.ones(3, 2)], [torch.ones(2, 5).t()], [torch.ones(3, 2)]],
    );
  });
});

test("sizes that were never seen give the same bits as when they come again", () => {
  const fn = (x: torch.Tensor, y: torch.Tensor): torch.Tensor => {
    const scaled = x
      .exp()
      .softmax(-1)
      .mul(y)
      .add(x.mean(-1, { keepdim: true }));
    y.add_(1);
    return scaled.cumsum(0).tanh().sort(-1).values;
  };
  const compiled = torch.compile(fn, { dynamic: true });
  for (const [rows, columns] of [
    [3, 100],
    [4, 120],
    [7, 301],
    [16, 100],
    [2, 5],
  ] as const) {
    torch.manual_seed(rows);
    const [x, y] = [torch.randn(rows, columns), torch.randn(columns)];
    const calls = Array.from({ length: 3 }, () => {
      const own = y.clone();
      return [compiled(x, own).tolist(), own.tolist()];
    });
    expect(calls[1]).toEqual(calls[0]);
    expect(calls[2]).toEqual(calls[0]);
    torch.testing.assert_close(compiled(x, y.clone()), fn(x, y.clone()));
  }
});

test("two hundred lengths compile no kernel again", () => {
  const compiled = torch.compile(
    (x: torch.Tensor) => x.mul(2).cumsum(0).add(1).softmax(0).sum(0, { keepdim: true }).add(x),
    { backend: "inductor", dynamic: true },
  );
  for (const length of [300, 301, 500]) compiled(torch.ones(length));
  const modules = vi.spyOn(WebAssembly, "Module");
  for (let length = 301; length <= 500; length++) {
    const result = compiled(torch.ones(length));
    expect(result.shape).toEqual([length]);
  }
  expect(modules.mock.calls.length).toBe(0);
  modules.mockRestore();
});

test("programs for sizes are forgotten, those that served longest ago first", () => {
  const cache = new ProgramCache<number>();
  const sizes = Array.from({ length: 300 }, (_, length) => torch.empty(length));
  for (const [length, tensor] of sizes.entries()) {
    cache.add([tensor], null, length);
    cache.find([sizes[0]]);
  }
  expect([0, 1, 40, 100, 299].map((length) => cache.find([sizes[length]]))).toEqual([
    0,
    null,
    null,
    100,
    299,
  ]);
});
