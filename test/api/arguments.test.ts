import { describe, expect, test } from "vitest";
import { IndexError, RuntimeError } from "../../src/base/errors.ts";
import { torch } from "./torch.ts";

/** Calls with arguments that do not type-check. */
function untyped(target: unknown, name: string): (...args: readonly unknown[]) => unknown {
  const method: unknown = Reflect.get(Object(target), name);
  if (typeof method !== "function") throw new TypeError(`no ${name}`);
  return (...args) => Reflect.apply(method, target, args);
}

const x = torch.ones(2, 3);

describe("arguments that do not fit are TypeErrors in PyTorch's words", () => {
  test.each([
    ["sin", [x, x], "sin() takes 1 positional argument but 2 were given"],
    ["sin", [], 'sin() missing 1 required positional arguments: "input"'],
    ["sin", [3], "sin(): argument 'input' (position 1) must be Tensor, not number"],
    ["sum", [x, 1, true], "sum() takes 2 positional arguments but 3 were given"],
    ["sum", [x, { foo: 1 }], "sum() got an unexpected keyword argument 'foo'"],
    ["sum", [x, 1, { dim: 1 }], "sum() got multiple values for argument 'dim'"],
    ["sum", [x, 1, { keepdim: 1 }], "sum(): argument 'keepdim' must be bool, not number"],
    ["cat", [x], "cat(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor"],
  ])("torch.%s", (name, args, message) => {
    const call = untyped(torch, name);
    expect(() => call(...args)).toThrow(new TypeError(message));
  });

  test("a method without parameters", () => {
    expect(() => untyped(x, "sin")(x)).toThrow(
      new TypeError("Tensor.sin() takes no arguments (1 given)"),
    );
  });

  test("a call that no overload takes lists them", () => {
    expect(() => untyped(torch, "max")("a")).toThrow(
      /^max\(\) received an invalid combination of arguments - got \(string\), but expected one of:\n/,
    );
  });

  test("an array callback's extra arguments are not ignored", () => {
    const sin = untyped(torch, "sin");
    expect(() => [x].map((value, index, all) => sin(value, index, all))).toThrow(
      "sin() takes 1 positional argument but 3 were given",
    );
  });
});

describe("shapes that do not fit are RuntimeErrors and IndexErrors in PyTorch's words", () => {
  test.each([
    [
      () => x.add(torch.ones(4)),
      RuntimeError,
      "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
    ],
    [() => x.view(4, 2), RuntimeError, "shape '[4, 2]' is invalid for input of size 6"],
    [
      () => x.sum(2),
      IndexError,
      "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
    ],
    [
      () => torch.mm(x, torch.ones(4, 5)),
      RuntimeError,
      "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)",
    ],
    [
      () => torch.ones(2).add_(torch.ones(3, 2)),
      RuntimeError,
      "output with shape [2] doesn't match the broadcast shape [3, 2]",
    ],
    [
      () => torch.ones(2, { dtype: torch.int64 }).add_(1.5),
      RuntimeError,
      "result type Float can't be cast to the desired output type Long",
    ],
    [
      () => torch.arange(3).mean(),
      RuntimeError,
      "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long",
    ],
    [() => x.item(), RuntimeError, "a Tensor with 6 elements cannot be converted to Scalar"],
  ])("%s", (call, errorClass, message) => {
    expect(call).toThrow(errorClass);
    expect(call).toThrow(message);
  });
});

describe("options", () => {
  test("sizes may be spread or an array", () => {
    expect(torch.zeros(2, 3).shape).toEqual([2, 3]);
    expect(torch.zeros([2, 3]).shape).toEqual([2, 3]);
    expect(torch.zeros(2, 3, { dtype: torch.int64 }).dtype).toBe(torch.int64);
    expect(torch.zeros([2, 3], { dtype: torch.int64 }).dtype).toBe(torch.int64);
  });

  test("optional positional arguments may be given by name", () => {
    expect(x.sum({ dim: 0, keepdim: true }).shape).toEqual([1, 3]);
  });

  test("undefined in the options is as good as nothing", () => {
    expect(Number(untyped(x, "sum")({ dim: undefined }))).toBe(6);
  });
});
