import { beforeEach, expect, test } from "vitest";

import * as torch from "fullgraph";

// The expected values were recorded from PyTorch 2.13 with the same calls.

beforeEach(() => {
  torch.manual_seed(0);
});

test("a random tensor like a transposed one keeps its layout and is drawn in the order of its memory", () => {
  const like = torch.rand_like(torch.zeros(3, 2).t());
  expect(like.stride()).toEqual([1, 2]);
  expect(like.tolist()).toEqual([
    [0.49625658988952637, 0.08847743272781372, 0.30742281675338745],
    [0.7682217955589294, 0.13203048706054688, 0.6340786814689636],
  ]);
});

test("normals in memory that is not contiguous are drawn one by one, however many there are", () => {
  expect(torch.zeros(5, 4).t().normal_().tolist()).toHaveProperty(
    "0",
    [
      1.5409960746765137, -1.0845223665237427, -0.7192575931549072, -0.8566746115684509,
      -0.5663174986839294,
    ],
  );
});

test("a column is filled where it lies, and its neighbour is left alone", () => {
  const table = torch.zeros(20, 2);
  table.index(":", 0).normal_();
  expect(table.index("0:4", 0).tolist()).toEqual([
    1.5409960746765137, -0.293428897857666, -2.1787893772125244, 0.5684312582015991,
  ]);
  expect(table.index(":", 1).any().item()).toBe(false);
});

test("the dimensions of a permuted tensor are drawn from the largest stride to the smallest", () => {
  const cube = torch.zeros(2, 3, 2).permute(2, 0, 1).uniform_();
  expect(cube.index(1, 1).tolist()).toEqual([
    0.8964447379112244, 0.6323062777519226, 0.40171730518341064,
  ]);
});

test("probabilities belong to the elements they broadcast to, whatever the layout", () => {
  const drawn = torch
    .zeros(3, 2)
    .t()
    .bernoulli_(torch.tensor([[0.2], [0.8]]));
  expect(drawn.tolist()).toEqual([
    [0, 1, 0],
    [1, 1, 1],
  ]);
});

test("bernoulli of a transposed tensor of probabilities gives a contiguous result", () => {
  const probabilities = torch
    .tensor([
      [0.2, 0.8],
      [0.5, 0.5],
      [0.9, 0.1],
    ])
    .t();
  const drawn = torch.bernoulli(probabilities);
  expect(drawn.is_contiguous()).toBe(true);
  expect(drawn.tolist()).toEqual([
    [0, 0, 1],
    [1, 1, 0],
  ]);
});

test("a generator of one's own leaves the default one alone", () => {
  const own = new torch.Generator().manual_seed(5);
  const before = torch.get_rng_state();
  torch.rand(3, { generator: own });
  expect(torch.equal(torch.get_rng_state(), before)).toBe(true);
});

test("a saved state repeats the numbers that followed it", () => {
  const state = torch.get_rng_state();
  const first = torch.randn(5);
  torch.set_rng_state(state);
  expect(torch.equal(torch.randn(5), first)).toBe(true);
  expect(torch.initial_seed()).toBe(0);
});
