import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const scaled = (x: torch.Tensor): torch.Tensor => x.mul(2).add(1);
const compiled = torch.compile(scaled, { fullgraph: true });

test.each([
  ["eager", scaled],
  ["compiled", compiled],
])("a result that no memory holds is a clear error, and all goes on (%s)", (_, fn) => {
  const endless = torch.ones(1).expand(2 ** 40);
  expect(() => fn(endless)).toThrow(torch.OutOfMemoryError);
  expect(() => fn(endless)).toThrow(/tried to allocate 4\.00 TiB.*torch\.memory\.snapshot\(\)/);
  expect(fn(torch.tensor([1, 2])).tolist()).toEqual([3, 5]);
});

test.each([
  ["eager", scaled],
  ["compiled", compiled],
])("dimensions of any size next to an empty one hold nothing (%s)", (_, fn) => {
  const empty = torch.ones(0, 2 ** 40);
  expect(fn(empty).shape).toEqual([0, 2 ** 40]);
});

test("a product over an empty dimension is zero, eager and compiled", () => {
  const product = (a: torch.Tensor, b: torch.Tensor): torch.Tensor => a.matmul(b).add(1);
  const [a, b] = [torch.ones(2, 0), torch.ones(0, 3)];
  const expected = [
    [1, 1, 1],
    [1, 1, 1],
  ];
  expect(product(a, b).tolist()).toEqual(expected);
  expect(torch.compile(product)(a, b).tolist()).toEqual(expected);
});
