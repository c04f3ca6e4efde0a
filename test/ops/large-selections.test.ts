/** What depends on the data of many elements, against plain JavaScript. */
import { expect, test } from "vitest";

import * as torch from "fullgraph";

const generator = new torch.Generator().manual_seed(13);
const whole = torch.randint(-40, 40, [3001], { generator });

function numbersOf(tensor: torch.Tensor): readonly number[] {
  return Array.from(tensor.contiguous().toTypedArray(), Number);
}

test("nonzero finds the coordinates in row-major order, whatever is left over at the end", () => {
  const x = whole.index("0:2730").view(13, 14, 15).remainder(3).permute(2, 0, 1);
  const expected: number[][] = [];
  numbersOf(x).forEach((value, position) => {
    const coordinates = [Math.floor(position / 182), Math.floor(position / 14) % 13, position % 14];
    if (value !== 0) expected.push(coordinates);
  });
  expect(x.nonzero().tolist()).toEqual(expected);
  expect(x.nonzero().stride()).toEqual([1, expected.length]);
});

test("nonzero of vectors of any length sees no element beyond the end", () => {
  for (let count = 128; count < 150; count++)
    expect(torch.ones(200).index(`0:${count}`).nonzero().shape).toEqual([count, 1]);
});

test("nonzero counts NaN, and finds nothing in zeros", () => {
  const x = torch.zeros(300);
  expect(x.nonzero().shape).toEqual([0, 1]);
  x.index_put_([299], torch.tensor(NaN));
  expect(x.nonzero().tolist()).toEqual([[299]]);
});

test("masked_select takes elements in row-major order of the broadcast shape", () => {
  const mask = whole.index("0:50").gt(0);
  const table = torch.arange(40).view(40, 1);
  const kept = numbersOf(mask).filter((flag) => flag === 1).length;
  const expected = Array.from({ length: 40 * kept }, (_, place) => Math.floor(place / kept));
  expect(numbersOf(table.masked_select(mask))).toEqual(expected);
});

test("unique gives sorted values, where each element is among them, and how often", () => {
  const values = numbersOf(whole);
  const expected = [...new Set(values)].sort((a, b) => a - b);
  const found = torch.unique(whole, { return_inverse: true, return_counts: true });
  const [unique, inverse, counts] = Array.isArray(found) ? found : [];
  expect(numbersOf(unique)).toEqual(expected);
  expect(numbersOf(inverse)).toEqual(values.map((value) => expected.indexOf(value)));
  expect(numbersOf(counts)).toEqual(
    expected.map((value) => values.filter((other) => other === value).length),
  );
});

test("unique keeps every NaN", () => {
  const x = torch.where(whole.eq(3), NaN, whole.to(torch.float32));
  const nans = numbersOf(x).filter(Number.isNaN).length;
  const unique = torch.unique(x);
  const found = numbersOf(Array.isArray(unique) ? unique[0] : unique);
  expect(found.filter(Number.isNaN)).toHaveLength(nans);
  expect(found.slice(0, -nans)).toEqual(
    [...new Set(numbersOf(x).filter((value) => !Number.isNaN(value)))].sort((a, b) => a - b),
  );
});

test("bincount counts, and adds up weights", () => {
  const bins = whole.abs();
  const expected = Array.from(
    { length: 41 },
    (_, bin) => numbersOf(bins).filter((value) => value === bin).length,
  );
  expect(numbersOf(torch.bincount(bins))).toEqual(expected);
  const doubled = torch.bincount(bins, torch.full([3001], 2, { dtype: torch.float64 }));
  expect(numbersOf(doubled)).toEqual(expected.map((count) => 2 * count));
  expect(() => torch.bincount(whole)).toThrow(
    "bincount only supports 1-d non-negative integral inputs.",
  );
});
