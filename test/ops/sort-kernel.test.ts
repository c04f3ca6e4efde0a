/** Sorting of rows long enough for the kernel against comparing elements one by one. */
import { expect, test } from "vitest";

import * as torch from "fullgraph";

const dtypes = [
  torch.float32,
  torch.float64,
  torch.int64,
  torch.int32,
  torch.uint8,
  torch.bool,
] as const;

/** Around the lengths at which the kernel goes about it in another way. */
const lengths = [64, 300, 2049];

/** Few different values, so that many are equal, with NaN, infinities and zeros of both signs among those of floats. */
function elements(count: number, dtype: torch.DType, seed = 3): torch.Tensor {
  const generator = new torch.Generator().manual_seed(seed);
  const whole = torch.randint(-400, 400, [count], { generator });
  if (!dtype.is_floating_point) return whole.to(dtype);
  const special = [NaN, Infinity, -Infinity, 0, -0];
  const values = Float64Array.from(whole.tolist() as number[], (value) =>
    value >= -395 ? value / 8 : (special[value + 400] ?? 0),
  );
  return torch.tensor(values).to(dtype);
}

function compareNumbers(left: number, right: number): number {
  if (left < right) return -1;
  if (left > right) return 1;
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
}

/** The positions in stable sorted order; NaN is largest. */
function sortedPositions(values: readonly number[], descending: boolean): readonly number[] {
  const direction = descending ? -1 : 1;
  return values
    .map((_, position) => position)
    .sort((a, b) => direction * compareNumbers(values[a] ?? 0, values[b] ?? 0) || a - b);
}

function numbersOf(tensor: torch.Tensor): readonly number[] {
  return Array.from(tensor.reshape([-1]).toTypedArray(), Number);
}

const cases = dtypes.flatMap((dtype) => lengths.map((length) => ({ dtype, length })));

test.each(cases)("sort of $length $dtype is stable, NaN last", ({ dtype, length }) => {
  const x = elements(length, dtype);
  const values = numbersOf(x);
  for (const descending of [false, true]) {
    const sorted = x.sort(-1, { descending });
    const expected = sortedPositions(values, descending);
    expect(numbersOf(sorted.indices)).toEqual(expected);
    expect(numbersOf(sorted.values)).toEqual(expected.map((position) => values[position]));
  }
});

test("a row too long for the room that threads have is sorted as others are", () => {
  const x = elements(70_000, torch.float32);
  const expected = Float64Array.from(sortedPositions(numbersOf(x), false));
  const found = Float64Array.from(numbersOf(x.argsort()));
  expect(Buffer.compare(new Uint8Array(found.buffer), new Uint8Array(expected.buffer))).toBe(0);
});

test.each(dtypes.filter((dtype) => dtype !== torch.bool))(
  "topk and kthvalue of %s are what sorting gives",
  (dtype) => {
    const x = elements(5000, dtype, 5);
    const values = numbersOf(x);
    for (const largest of [false, true]) {
      const expected = sortedPositions(values, largest);
      for (const k of [1, 7, 4999]) {
        const top = x.topk(k, -1, { largest });
        expect(numbersOf(top.indices)).toEqual(expected.slice(0, k));
      }
    }
    const ascending = sortedPositions(values, false);
    for (const k of [1, 2500, 5000]) expect(x.kthvalue(k).indices.item()).toBe(ascending[k - 1]);
  },
);

test("rows along any dimension are sorted each for itself", () => {
  const x = elements(6 * 50 * 7, torch.float32, 9).view(6, 50, 7);
  for (const dim of [0, 1, 2]) {
    const along = x.movedim(dim, -1);
    const own = x
      .sort(dim)
      .indices.movedim(dim, -1)
      .reshape([-1, x.size(dim)]);
    const rows = along.reshape([-1, x.size(dim)]);
    for (let row = 0; row < rows.size(0); row++)
      expect(numbersOf(own.index(row))).toEqual(sortedPositions(numbersOf(rows.index(row)), false));
  }
});

test("a strided tensor is sorted by its own elements", () => {
  const x = elements(400, torch.float32).view(20, 20).t().index("::2");
  expect(x.argsort().equal(x.contiguous().argsort())).toBe(true);
});

test("the median is the first NaN where there is one, else the lower middle", () => {
  const x = torch.arange(1000, { dtype: torch.float32 }).flip(0).contiguous();
  expect(x.median().item()).toBe(499);
  expect(x.view(2, 500).median(1).indices.tolist()).toEqual([250, 250]);
  x.index_put_([700], torch.tensor(NaN));
  x.index_put_([500], torch.tensor(NaN));
  expect(x.median().item()).toBeNaN();
  expect(x.median(0).indices.item()).toBe(500);
});

test("results do not depend on the number of threads", () => {
  const threads = torch.get_num_threads();
  const x = elements(512 * 257, torch.float32, 11).view(512, 257);
  const [sorted, top] = [x.argsort(), x.topk(9).indices];
  torch.set_num_threads(1);
  try {
    expect(x.argsort().equal(sorted)).toBe(true);
    expect(x.topk(9).indices.equal(top)).toBe(true);
  } finally {
    torch.set_num_threads(threads);
  }
});
