import * as torch from "fullgraph";
import { expect, test } from "vitest";
import { runDifferential } from "../../differential.ts";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test("200 lengths compile at most 3 times", () => {
  const run = runDifferential(() => ({
    fn: (x: torch.Tensor) => x.mul(2).softmax(0).view(x.size(0), 1),
    calls: upTo(200).map((length) => [torch.ones(length)]),
  }));
  expect(run.frames).toBeLessThanOrEqual(3);
});

test("50 batch sizes of a small network compile at most 3 times", () => {
  const run = runDifferential(() => {
    const [first, second] = [torch.ones(6, 4), torch.ones(4, 2)];
    return {
      fn: (x: torch.Tensor) => {
        const [batch = 0] = x.shape;
        const hidden = x.reshape(batch, 6).matmul(first).relu();
        return hidden.matmul(second).log_softmax(1).sum().div(batch);
      },
      calls: upTo(50).map((batch) => [torch.ones(batch, 2, 3)]),
    };
  });
  expect(run.frames).toBeLessThanOrEqual(3);
});

test("a counter that changes in every call compiles at most 3 times", () => {
  const run = runDifferential(() => {
    const state = { step: 0 };
    return {
      fn: (x: torch.Tensor) => {
        state.step += 1;
        return x.mul(1 - 0.9 ** state.step);
      },
      calls: upTo(50).map(() => [torch.ones(3)]),
      watch: state,
    };
  });
  expect(run.frames).toBeLessThanOrEqual(3);
});
