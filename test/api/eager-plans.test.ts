import { afterEach, expect, test } from "vitest";
import { resetKernels } from "../../src/loops/run-computation.ts";
import * as torch from "../../src/index.ts";

afterEach(() => torch.set_default_dtype(torch.float32));

test("an operation of a tensor with itself does not decide on one with another tensor", () => {
  const a = torch.tensor([1, 2]);
  const b = torch.tensor([10, 20]);
  expect([a.add(a).tolist(), a.add(b).tolist(), a.add(a).tolist(), b.add(a).tolist()]).toEqual([
    [2, 4],
    [11, 22],
    [2, 4],
    [11, 22],
  ]);
});

test("numbers are operands, not part of what is remembered by accident", () => {
  const a = torch.tensor([1, 2]);
  const sums = [1, 2, 1, 0.5, -0, 0].map((number) => a.div(number).tolist());
  expect(sums).toEqual([
    [1, 2],
    [0.5, 1],
    [1, 2],
    [2, 4],
    [-Infinity, -Infinity],
    [Infinity, Infinity],
  ]);
});

test("layouts are told apart", () => {
  const a = torch.arange(6).view(2, 3);
  const turned = torch.arange(6).view(3, 2).t();
  for (let round = 0; round < 3; round++) {
    expect(a.mul(2).tolist()).toEqual([
      [0, 2, 4],
      [6, 8, 10],
    ]);
    expect(turned.mul(2).tolist()).toEqual([
      [0, 4, 8],
      [2, 6, 10],
    ]);
  }
});

test("views at another offset of a storage are read where they are", () => {
  const a = torch.arange(6);
  const parts = [0, 2, 4].map((start) => a.narrow(0, start, 2).add(1).tolist());
  expect(parts).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
});

test("a change of the default dtype is noticed", () => {
  const a = torch.tensor([1, 2], { dtype: torch.int64 });
  expect(a.div(2).dtype).toBe(torch.float32);
  expect(a.div(2).dtype).toBe(torch.float32);
  torch.set_default_dtype(torch.float64);
  expect(a.div(2).dtype).toBe(torch.float64);
});

test("in place, versions count and overlapping memory is still refused", () => {
  const a = torch.tensor([1, 2, 3]);
  const b = torch.tensor([1, 1]);
  for (let round = 0; round < 3; round++) a.narrow(0, 0, 2).add_(b);
  expect(a.tolist()).toEqual([4, 5, 3]);
  expect(() => a.narrow(0, 0, 2).add_(a.narrow(0, 1, 2))).toThrow("single memory location");
  const c = torch.tensor([1, 2, 3]);
  for (let round = 0; round < 3; round++) c.add_(c);
  expect(c.tolist()).toEqual([8, 16, 24]);
});

test("a disposed tensor is an error also when the operation is remembered", () => {
  const a = torch.tensor([1, 2]);
  a.add(1);
  a.dispose();
  expect(() => a.add(1)).toThrow("was disposed");
});

test("a leaf that requires a gradient cannot be written in place, remembered or not", () => {
  const a = torch.tensor([1, 2]);
  a.add_(1);
  a.requires_grad = true;
  expect(() => a.add_(1)).toThrow("a leaf Variable that requires grad");
});

test("nothing of what is remembered outlives a reset of the kernels", () => {
  const a = torch.tensor([1, 2]);
  a.add(1);
  resetKernels();
  expect(a.add(1).tolist()).toEqual([2, 3]);
});

test("each result has a shape and strides of its own", () => {
  const a = torch.tensor([1, 2]);
  const [first, second] = [a.add(1), a.add(1)];
  expect(first.shape === second.shape).toBe(false);
  expect(first.stride() === second.stride()).toBe(false);
  expect(first.shape === first.shape && first.shape === first.size()).toBe(true);
  expect(Object.isFrozen(first.shape)).toBe(true);
});
