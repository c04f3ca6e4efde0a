/** WebAssembly kernels against JavaScript ones: sizes around the vector's, and layouts. */
import { afterEach, describe, expect, test } from "vitest";
import { copyElements } from "../../src/core/elements.ts";
import { currentBackend, setBackend } from "../../src/loops/run-computation.ts";
import { makeWasmBackend } from "../../src/loops/wasm/wasm-backend.ts";
import { torch } from "../api/torch.ts";
import { expectSimilar } from "./expect-similar.ts";

type Tensor = ReturnType<typeof torch.ones>;
type Compute = (x: Tensor) => Tensor;

const before = currentBackend();
const wasm = makeWasmBackend({ smallestLaunch: 0 });
afterEach(() => setBackend(before));

const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 100] as const;

/** Numbers that repeat nothing and are easy to read in a failure. */
function numbers(count: number): Tensor {
  return torch.arange(count).mul(37).remainder(101).sub(50).div(8).to(torch.float32);
}

const layouts: Readonly<Record<string, (rows: number, columns: number) => Tensor>> = {
  contiguous: (rows, columns) => numbers(rows * columns).view(rows, columns),
  "one element in": (rows, columns) =>
    numbers(rows * columns + 1)
      .narrow(0, 1, rows * columns)
      .view(rows, columns),
  transposed: (rows, columns) =>
    numbers(rows * columns)
      .view(columns, rows)
      .t(),
  "every other column": (rows, columns) =>
    numbers(rows * columns * 2)
      .view(rows, columns, 2)
      .select(2, 1),
  "one row for all": (rows, columns) => numbers(columns).view(1, columns).expand(rows, columns),
  "one column for all": (rows, columns) => numbers(rows).view(rows, 1).expand(rows, columns),
};

const computations: Readonly<Record<string, Compute>> = {
  "x + 1": (x) => x.add(1),
  "x * x - 0.5": (x) => x.mul(x).sub(0.5),
  "x + x.t()": (x) => x.add(x.t().contiguous().t()),
  exp: (x) => x.exp(),
  "x > 0": (x) => x.gt(0),
  "where(x > 0, x, -x)": (x) => torch.where(x.gt(0), x, x.neg()),
  "to int64": (x) => x.to(torch.int64).mul(3),
  "to float64": (x) => x.to(torch.float64).sqrt().abs(),
  "to uint8": (x) => x.abs().to(torch.uint8).add(1),
  "sum of rows": (x) => x.sum(1),
  "sum of columns": (x) => x.sum(0),
  "sum of all": (x) => x.sum(),
  "amax of rows": (x) => (x.size(1) === 0 ? x : x.amax(1)),
  "argmax of rows": (x) => (x.size(1) === 0 ? x : x.argmax(1)),
  "argmin of columns": (x) => (x.size(0) === 0 ? x : x.argmin(0)),
  "var of rows": (x) => x.var(1),
  "logsumexp of columns": (x) => x.logsumexp(0),
  "cumsum of rows": (x) => x.cumsum(1),
  "cumsum of columns": (x) => x.cumsum(0),
  "softmax of rows": (x) => x.softmax(1),
  tril: (x) => x.tril(),
};

function both(make: () => Tensor, compute: Compute, label: string): void {
  setBackend(before);
  const expected = compute(make());
  const input = make();
  setBackend(wasm);
  const actual = compute(input);
  expect(actual.shape, label).toEqual(expected.shape);
  expectSimilar(copyElements(actual), copyElements(expected), label);
}

describe.each(Object.entries(computations))("%s", (_, compute) => {
  test.each(Object.entries(layouts))("is the same for %s elements of every size", (_name, make) => {
    for (const columns of sizes)
      for (const rows of [1, 3, 5])
        both(() => make(rows, columns), compute, `${rows} x ${columns}`);
  });
});

test.each([
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
])("every permutation of three dimensions is copied right: %i %i %i", (...order) => {
  const make = (): Tensor => numbers(5 * 70 * 67).view(5, 70, 67);
  both(make, (x) => x.permute(order).contiguous(), "contiguous");
  both(make, (x) => x.permute(order).add(x.permute(order).contiguous()), "added to its copy");
});

test("an index outside is the same error", () => {
  const index = torch.tensor([0, 1, 9, 2], { dtype: torch.int64 });
  const look = (): Tensor => torch.ones(3, 4).index_select(0, index);
  let expected = "";
  try {
    look();
  } catch (error) {
    expected = String(error);
  }
  setBackend(wasm);
  expect(look).toThrow(expected.replace(/^\w+: /, ""));
  expect(torch.ones(3).add(1).tolist()).toEqual([2, 2, 2]);
});

test("integer division by zero is the same error", () => {
  setBackend(wasm);
  const zero = torch.tensor([1, 0, 2], { dtype: torch.int32 });
  expect(() => zero.floor_divide(zero)).toThrow("ZeroDivisionError");
});
