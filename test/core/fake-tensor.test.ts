import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { Tensor } from "../../src/api/tensor.ts";
import { DataDependentError } from "../../src/core/data-dependent-error.ts";
import { fakeTensor, isFake, metaOf, runFake } from "../../src/core/fake-tensor.ts";
import { torch } from "../api/torch.ts";

function fake(...sizes: number[]): Tensor {
  const tensor = fakeTensor(metaOf(torch.ones(sizes)));
  if (!(tensor instanceof Tensor)) throw new TypeError("fake tensors are Tensors");
  return tensor;
}

describe("metadata is interned", () => {
  test("equal metadata is one object, different metadata another", () => {
    expect(metaOf(torch.ones(2, 3))).toBe(metaOf(torch.zeros(2, 3)));
    expect(metaOf(torch.ones(2, 3))).not.toBe(metaOf(torch.ones(3, 2).t()));
    expect(metaOf(torch.ones(2))).not.toBe(metaOf(torch.ones(2, { dtype: torch.float64 })));
  });

  test("the place in the storage is not part of it", () => {
    const x = torch.ones(4, 2);
    expect(metaOf(x.select(0, 0))).toBe(metaOf(x.select(0, 3)));
  });

  test("requires_grad is", () => {
    const x = torch.ones(2);
    const before = metaOf(x);
    x.requires_grad_();
    expect(metaOf(x)).not.toBe(before);
  });
});

describe("fake tensors", () => {
  test("operations give fake tensors with the right metadata", () => {
    const y = fake(2, 3).t().add(1);
    expect(isFake(y)).toBe(true);
    expect(y.shape).toEqual([3, 2]);
    expect(y.stride()).toEqual([1, 3]);
  });

  test("in-place operations give the same object, views the same storage", () => {
    const x = fake(4);
    expect(x.add_(1)).toBe(x);
    expect(isFake(x.view(2, 2))).toBe(true);
  });

  test("errors are those of real tensors", () => {
    expect(() => fake(2).add(fake(3))).toThrow(
      "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0",
    );
    expect(() => fake(1).expand(3).add_(1)).toThrow(
      /more than one element of the written-to tensor/,
    );
  });

  test.each([
    ["item", (x: Tensor) => x.sum().item(), "scalar"],
    ["tolist", (x: Tensor) => x.tolist(), "scalar"],
    ["Symbol.toPrimitive", (x: Tensor) => Number(x.sum()), "scalar"],
    ["equal", (x: Tensor) => torch.equal(x, x), "scalar"],
    ["allclose", (x: Tensor) => torch.allclose(x, x), "scalar"],
    ["nonzero", (x: Tensor) => torch.nonzero(x), "shape"],
    ["masked_select", (x: Tensor) => torch.masked_select(x, x.gt(0)), "shape"],
  ])("%s throws a DataDependentError", (op, use, kind) => {
    const run = (): unknown => use(fake(3));
    expect(run).toThrow(DataDependentError);
    expect(run).toThrow(expect.objectContaining({ op, kind }));
  });

  test("inspection shows metadata only", () => {
    expect(inspect(fake(2, 3))).toBe("FakeTensor(..., size=(2, 3))");
  });
});

describe("fake mode", () => {
  test("factories give fake tensors, and real ones after it", () => {
    expect(isFake(runFake(() => torch.zeros(2)))).toBe(true);
    expect(isFake(runFake(() => torch.tensor([1, 2])))).toBe(true);
    expect(isFake(torch.zeros(2))).toBe(false);
  });

  test("ends when the body throws", () => {
    expect(() =>
      runFake(() => {
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(isFake(torch.zeros(1))).toBe(false);
  });

  test("random functions draw no numbers", () => {
    torch.manual_seed(0);
    const expected = torch.rand(2).tolist();
    torch.manual_seed(0);
    runFake(() => torch.rand(5));
    expect(torch.rand(2).tolist()).toEqual(expected);
  });
});
