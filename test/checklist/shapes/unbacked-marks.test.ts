import * as torch from "fullgraph";
import { afterEach, describe, expect, test } from "vitest";
import { runDifferential } from "../../differential.ts";

const { mark_unbacked, exc } = torch._dynamo;
type Tensor = torch.Tensor;
afterEach(() => torch._dynamo.reset());

type Mark = Parameters<typeof mark_unbacked>[2];
const marked = (size: number, mark: Mark = {}): Tensor => {
  const x = torch
    .arange(0, size * 2)
    .to(torch.float32)
    .view(size, 2);
  mark_unbacked(x, 0, mark);
  return x;
};

/** How many graphs there were after each call. */
function framesOf(
  fn: (...args: never[]) => unknown,
  calls: () => readonly (readonly unknown[])[],
  options: Parameters<typeof runDifferential>[1] = {},
): readonly number[] {
  return runDifferential(() => ({ fn, calls: calls() }), options).framesAfter;
}

describe("E95: mark_unbacked", () => {
  test("serves all sizes with the first compile, 0 and 1 too", () => {
    const frames = framesOf(
      (x: Tensor) =>
        x
          .mul(2)
          .sum(1)
          .add(x.shape[0] ?? 0),
      () => [5, 6, 1, 0, 7].map((size) => [marked(size)]),
    );
    expect(frames).toEqual([1, 1, 1, 1, 1]);
  });

  test("a branch on the size is a graph break, each way compiled once", () => {
    const run = runDifferential(() => ({
      fn: (x: Tensor) => (x.size(0) > 4 ? x.add(1) : x.sub(1)),
      calls: [5, 6, 1, 0].map((size) => [marked(size)]),
    }));
    expect(run.breaks.map(({ reason }) => reason.id)).toEqual(["GB0170"]);
    // Nothing comes before the branch: the two ways are all there is to compile.
    expect(run.frames).toBeLessThanOrEqual(3);
  });

  test("with fullgraph the branch becomes torch.cond, and one graph serves both ways", () => {
    const frames = framesOf(
      (x: Tensor) => (x.size(0) > 4 ? x.add(1) : x.sub(1)),
      () => [5, 6, 1, 0].map((size) => [marked(size)]),
      { fullgraph: true },
    );
    expect(frames).toEqual([1, 1, 1, 1]);
  });

  test("a range is known to the program, and sizes outside it are compiled apart", () => {
    const frames = framesOf(
      (x: Tensor) => (x.size(0) >= 4 ? x.add(1) : x.sub(1)),
      () => [5, 9, 4, 20].map((size) => [marked(size, { min: 4, max: 10 })]),
    );
    expect(frames).toEqual([1, 1, 1, 2]);
  });

  test("dimensions with one shape_id are known to be equal, and compiled apart where they are not", () => {
    const id = { shape_id: "batch" };
    const frames = framesOf(
      (x: Tensor, y: Tensor) => (x.size(0) === y.size(0) ? x.add(y) : x),
      () => [
        [marked(3, id), marked(3, id)],
        [marked(8, id), marked(8, id)],
        [marked(3, id), marked(4, id)],
      ],
      { fullgraph: true },
    );
    expect(frames).toEqual([1, 1, 2]);
  });

  test("strict refuses a program that makes one size of it", () => {
    const fn = torch.compile(
      (x: Tensor) => {
        torch._check(x.size(0) === 5);
        return x.add(1);
      },
      { backend: "eager" },
    );
    expect(() => fn(marked(5, { strict: true }))).toThrow(exc.ConstraintViolationError);
    expect(fn(marked(5)).shape).toEqual([5, 2]);
  });

  test("the other dimensions stay static or become dynamic as always", () => {
    const frames = framesOf(
      (x: Tensor) => x.sum(0).mul(x.size(1)),
      () =>
        [2, 3, 4].map((columns) => {
          const x = torch.ones(columns + 1, columns);
          mark_unbacked(x, 0);
          return [x];
        }),
    );
    expect(frames).toEqual([1, 2, 2]);
  });

  test("a tensor that lies otherwise in memory is compiled apart, and cannot be marked", () => {
    const frames = framesOf(
      (x: Tensor) => x.mul(2),
      () => [[marked(5)], [torch.ones(3, 2)], [torch.ones(2, 4).t()], [marked(6)]],
    );
    expect(frames).toEqual([1, 1, 2, 2]);
    expect(() => mark_unbacked(torch.ones(2, 3).t(), 0)).toThrow(torch.ValueError);
  });
});
