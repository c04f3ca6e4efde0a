import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { runDifferential } from "../differential.ts";

const { adaptive_avg_pool2d, avg_pool2d, max_pool2d } = torch.nn.functional;

test("a compiled function may ask for indices or not", () => {
  const pools = (x: torch.Tensor): readonly torch.Tensor[] => {
    const [values, indices] = max_pool2d(x, 2, { return_indices: true });
    const coarse = adaptive_avg_pool2d(max_pool2d(x, 3, 1, 1), [3, 2]);
    return [values ?? x, indices ?? x, coarse, avg_pool2d(x, 3, { padding: 1 })];
  };
  const { frames, breaks } = runDifferential(() => ({
    fn: pools,
    calls: [[torch.arange(32).reshape(1, 2, 4, 4).float()]],
  }));
  expect({ frames, breaks: breaks.length }).toEqual({ frames: 1, breaks: 0 });
});
