import { describe, expect, test } from "vitest";

import { DataDependentError } from "../../src/core/data-dependent-error.ts";
import { runFake } from "../../src/core/fake-mode.ts";
import { torch } from "../api/torch.ts";

function grid() {
  return torch.arange(12).reshape(3, 4);
}

describe("what an index gives shares memory or not", () => {
  test("numbers, slices, ellipses and new dimensions give views", () => {
    const x = grid();
    x.index(1, "1:3").fill_(100);
    x.index("...", 0).zero_();
    x.index(null, 2, "::2").add_(1000);
    expect(x.tolist()).toEqual([
      [0, 1, 2, 3],
      [0, 100, 100, 7],
      [1000, 9, 1010, 11],
    ]);
  });

  test("tensors of indices and masks give copies", () => {
    const x = grid();
    x.index(torch.tensor([0n, 1n])).zero_();
    x.index(x.gt(5)).zero_();
    expect(torch.equal(x, grid())).toBe(true);
  });

  test("an index without items is a view of the whole", () => {
    const x = grid();
    x.index().add_(1);
    expect(torch.equal(x, grid().add(1))).toBe(true);
  });
});

describe("assignment", () => {
  test("to numbers and slices", () => {
    const x = grid();
    x.index_put_([0], torch.tensor([9n, 8n, 7n, 6n]));
    x.index_put_([":", -1], 0);
    expect(x.tolist()).toEqual([
      [9, 8, 7, 0],
      [4, 5, 6, 0],
      [8, 9, 10, 0],
    ]);
  });

  test("to places that a mask names", () => {
    const x = grid();
    x.index_put_([x.gt(5)], -1);
    expect(x.sum().item()).toBe(0 + 1 + 2 + 3 + 4 + 5 - 6);
  });

  test("to slices together with a tensor of indices", () => {
    const x = grid();
    x.index_put_(["1:", torch.tensor([0n, 3n])], torch.tensor([[1n, 2n]]));
    expect(x.tolist()).toEqual([
      [0, 1, 2, 3],
      [1, 5, 6, 2],
      [1, 9, 10, 2],
    ]);
  });

  test("with accumulate adds, also where a place repeats", () => {
    const counts = torch.zeros(3);
    const places = torch.tensor([2n, 0n, 2n, 2n]);
    counts.index_put_([places], torch.ones(4), { accumulate: true });
    expect(counts.tolist()).toEqual([1, 0, 3]);
  });

  test("index_put leaves its input alone", () => {
    const x = grid();
    const changed = torch.index_put(x, [0, 0], 50);
    expect([x.index(0, 0).item(), changed.index(0, 0).item()]).toEqual([0, 50]);
  });
});

describe("fake tensors", () => {
  const fakeGrid = () => runFake(() => torch.zeros(3, 4));

  test("have the shapes and strides of real views and copies", () => {
    const x = fakeGrid();
    expect(x.index(0, "1:3").stride()).toEqual([1]);
    expect(x.index(null, "...", -1).shape).toEqual([1, 3]);
    const places = runFake(() => torch.zeros(2, 5, { dtype: torch.int64 }));
    expect(x.index(places).shape).toEqual([2, 5, 4]);
    expect(x.index(":", places).shape).toEqual([3, 2, 5]);
  });

  test("throw the errors of real ones", () => {
    expect(() => fakeGrid().index(3)).toThrow(
      "index 3 is out of bounds for dimension 0 with size 3",
    );
    expect(() => fakeGrid().index(0, 0, 0)).toThrow("too many indices for tensor of dimension 2");
  });

  test.each([
    ["a mask in an index", (x: ReturnType<typeof fakeGrid>) => x.index(x.gt(0))],
    ["nonzero", (x: ReturnType<typeof fakeGrid>) => torch.nonzero(x)],
    ["masked_select", (x: ReturnType<typeof fakeGrid>) => torch.masked_select(x, x.gt(0))],
    ["unique", (x: ReturnType<typeof fakeGrid>) => torch.unique(x)],
    ["where of a condition", (x: ReturnType<typeof fakeGrid>) => torch.where(x.gt(0))],
    [
      "one_hot without classes",
      (x: ReturnType<typeof fakeGrid>) => torch.nn.functional.one_hot(x.long()),
    ],
  ])("%s needs their data for its shape", (_name, use) => {
    const error = thrownBy(() => use(fakeGrid()));
    expect(error).toBeInstanceOf(DataDependentError);
    expect(error).toHaveProperty("kind", "shape");
  });

  test("one_hot with a number of classes needs no data", () => {
    const labels = runFake(() => torch.zeros(5, { dtype: torch.int64 }));
    expect(torch.nn.functional.one_hot(labels, 10).shape).toEqual([5, 10]);
  });

  test("random functions draw nothing", () => {
    torch.manual_seed(3);
    const before = torch.get_rng_state();
    runFake(() => [torch.rand(4), torch.randperm(9), torch.bernoulli(torch.rand(3))]);
    expect(torch.equal(torch.get_rng_state(), before)).toBe(true);
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return null;
}

test("what cannot be an index is refused with its type", () => {
  expect(() => grid().index("a:b")).toThrow(TypeError);
  expect(() => grid().index(0.5)).toThrow(
    'index(): argument \'items\' (position 1) must be integers, slices such as "1:3", "...", null, booleans or tensors',
  );
});
