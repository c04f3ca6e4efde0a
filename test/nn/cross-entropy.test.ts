import { afterEach, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Launch } from "../../src/loops/backend.ts";
import { currentBackend, setBackend } from "../../src/loops/run-computation.ts";
import { runDifferential } from "../differential.ts";

const { cross_entropy } = torch.nn.functional;
const eager = currentBackend();
afterEach(() => {
  setBackend(eager);
});

test("cross entropy of class indices writes nothing as large as its input", () => {
  const sizes: number[] = [];
  const run = (launch: Launch): void => {
    const [output] = launch.operands;
    sizes.push(output?.tensor.numel() ?? 0);
    eager.run(launch);
  };
  const logits = torch.randn(8, 100);
  const target = torch.randint(0, 100, [8]);
  setBackend({
    name: "measuring",
    run,
    runTemplate: (launch) => eager.runTemplate(launch),
    reset: () => undefined,
  });
  cross_entropy(logits, target, { label_smoothing: 0.1 });
  expect(Math.max(...sizes)).toBe(8);
});

test("a compiled loss is one graph, and ignored targets do not count in it", () => {
  const loss = (logits: torch.Tensor, target: torch.Tensor): torch.Tensor =>
    cross_entropy(logits.mul(2), target, { label_smoothing: 0.1 });
  const { frames, results } = runDifferential(() => ({
    fn: loss,
    calls: [[torch.ones(2, 4), torch.tensor([1n, -100n])]],
  }));
  expect(frames).toBe(1);
  expect(results[0]).toSatisfy((value: torch.Tensor) =>
    torch.allclose(value, torch.tensor(Math.log(4))),
  );
});

test("a target outside the classes is an error that names it", () => {
  expect(() => cross_entropy(torch.ones(1, 3), torch.tensor([3n]))).toThrow(
    "Target 3 is out of bounds.",
  );
});
