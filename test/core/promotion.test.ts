import { describe, expect, test } from "vitest";
import { torch } from "../api/torch.ts";

const ints = torch.arange(3);
const floats = torch.ones(3);
const bools = torch.tensor([true, false, true]);

describe("numbers are weakly typed by their value", () => {
  test.each([
    ["a whole number keeps an integer dtype", () => ints.add(2), "int64"],
    ["a fraction makes integers floats", () => ints.add(2.5), "float32"],
    ["a whole number makes bools int64", () => bools.add(1), "int64"],
    ["a boolean keeps every dtype", () => torch.ones(2, { dtype: torch.uint8 }).add(true), "uint8"],
    [
      "a bigint keeps an integer dtype",
      () => torch.ones(2, { dtype: torch.int32 }).add(3n),
      "int32",
    ],
    ["numbers never widen floats", () => floats.mul(1e300), "float32"],
    ["true division of integers gives the default float", () => ints.div(2), "float32"],
    ["a comparison with a fraction compares floats", () => ints.gt(0.5), "bool"],
  ])("%s", (_claim, compute, dtype) => {
    expect(compute().dtype.name).toBe(dtype);
  });

  test("a comparison with a fraction does not round the fraction", () => {
    expect(ints.gt(0.5).tolist()).toEqual([false, true, true]);
  });

  test("a number that does not fit an integer dtype is an error", () => {
    expect(() => torch.ones(1, { dtype: torch.uint8 }).add(300)).toThrow(
      "value cannot be converted to type uint8_t without overflow",
    );
  });
});

describe("tensors", () => {
  test.each([
    [
      "float64 wins over float32",
      () => floats.add(torch.ones(3, { dtype: torch.float64 })),
      "float64",
    ],
    [
      "a 0-d tensor does not widen within its category",
      () => floats.add(torch.ones([], { dtype: torch.float64 })),
      "float32",
    ],
    [
      "a 0-d float makes integers floats",
      () => ints.add(torch.ones([], { dtype: torch.float64 })),
      "float64",
    ],
    [
      "int32 and uint8 give int32",
      () => torch.ones(1, { dtype: torch.int32 }).add(torch.ones(1, { dtype: torch.uint8 })),
      "int32",
    ],
    ["integers and float32 give float32", () => ints.add(floats), "float32"],
  ])("%s", (_claim, compute, dtype) => {
    expect(compute().dtype.name).toBe(dtype);
  });
});

describe("data made from JavaScript values", () => {
  test.each([
    ["numbers are floats even when whole", () => torch.tensor([1, 2, 3]), "float32"],
    ["booleans are bool", () => torch.tensor([true]), "bool"],
    ["bigints are int64", () => torch.tensor([1n]), "int64"],
    ["a typed array keeps its dtype", () => torch.tensor(new Int32Array([1])), "int32"],
    ["arange of whole numbers is int64", () => torch.arange(3), "int64"],
    ["arange of fractions is float32", () => torch.arange(0, 1, 0.5), "float32"],
  ])("%s", (_claim, compute, dtype) => {
    expect(compute().dtype.name).toBe(dtype);
  });
});
