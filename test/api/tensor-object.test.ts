import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { Tensor } from "../../src/api/tensor.ts";
import { kernelMemory } from "../../src/runtime/kernel-memory.ts";
import { torch } from "./torch.ts";

describe("a tensor as a JavaScript value", () => {
  test("is an instance of Tensor and shows no state", () => {
    const x = torch.ones(2);
    expect(x).toBeInstanceOf(Tensor);
    expect(Object.keys(x)).toEqual([]);
    expect(Object.getOwnPropertyNames(x)).toEqual([]);
  });

  test("prints as PyTorch prints it, also through console.log", () => {
    expect(inspect(torch.ones(2, 2))).toBe("tensor([[1., 1.],\n        [1., 1.]])");
    expect(String(torch.arange(3))).toBe("tensor([0, 1, 2])");
    expect(`${torch.tensor(1.5)}`).toBe("tensor(1.5000)");
  });

  test("is JSON of nested arrays", () => {
    expect(
      JSON.stringify({
        x: torch.tensor([
          [1, 2],
          [3, 4],
        ]),
      }),
    ).toBe('{"x":[[1,2],[3,4]]}');
  });

  test("of one element converts to a number, of more throws", () => {
    expect(Number(torch.tensor([3]))).toBe(3);
    expect(Number(torch.tensor(2)) > 1).toBe(true);
    expect(() => Number(torch.ones(2))).toThrow(
      /^a Tensor of shape \[2\] cannot be converted to a number/,
    );
  });

  test("iterates over views of its first dimension", () => {
    const x = torch.zeros(2, 2);
    for (const row of x) row.add_(1);
    expect(x.tolist()).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(() => [...torch.tensor(1)]).toThrow("iteration over a 0-d tensor");
  });

  test("gives its elements as a typed array of its dtype", () => {
    expect(torch.tensor([1, 2]).toTypedArray()).toEqual(new Float32Array([1, 2]));
    expect(torch.tensor([1n]).toTypedArray()).toEqual(new BigInt64Array([1n]));
    expect(torch.arange(6).view(2, 3).t().toTypedArray()).toEqual(
      new BigInt64Array([0n, 3n, 1n, 4n, 2n, 5n]),
    );
  });

  test("item and tolist give numbers for int64, booleans for bool, and an error past 2^53", () => {
    expect(torch.arange(3).tolist()).toEqual([0, 1, 2]);
    expect(torch.tensor([true]).item()).toBe(true);
    expect(() => torch.tensor([2n ** 60n]).item()).toThrow(
      /use toTypedArray\(\), which gives bigints/,
    );
  });
});

describe("memory", () => {
  test("dispose frees it at once, and using the tensor afterwards is an error", () => {
    const before = kernelMemory().counts().usedBytes;
    const x = torch.zeros(1000);
    expect(kernelMemory().counts().usedBytes).toBe(before + 4096);
    x.dispose();
    expect(kernelMemory().counts().usedBytes).toBe(before);
    expect(() => x.add(1)).toThrow(/was disposed/);
  });

  test("a view keeps the memory of a disposed tensor", () => {
    const x = torch.ones(4);
    const view = x.view(2, 2);
    x.dispose();
    expect(view.sum().item()).toBe(4);
  });

  test("using disposes at the end of the block", () => {
    let kept: Tensor;
    {
      using x = torch.ones(2);
      kept = x;
    }
    expect(() => kept.sum()).toThrow(/was disposed/);
  });
});

describe("views share memory", () => {
  test("a write through a view shows in the base", () => {
    const x = torch.zeros(2, 3);
    x.select(0, 1).fill_(5);
    x.narrow(1, 0, 1).add_(1);
    x.t().select(0, 2).mul_(2);
    expect(x.tolist()).toEqual([
      [1, 0, 0],
      [6, 5, 10],
    ]);
  });

  test("writing to an expanded tensor is an error", () => {
    expect(() => torch.ones(1).expand(3).add_(1)).toThrow(
      /^unsupported operation: more than one element of the written-to tensor refers to a single memory location/,
    );
  });

  test("writing to memory that is read elsewhere is an error", () => {
    const x = torch.arange(5);
    expect(() => x.narrow(0, 1, 4).add_(x.narrow(0, 0, 4))).toThrow(
      /^unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location/,
    );
  });

  test("a tensor made with as_tensor shares memory with its typed array", () => {
    const array = new Float32Array([1, 2]);
    torch.as_tensor(array).mul_(2);
    expect([...array]).toEqual([2, 4]);
  });

  test("in-place operations on a leaf that requires gradients are errors", () => {
    expect(() => torch.ones(2, { requires_grad: true }).add_(1)).toThrow(
      "a leaf Variable that requires grad is being used in an in-place operation.",
    );
  });
});
