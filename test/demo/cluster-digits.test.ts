import { expect, test } from "vitest";
import { clusterDigits } from "../../demo/cluster-digits.ts";
import { loadDigits, pixelsPerDigit } from "../../demo/load-digits.ts";
import { purity } from "../../demo/describe-clusters.ts";
import * as torch from "../../src/index.ts";
import { runDifferential } from "../differential.ts";

test("clustering real digits gives the same clusters, reports and number of steps compiled", () => {
  const { pixels, labels } = loadDigits();
  const stride = 25;
  const count = labels.length / stride;
  const result = runDifferential(() => {
    const points = torch.tensor(pixels).reshape([count, stride * pixelsPerDigit]);
    const sample = points.narrow(1, 0, pixelsPerDigit).contiguous();
    const start = sample.index_select(0, torch.randperm(count).narrow(0, 0, 10));
    const report = torch.compiler.disable((step: number, moved: number) =>
      console.log(step, moved),
    );
    return {
      fn: clusterDigits,
      calls: [
        [sample, start, 30, report],
        [sample, start, 30, report],
      ],
    };
  });
  const [first, second] = result.results;
  expect(first).toMatchObject({ steps: result.output.length / 2 });
  expect(second).toMatchObject({ steps: result.output.length / 2 });
  expect(result.breaks.map((record) => record.reason.id)).toContain("GB0124");
  expect(result.framesAfter[1]).toBe(result.framesAfter[0]);
});

test("purity is the share of points that carry the commonest label of their cluster", () => {
  expect(purity([0, 0, 0, 1], [5, 5, 6, 7], 2)).toBe(0.75);
});
