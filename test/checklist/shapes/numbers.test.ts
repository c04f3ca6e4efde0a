import * as torch from "fullgraph";
import { describe, expect, test } from "vitest";
import { runDifferential } from "../../differential.ts";
import { rows } from "./rows.ts";

type Tensor = torch.Tensor;

/** Graphs after each call. */
const frames = (
  fn: (...args: never[]) => unknown,
  calls: () => readonly (readonly unknown[])[],
): readonly number[] => runDifferential(() => ({ fn, calls: calls() })).framesAfter;

const withNumbers = (numbers: readonly number[]) => () =>
  numbers.map((number) => [torch.ones(3), number]);

describe("E91, E92: numbers become symbols by themselves", () => {
  const scaled = (x: Tensor, n: number): Tensor => x.mul(n).add(n);

  test("the second integer makes the parameter dynamic", () => {
    expect(frames(scaled, withNumbers([1, 2, 3, 4]))).toEqual([1, 2, 2, 2]);
  });

  test("0 and 1 need no graph of their own", () => {
    expect(frames(scaled, withNumbers([2, 3, 7, 1, 0, -1]))).toEqual([1, 2, 2, 2, 2, 2]);
  });

  test("fractions, and integers after them", () => {
    expect(frames(scaled, withNumbers([1.5, 2.5, 3.5, 4]))).toEqual([1, 2, 2, 2]);
  });

  test("with specialize_int every integer has its own graph", () => {
    const run = runDifferential(() => ({ fn: scaled, calls: withNumbers([1, 2, 3])() }), {
      configure: () => void (torch._dynamo.config.specialize_int = true),
    });
    torch._dynamo.config.reset();
    expect(run.framesAfter).toEqual([1, 2, 3]);
  });
});

describe("E96: loops", () => {
  test("up to a number are unrolled, one graph for each", () => {
    const fn = (x: Tensor, n: number): Tensor => {
      let y = x;
      for (let i = 0; i < n; i++) y = y.add(i);
      return y;
    };
    expect(frames(fn, withNumbers([3, 4, 5, 4]))).toEqual([1, 2, 3, 3]);
  });

  test("over the rows of a tensor likewise", () => {
    const fn = (x: Tensor): Tensor => {
      let y = x.sum();
      for (const row of x) y = y.add(row);
      return y;
    };
    expect(frames(fn, () => rows([3, 4, 5]))).toEqual([1, 2, 3]);
  });
});
