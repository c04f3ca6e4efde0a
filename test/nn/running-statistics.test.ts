import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { runDifferential } from "../differential.ts";

const { batch_norm } = torch.nn.functional;

test("a compiled function moves running statistics as eager code does, in one graph", () => {
  const step = (x: torch.Tensor, mean: torch.Tensor, variance: torch.Tensor): torch.Tensor =>
    batch_norm(x.mul(2), mean, variance, { training: true }).relu();
  const { frames, breaks } = runDifferential(() => {
    const statistics = [torch.zeros(2), torch.ones(2)];
    const x = torch.arange(12).reshape(3, 2, 2).float();
    return {
      fn: step,
      calls: [
        [x, ...statistics],
        [x, ...statistics],
      ],
      watch: statistics,
    };
  });
  expect({ frames, breaks: breaks.length }).toEqual({ frames: 1, breaks: 0 });
});

test("statistics move even when nobody uses the normalized values", () => {
  const observe = (x: torch.Tensor, mean: torch.Tensor): torch.Tensor => {
    batch_norm(x, mean, null, { training: true, momentum: 1 });
    return x.add(1);
  };
  const mean = torch.zeros(1);
  torch.compile(observe)(torch.tensor([[1], [3]]), mean);
  expect(mean.item()).toBe(2);
  torch._dynamo.reset();
});

test("statistics have the dtype of the input, or float32 beside one of 16 bits", () => {
  const x = torch.ones(2, 3);
  const normalized = (dtype: torch.DType, statistics: torch.DType): torch.DType =>
    batch_norm(
      x.to(dtype),
      torch.zeros(3, { dtype: statistics }),
      torch.ones(3, { dtype: statistics }),
    ).dtype;
  const refusal = "mixed dtype (CPU): expect parameter to have scalar type of Float";
  expect(() => normalized(torch.float32, torch.uint8)).toThrow(refusal);
  expect(() => normalized(torch.float32, torch.float64)).toThrow(refusal);
  expect(normalized(torch.bfloat16, torch.float32)).toBe(torch.bfloat16);
  expect(normalized(torch.float16, torch.float16)).toBe(torch.float16);
});
