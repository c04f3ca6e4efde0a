import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { runDifferential } from "../differential.ts";

const exact = { rtol: 0, atol: 0 };

describe.each([torch.float16, torch.bfloat16])("%s", (dtype) => {
  test("a number that varies is rounded to the tensor's dtype, but for products and quotients", () => {
    const result = runDifferential(
      () => ({
        fn: (x: torch.Tensor, k: number) => [x.add(k), x.mul(k), x.div(k), x.lt(k), x.pow(k)],
        calls: [0.1, 0.3, 7.7, 0.7].map((k) => [torch.arange(12).div(7).to(dtype), k]),
      }),
      { tolerance: exact, fullgraph: true },
    );
    expect(result.breaks).toEqual([]);
    expect(result.frames).toBeLessThanOrEqual(2);
  });

  test("in-place operators, views, indexing and joins are captured", () => {
    runDifferential(
      () => ({
        fn: (x: torch.Tensor, y: torch.Tensor, rows: torch.Tensor) => {
          x.add_(y).mul_(0.3);
          x.select(0, 1).copy_(y.select(0, 0));
          const joined = torch.cat([x, y.t().reshape(4, 6)]);
          return [joined.index_select(0, rows), joined.gather(1, rows.reshape(1, 3)), x.sort(1)];
        },
        calls: [1, 2].map((seed) => {
          torch.manual_seed(seed);
          const [x, y] = [torch.randn(4, 6).to(dtype), torch.randn(4, 6).to(dtype)];
          return [x, y, torch.tensor([2n, 0n, 5n])];
        }),
      }),
      { tolerance: exact, fullgraph: true },
    );
  });

  test("layers give what they give uncompiled", () => {
    runDifferential(
      () => ({
        fn: (x: torch.Tensor, w: torch.Tensor) => {
          const scores = torch.nn.functional.linear(x, w).relu();
          const attended = torch.nn.functional.scaled_dot_product_attention(scores, scores, scores);
          return torch.nn.functional.layer_norm(attended, [8]).softmax(1).sum(0);
        },
        calls: [1, 2].map((seed) => {
          torch.manual_seed(seed);
          return [torch.randn(40, 16).to(dtype), torch.randn(8, 16).to(dtype)];
        }),
      }),
      { tolerance: exact, fullgraph: true },
    );
  });

  test("random numbers are those of the uncompiled program", () => {
    runDifferential(
      () => ({
        fn: (x: torch.Tensor) => torch.rand_like(x).add(torch.randn(37, { dtype })).mul(x),
        calls: [[torch.ones(37, { dtype })]],
      }),
      { tolerance: exact, seed: 3 },
    );
  });

  test("a capture for float32 does not serve it", () => {
    const result = runDifferential(() => ({
      fn: (x: torch.Tensor) => x.add(1).div(3),
      calls: [[torch.ones(3)], [torch.ones(3, { dtype })], [torch.ones(3)]],
    }));
    expect(result.framesAfter).toEqual([1, 2, 2]);
  });

  test("as the default dtype, it is what numbers become", () => {
    const before = torch.get_default_dtype();
    torch.set_default_dtype(dtype);
    const made = [torch.tensor([1, 2]), torch.ones(2), torch.arange(3).div(2), torch.rand(2)];
    const text = String(torch.tensor([0.5]));
    torch.set_default_dtype(before);
    expect(made.map((each) => each.dtype)).toEqual([dtype, dtype, dtype, dtype]);
    expect(text).toBe("tensor([0.5000])");
  });
});
