import { describe, expect, test } from "vitest";
import { torch } from "../api/torch.ts";

describe("integers", () => {
  test("arithmetic wraps at the width of the dtype", () => {
    expect(
      torch
        .tensor([2n ** 63n - 1n])
        .add(1)
        .toTypedArray(),
    ).toEqual(new BigInt64Array([-(2n ** 63n)]));
    expect(
      torch
        .tensor([2 ** 31 - 1], { dtype: torch.int32 })
        .add(1)
        .item(),
    ).toBe(-(2 ** 31));
    expect(torch.tensor([250], { dtype: torch.uint8 }).add(10).item()).toBe(4);
    expect(
      torch
        .tensor([65536], { dtype: torch.int32 })
        .mul(torch.tensor([65537], { dtype: torch.int32 }))
        .item(),
    ).toBe(65536);
  });

  test("remainder has the sign of the divisor, fmod that of the dividend", () => {
    const x = torch.tensor([-3n, 3n]);
    expect(x.remainder(2).tolist()).toEqual([1, 1]);
    expect(x.fmod(2).tolist()).toEqual([-1, 1]);
    expect(x.div(2, { rounding_mode: "floor" }).tolist()).toEqual([-2, 1]);
  });

  test("division by zero is an error for integers and infinity for floats", () => {
    expect(() => torch.arange(3).floor_divide(0)).toThrow("ZeroDivisionError");
    expect(torch.ones(1).div(0).item()).toBe(Infinity);
  });

  test("sums of bools and integers are int64", () => {
    expect(torch.tensor([true, true]).sum().dtype).toBe(torch.int64);
    expect(torch.full([300], 1, { dtype: torch.uint8 }).sum().item()).toBe(300);
  });
});

describe("floats", () => {
  test("float32 arithmetic rounds as float32", () => {
    expect(torch.tensor([0.1]).add(0.2).item()).toBe(
      Math.fround(Math.fround(0.1) + Math.fround(0.2)),
    );
    expect(torch.tensor([16777216]).add(1).item()).toBe(16777216);
  });

  test("round goes to the even neighbour", () => {
    expect(torch.tensor([0.5, 1.5, 2.5, -0.5, -1.5]).round().tolist()).toEqual([0, 2, 2, -0, -2]);
  });

  test("NaN wins in maximum, max and clamp", () => {
    const x = torch.tensor([1, NaN, 3]);
    expect(torch.maximum(x, torch.zeros(3)).tolist()).toEqual([1, NaN, 3]);
    expect(x.max().item()).toBeNaN();
    expect(x.argmax().item()).toBe(1);
    expect(x.clamp(0, 2).tolist()).toEqual([1, NaN, 2]);
  });

  test("a long float32 sum is accurate", () => {
    expect(torch.full([100000], 0.1).sum().item()).toBeCloseTo(10000, 2);
  });
});

describe("reductions of nothing", () => {
  const none = torch.zeros(0);

  test("have a value where there is one", () => {
    expect(none.sum().item()).toBe(0);
    expect(none.prod().item()).toBe(1);
    expect(none.mean().item()).toBeNaN();
    expect(none.all().item()).toBe(true);
    expect(none.any().item()).toBe(false);
    expect(none.logsumexp(0).item()).toBe(-Infinity);
  });

  test("are errors where there is none", () => {
    expect(() => none.max()).toThrow(
      "max(): Expected reduction dim to be specified for input.numel() == 0.",
    );
    expect(() => torch.zeros(0, 3).amax(0)).toThrow(
      "amax(): Expected reduction dim 0 to have non-zero size.",
    );
  });

  test("var of one element is NaN with the default correction", () => {
    expect(torch.ones(1).var().item()).toBeNaN();
    expect(torch.ones(1).var({ correction: 0 }).item()).toBe(0);
  });
});

describe("results with names", () => {
  test("destructure as arrays, read by name, and print as PyTorch's", () => {
    const result = torch.tensor([[1, 3, 2]]).max(1);
    const [values, indices] = result;
    expect(values).toBe(result.values);
    expect(indices?.tolist()).toEqual([1]);
    expect(String(result)).toBe(
      "torch.return_types.max(\nvalues=tensor([3.]),\nindices=tensor([1]))",
    );
  });
});

describe("layouts", () => {
  test("pointwise results keep the order of dimensions of their operands", () => {
    expect(torch.ones(2, 3).t().add(1).stride()).toEqual([1, 3]);
    expect(torch.ones(2, 3).t().add(torch.ones(3, 2)).stride()).toEqual([1, 3]);
    expect(torch.ones(3, 2).add(torch.ones(2, 3).t()).stride()).toEqual([2, 1]);
  });

  test("view needs memory that allows it, reshape copies", () => {
    const x = torch.arange(6).view(2, 3).t();
    expect(() => x.view(6)).toThrow(
      /^view size is not compatible with input tensor's size and stride/,
    );
    expect(x.reshape(6).tolist()).toEqual([0, 3, 1, 4, 2, 5]);
  });
});
