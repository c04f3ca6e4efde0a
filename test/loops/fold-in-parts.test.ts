/** Long folds with few results, which are folded in parts. */
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

type Tensor = torch.Tensor;

const rows = 1024;
const columns = 512;

/** Values of many sizes, so that an element that is left out or counted twice shows. */
function values(): Tensor {
  torch.manual_seed(1);
  return torch.randn(rows, columns).mul(torch.arange(columns).add(1));
}

function numbersOf(tensor: Tensor): readonly number[] {
  const list: unknown = tensor.reshape([-1]).tolist();
  return Array.isArray(list) ? list.map(Number) : [];
}

type Claim = readonly [string, (x: Tensor) => Tensor, (numbers: readonly number[]) => number];

const total = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0);
const spread = (numbers: readonly number[]): number => {
  const mean = total(numbers) / numbers.length;
  return total(numbers.map((x) => (x - mean) ** 2)) / (numbers.length - 1);
};
const largest = (numbers: readonly number[]): number =>
  numbers.reduce((most, x) => Math.max(most, x));

const claims: readonly Claim[] = [
  ["sum", (x) => x.sum(), total],
  ["mean", (x) => x.mean(), (numbers) => total(numbers) / numbers.length],
  ["amax", (x) => x.amax([0, 1]), largest],
  ["var", (x) => x.var(), spread],
  ["norm", (x) => x.norm(), (numbers) => Math.sqrt(total(numbers.map((x) => x * x)))],
  ["count_nonzero", (x) => x.gt(100).count_nonzero(), (all) => all.filter((x) => x > 100).length],
  ["any", (x) => x.gt(1e9).any(), () => 0],
  [
    "sum of a chain",
    (x) => x.mul(2).exp().neg().tanh().sum(),
    (all) => total(all.map((x) => Math.tanh(-Math.exp(2 * x)))),
  ],
];

test.each(claims)("%s of many elements", (_, fold, reference) => {
  const x = values();
  const expected = reference(numbersOf(x));
  const error = Math.abs(expected) * 1e-5;
  for (const layout of [x, x.t().contiguous().t()])
    for (const run of [fold, torch.compile(fold)])
      expect(Math.abs(Number(run(layout).item()) - expected)).toBeLessThanOrEqual(error);
});

test("a few long rows are folded in parts each", () => {
  const x = values().reshape([2, rows / 2, columns]);
  const sums = [0, 1].map((row) => total(numbersOf(x.select(0, row))));
  const fold = (t: Tensor): Tensor => t.sum([1, 2]);
  for (const run of [fold, torch.compile(fold)])
    numbersOf(run(x)).forEach((sum, row) => {
      expect(sum).toBeCloseTo(sums[row] ?? NaN, -1);
    });
  expect(x.sum([1, 2], { keepdim: true }).shape).toEqual([2, 1, 1]);
});

test("the number of threads changes no bit of a long fold", () => {
  const x = values();
  const threads = torch.get_num_threads();
  const results = [1, 2, 4].map((count) => {
    torch.set_num_threads(count);
    return [x.sum().item(), x.var().item(), x.mul(x).mean().item()];
  });
  torch.set_num_threads(threads);
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});

test("a size that has no fitting divisor is folded as a whole", () => {
  const prime = 262_147;
  expect(torch.ones(prime).sum().item()).toBe(prime);
});
