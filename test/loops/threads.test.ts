import { afterAll, beforeAll, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { copyElements } from "../../src/core/elements.ts";
import { kernelRuntime } from "../../src/runtime/kernel-runtime.ts";
import { control } from "../../src/runtime/memory-layout.ts";
import { expectSameBits } from "./expect-same-bits.ts";

const runtime = kernelRuntime();
const threads = runtime.threads;

/** Has `count` threads take part, and waits until all of them are there, asleep. */
async function useThreads(count: number): Promise<void> {
  runtime.setThreads(count);
  runtime.startWorkers();
  const asleep = (): number => Atomics.load(runtime.memory.i32, control.sleepers >>> 2);
  await expect.poll(asleep, { timeout: 20_000 }).toBe(runtime.pool?.size ?? 0);
}

beforeAll(() => void torch.manual_seed(0));

afterAll(() => {
  runtime.pool?.terminate();
  runtime.setThreads(threads);
});

type Program = (x: torch.Tensor, weight: torch.Tensor) => torch.Tensor;

const programs: readonly (readonly [string, Program])[] = [
  ["softmax along rows", (x) => x.softmax(1)],
  ["softmax along columns", (x) => x.softmax(0)],
  ["log-softmax of a transposed matrix", (x) => x.t().log_softmax(1)],
  ["layer norm", (x, weight) => torch.layer_norm(x, [333], weight)],
  ["a pointwise function", (x) => torch.erf(x)],
  ["broadcasting", (x, weight) => x.mul(weight)],
  ["a copy of a transposed matrix", (x) => x.t().contiguous()],
  ["sums of rows", (x) => x.sum(1)],
  ["sums of columns", (x) => x.sum(0)],
  ["the sum of all elements", (x) => x.sum()],
  ["the place of the largest element", (x) => x.argmax()],
  ["cumulative sums", (x) => x.cumsum(1)],
  ["indexing", (x) => x.index_select(0, torch.arange(699, -1, -1))],
  ["a product of matrices", (x) => x.mm(x.t())],
];

test.each(programs)(
  "%s has the same bits on two and three threads as on one",
  async (name, program) => {
    const x = torch.randn(700, 333);
    const weight = torch.randn(333);
    const run = () => copyElements(program(x, weight));
    runtime.setThreads(1);
    const alone = run();
    for (const count of [2, 3]) {
      await useThreads(count);
      for (let round = 0; round < 10; round++)
        expectSameBits(run(), alone, `${name}, ${count} threads`);
    }
  },
);

test("workers that are still starting do not hold up a launch", () => {
  const x = torch.randn(700, 333);
  runtime.setThreads(1);
  const alone = copyElements(x.softmax(1));
  runtime.setThreads(2);
  for (let round = 0; round < 10; round++) {
    runtime.pool?.terminate();
    runtime.startWorkers();
    expectSameBits(copyElements(x.softmax(1)), alone, `round ${round}`);
  }
});

test("of several bad indices the first one is reported, whichever thread finds one first", async () => {
  const table = torch.zeros(10);
  const index = torch.arange(400_000).sub(30_000).clamp({ min: 0 });
  await useThreads(2);
  for (let round = 0; round < 300; round++) {
    expect(() => table.take(index), `round ${round}`).toThrow(
      "out of range: tried to access index 10 on a tensor of 10 elements.",
    );
  }
});
