import { describe, expect, test } from "vitest";
import { AssertionError, ValueError } from "../../src/base/errors.ts";
import { torch } from "../api/torch.ts";

const { assert_close } = torch.testing;

describe("equal", () => {
  test.each([
    ["same elements", torch.ones(2), torch.ones(2), true],
    ["other elements", torch.ones(2), torch.zeros(2), false],
    ["other shapes", torch.ones(2), torch.ones(3), false],
    ["same values in another dtype", torch.ones(2), torch.ones(2, { dtype: torch.int64 }), true],
    ["NaN", torch.tensor([NaN]), torch.tensor([NaN]), false],
    ["nothing", torch.zeros(0), torch.zeros(0), true],
  ])("%s", (_claim, x, y, expected) => {
    expect(torch.equal(x, y)).toBe(expected);
  });
});

describe("allclose", () => {
  test("allows small differences, equal infinities, and NaN only when asked", () => {
    expect(torch.allclose(torch.ones(2), torch.ones(2).add(1e-6))).toBe(true);
    expect(torch.allclose(torch.ones(2), torch.ones(2).add(1e-3))).toBe(false);
    expect(torch.allclose(torch.tensor([Infinity]), torch.tensor([Infinity]))).toBe(true);
    expect(torch.allclose(torch.tensor([NaN]), torch.tensor([NaN]))).toBe(false);
    expect(torch.allclose(torch.tensor([NaN]), torch.tensor([NaN]), { equal_nan: true })).toBe(
      true,
    );
  });
});

describe("assert_close says what differs in PyTorch's words", () => {
  test.each([
    [
      "floats",
      torch.tensor([1, 2, 3]),
      torch.tensor([1, 2, 4]),
      "Tensor-likes are not close!\n\nMismatched elements: 1 / 3 (33.3%)\nGreatest absolute difference: 1.0 at index (2,) (up to 1e-05 allowed)\nGreatest relative difference: 0.25 at index (2,) (up to 1.3e-06 allowed)",
    ],
    [
      "integers",
      torch.tensor([
        [1n, 2n],
        [3n, 4n],
      ]),
      torch.tensor([
        [1n, 2n],
        [3n, 5n],
      ]),
      "Tensor-likes are not equal!\n\nMismatched elements: 1 / 4 (25.0%)\nGreatest absolute difference: 1 at index (1, 1)\nGreatest relative difference: 0.20000000298023224 at index (1, 1)",
    ],
    [
      "float16",
      torch.tensor([1, 2, 3], { dtype: torch.float16 }),
      torch.tensor([1, 2.1, 3], { dtype: torch.float16 }),
      "Tensor-likes are not close!\n\nMismatched elements: 1 / 3 (33.3%)\nGreatest absolute difference: 0.099609375 at index (1,) (up to 1e-05 allowed)\nGreatest relative difference: 0.047454833984375 at index (1,) (up to 0.001 allowed)",
    ],
    [
      "bfloat16",
      torch.tensor([1, 2, 3], { dtype: torch.bfloat16 }),
      torch.tensor([1, 2.1, 3], { dtype: torch.bfloat16 }),
      "Tensor-likes are not close!\n\nMismatched elements: 1 / 3 (33.3%)\nGreatest absolute difference: 0.09375 at index (1,) (up to 1e-05 allowed)\nGreatest relative difference: 0.044677734375 at index (1,) (up to 0.016 allowed)",
    ],
    [
      "0-d tensors",
      torch.tensor(1),
      torch.tensor(2),
      "Scalars are not close!\n\nExpected 2.0 but got 1.0.\nAbsolute difference: 1.0 (up to 1e-05 allowed)\nRelative difference: 0.5 (up to 1.3e-06 allowed)",
    ],
    [
      "NaN",
      torch.tensor([NaN]),
      torch.tensor([NaN]),
      "Tensor-likes are not close!\n\nMismatched elements: 1 / 1 (100.0%)\nGreatest absolute difference: nan at index (0,) (up to 1e-05 allowed)\nGreatest relative difference: nan at index (0,) (up to 1.3e-06 allowed)",
    ],
    [
      "shapes",
      torch.ones(2),
      torch.ones(3),
      "The values for attribute 'shape' do not match: torch.Size([2]) != torch.Size([3]).",
    ],
    [
      "dtypes",
      torch.ones(2),
      torch.ones(2, { dtype: torch.float64 }),
      "The values for attribute 'dtype' do not match: torch.float32 != torch.float64.",
    ],
  ])("%s", (_claim, actual, expected, message) => {
    expect(() => assert_close(actual, expected)).toThrow(new AssertionError(message));
  });

  test("nothing when they are close", () => {
    expect(() => assert_close(torch.ones(2), torch.ones(2).add(1e-7))).not.toThrow();
  });

  test("both tolerances or none must be given", () => {
    expect(() => assert_close(torch.ones(1), torch.ones(1), { rtol: 0.5 })).toThrow(
      new ValueError(
        "Both 'rtol' and 'atol' must be either specified or omitted, but got no atol.",
      ),
    );
  });
});
