import * as torch from "fullgraph";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inductor } from "../../src/inductor/inductor.ts";
import { redirectLogs } from "../../src/base/logging.ts";
import { kernelMemory } from "../../src/runtime/kernel-memory.ts";

const { while_loop } = torch._higher_order_ops;
type Tensor = torch.Tensor;

let text = "";
let restore = (): void => undefined;

beforeEach(() => {
  // Twenty steps make much of a rounding: one input in a hundred has a result beyond the tolerance.
  torch.manual_seed(0);
  text = "";
  torch._logging.set_logs({ schedule: true });
  restore = redirectLogs((line) => (text += line));
});

afterEach(() => {
  restore();
  torch._logging.set_logs({});
  torch._dynamo.reset();
});

/** How many loops were prepared for WebAssembly. */
const preparedCount = (): number => text.match(/^LOOP$/gm)?.length ?? 0;

type Loop = (...tensors: readonly Tensor[]) => readonly Tensor[];

/** Runs it plain and compiled for each list of tensors; gives how many loops were prepared for WebAssembly. */
function compare(loop: Loop, calls: readonly (readonly Tensor[])[]): number {
  const compiled = torch.compile(loop, { fullgraph: true, backend: inductor });
  for (const tensors of [...calls, ...calls]) {
    const expected = loop(...tensors);
    const actual = compiled(...tensors);
    expect(actual).toHaveLength(expected.length);
    actual.forEach((each, index) => torch.testing.assert_close(each, expected[index] ?? each));
    // Which results are tensors that were given.
    expect(actual.map((each) => tensors.indexOf(each))).toEqual(
      expected.map((each) => tensors.indexOf(each)),
    );
  }
  return preparedCount();
}

const count = (value: number): Tensor => torch.tensor(value);

describe("a loop over tensors of fixed shape runs in WebAssembly", () => {
  test.each([0, 1, 2, 7])("%i steps", (steps) => {
    const prepared = compare(
      (i, x) =>
        while_loop<[Tensor, Tensor]>(
          (n) => n.lt(steps),
          (n, y) => [n.add(1), y.mul(1.5).add(1)],
          [i ?? count(0), x ?? count(0)],
        ),
      [[count(0), torch.randn(5)]],
    );
    expect(prepared).toBe(1);
  });

  test("with reductions, constants, other dtypes and a value that is only read", () => {
    const prepared = compare(
      (x, weights, i) => {
        if (x === undefined || weights === undefined || i === undefined) return [];
        return while_loop<[Tensor, Tensor]>(
          (y, n) => y.abs().amax().lt(1e4).logical_and(n.lt(20)),
          (y, n) => [
            y
              .softmax(1)
              .add(weights.mul(torch.arange(6).cumsum(0)))
              .mul(y.sum(1, { keepdim: true })),
            n.add(1),
          ],
          [x, i],
        );
      },
      [
        [torch.randn(4, 6), torch.randn(6), count(0).to(torch.int64)],
        [torch.randn(40, 6), torch.randn(6), count(3).to(torch.int32)],
      ],
    );
    expect(prepared).toBe(2);
  });

  test("where a value is handed on as it is, it is that very tensor", () => {
    const prepared = compare(
      (i, x) =>
        while_loop<[Tensor, Tensor]>(
          (n) => n.lt(3),
          (n, y) => [n.add(1), y],
          [i ?? count(0), x ?? count(0)],
        ),
      [
        [count(0), torch.randn(5)],
        [count(5), torch.randn(5)],
      ],
    );
    expect(prepared).toBe(1);
  });

  test("the loop's test may be a flag that is carried", () => {
    const prepared = compare(
      (flag, x) =>
        while_loop<[Tensor, Tensor]>(
          (go) => go,
          (_, y) => [y.sum().lt(50), y.add(1)],
          [flag ?? count(0), x ?? count(0)],
        ),
      [
        [torch.tensor(true), torch.zeros(3)],
        [torch.tensor(false), torch.zeros(3)],
      ],
    );
    expect(prepared).toBe(1);
  });

  test("with an index that leaves its range, which is the same error", () => {
    const loop = (i: Tensor, x: Tensor): readonly Tensor[] =>
      while_loop<[Tensor, Tensor]>(
        (n) => n.lt(9),
        (n, y) => [n.add(1), y.add(x.index_select(0, n))],
        [i, x.sum(0, { keepdim: true })],
      );
    const compiled = torch.compile(loop, { fullgraph: true, backend: inductor });
    const tensors = [torch.tensor([0n]), torch.randn(9)] as const;
    expect(compiled(...tensors).map(String)).toEqual(loop(...tensors).map(String));
    const short = [torch.tensor([0n]), torch.randn(5)] as const;
    const messages = [loop, compiled].map((fn) => {
      try {
        return fn(...short).length;
      } catch (error) {
        return String(error);
      }
    });
    expect(messages[1]).toBe(messages[0]);
    expect(messages[0]).toMatch(/IndexError/);
    expect(preparedCount()).toBe(2);
  });

  test("a thousand steps allocate no more than one", () => {
    const loop = torch.compile(
      (i: Tensor, x: Tensor) =>
        while_loop<[Tensor, Tensor]>(
          (n) => n.lt(1000),
          (n, y) => [n.add(1), y.cumsum(0).mul(0.001).sum().add(y)],
          [i, x],
        ),
      { fullgraph: true, backend: inductor },
    );
    const x = torch.randn(1000);
    loop(count(990), x);
    const before = kernelMemory().counts().allocations;
    loop(count(999), x);
    const single = kernelMemory().counts().allocations - before;
    loop(count(0), x);
    expect(kernelMemory().counts().allocations - before - single).toBe(single);
  });
});

describe("other loops run step by step, with the same results", () => {
  test.each<readonly [string, Loop, readonly Tensor[]]>([
    [
      "over tensors that are not contiguous",
      (x = count(0)) =>
        while_loop<[Tensor]>(
          (y) => y.sum().lt(99),
          (y) => [y.add(1)],
          [x],
        ),
      [torch.randn(3, 4).t()],
    ],
    [
      "whose step gives one tensor twice",
      (x = count(0), z = count(0)) =>
        while_loop<[Tensor, Tensor]>(
          (y) => y.sum().lt(99),
          (y) => {
            const next = y.add(1);
            return [next, next];
          },
          [x, z],
        ),
      [torch.randn(3), torch.randn(3)],
    ],
    [
      "whose step swaps what is carried",
      (x = count(0), z = count(0), i = count(0)) =>
        while_loop<[Tensor, Tensor, Tensor]>(
          (_a, _b, n) => n.lt(5),
          (a, b, n) => [b, a, n.add(1)],
          [x, z, i],
        ),
      [torch.randn(3), torch.randn(3), count(0)],
    ],
    [
      "with matrix products",
      (x = count(0), i = count(0)) =>
        while_loop<[Tensor, Tensor]>(
          (_, n) => n.lt(5),
          (y, n) => [y.matmul(y).mul(0.1), n.add(1)],
          [x, i],
        ),
      [torch.randn(4, 4), count(0)],
    ],
  ])("%s", (_title, loop, tensors) => {
    expect(compare(loop, [tensors])).toBe(0);
  });
});
