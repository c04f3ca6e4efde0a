import * as torch from "fullgraph";
import { describe, expect, test } from "vitest";
import { runDifferential } from "../../differential.ts";
import { rows } from "./rows.ts";

/** Graphs after each call. */
const frames = (
  fn: (x: torch.Tensor) => unknown,
  calls: () => readonly (readonly [torch.Tensor])[],
  dynamic: boolean | null = null,
): readonly number[] => runDifferential(() => ({ fn, calls: calls() }), { dynamic }).framesAfter;

describe("E: sizes become symbols by themselves", () => {
  test("E89: the second size makes the dimension dynamic, and sizes 1 and 0 are sizes like any other", () => {
    expect(
      frames(
        (x) => x.add(1),
        () => rows([3, 4, 5, 1, 0, 7]),
      ),
    ).toEqual([1, 2, 2, 2, 2, 2]);
  });

  test("E93: a decision on a size splits the sizes into two compiles", () => {
    const fn = (x: torch.Tensor): torch.Tensor => (x.size(0) > 4 ? x.add(1) : x.sub(1));
    expect(frames(fn, () => rows([3, 4, 6, 9, 2, 100]))).toEqual([1, 2, 3, 3, 3, 3]);
  });

  test("dynamic: true serves every size with the first compile", () => {
    expect(
      frames(
        (x) => x.mul(2),
        () => rows([3, 4, 5, 1, 0]),
        true,
      ),
    ).toEqual([1, 1, 1, 1, 1]);
  });

  test("dynamic: false compiles every size", () => {
    expect(
      frames(
        (x) => x.mul(2),
        () => rows([3, 4, 5, 4]),
        false,
      ),
    ).toEqual([1, 2, 3, 3]);
  });

  test("a decision on the size of a computed tensor is checked for every size", () => {
    const fn = (x: torch.Tensor): unknown => {
      const y = x.matmul(torch.ones(3, 5));
      if (y.size(0) > 4) return y.add(1);
      return [y.sub(1), y.shape, y.numel(), y.size(-1)];
    };
    expect(frames(fn, () => rows([3, 4, 6, 9, 2], 3))).toEqual([1, 2, 3, 3, 3]);
  });

  test("sizes computed from sizes stay symbols in view, reshape and arithmetic", () => {
    const fn = (x: torch.Tensor): torch.Tensor => {
      const [b = 0, t = 0] = x.shape;
      const y = x.mul(2).view(b * t);
      return y.view(t, b).t().reshape(b, -1).add(y.size(0));
    };
    expect(frames(fn, () => rows([3, 4, 6, 9, 2, 1], 3))).toEqual([1, 2, 2, 2, 2, 2]);
  });

  test("squeeze is compiled again where it changes the rank", () => {
    expect(
      frames(
        (x) => x.add(1).squeeze(),
        () => rows([3, 4, 1, 9], 3),
      ),
    ).toEqual([1, 2, 3, 3]);
  });

  test("a list of as many tensors as the size says is compiled for each length", () => {
    const fn = (x: torch.Tensor): torch.Tensor[] =>
      x
        .add(1)
        .split(2)
        .map((part) => part.sum());
    expect(frames(fn, () => rows([4, 3, 6, 5]))).toEqual([1, 2, 3, 3]);
  });

  test("E96: a loop over a size is compiled for each size", () => {
    const fn = (x: torch.Tensor): torch.Tensor => {
      let y = x;
      for (let i = 0; i < x.size(0); i++) y = y.add(i);
      return y;
    };
    expect(frames(fn, () => rows([3, 4, 5, 3]))).toEqual([1, 2, 3, 3]);
  });

  test("E91: a number that is used as a size becomes a symbol", () => {
    const run = runDifferential(() => ({
      fn: (x: torch.Tensor, n: number) => torch.arange(n).add(x).reshape(n, 1),
      calls: [3, 4, 5, 6, 1, 0].map((n) => [torch.ones(1), n]),
    }));
    expect(run.framesAfter).toEqual([1, 2, 2, 2, 2, 2]);
  });

  test("a resume function takes its tensors in any size", () => {
    const fn = (x: torch.Tensor): torch.Tensor => {
      const y = x.mul(2);
      torch._dynamo.graph_break();
      return y.view(y.size(0), -1).add(x.size(0));
    };
    expect(frames(fn, () => rows([3, 4, 5, 6, 1], 2))).toEqual([2, 4, 4, 4, 4]);
  });

  test("two tensors may differ in size where the program lets them", () => {
    const run = runDifferential(() => ({
      fn: (x: torch.Tensor, y: torch.Tensor) => [x.sum().add(y), x.shape[0] === y.shape[0]],
      calls: [
        [3, 3],
        [4, 4],
        [5, 6],
        [7, 8],
        [9, 9],
      ].map(([a = 0, b = 0]) => [torch.ones(a), torch.ones(b)]),
    }));
    expect(run.framesAfter).toEqual([1, 2, 2, 2, 2]);
  });

  test("sizes that do not fit throw as they do eagerly, and leave the other sizes working", () => {
    runDifferential(() => ({
      fn: (x: torch.Tensor, y: torch.Tensor) => x.add(y),
      calls: [
        [3, 3],
        [4, 4],
        [1, 4],
        [3, 4],
        [5, 5],
      ].map(([a = 0, b = 0]) => [torch.ones(a), torch.ones(b)]),
    }));
  });

  test("a strided tensor is served by the entry of contiguous ones where strides do not matter", () => {
    const run = runDifferential(() => ({
      fn: (x: torch.Tensor) => x.add(1).sum(0),
      calls: [[torch.ones(3, 2)], [torch.ones(4, 2)], [torch.ones(2, 5).t()], [torch.ones(6, 2)]],
    }));
    expect(run.framesAfter).toEqual([1, 2, 2, 2]);
  });

  test("view of a transposed tensor throws for the strides that it cannot view", () => {
    runDifferential(() => ({
      fn: (x: torch.Tensor) => x.view(-1),
      calls: [[torch.ones(3, 2)], [torch.ones(4, 2)], [torch.ones(2, 5).t()], [torch.ones(6, 2)]],
    }));
  });

  test("contiguous() gives the tensor itself only for the strides where eager code does", () => {
    runDifferential(() => ({
      fn: (x: torch.Tensor) => [x.contiguous() === x, x.contiguous().add(1)],
      calls: [[torch.ones(3, 2)], [torch.ones(4, 2)], [torch.ones(2, 5).t()], [torch.ones(6, 2)]],
    }));
  });
});
