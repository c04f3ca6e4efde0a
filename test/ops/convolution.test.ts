import { describe, expect, test } from "vitest";
import { float32 } from "../../src/core/dtype.ts";
import { conv2d } from "../../src/ops/conv/conv.ts";
import { sampleMaker } from "../../src/ops/sample-maker.ts";
import { torch } from "../api/torch.ts";
import { checkReference } from "./check-record.ts";

const { conv1d: line, conv2d: plane } = torch.nn.functional;

describe("a convolution large enough for blocked kernels agrees with its formula", () => {
  const make = sampleMaker(float32);
  const input = make.tensor([2, 4, 11, 13]);
  const windows = [
    [3, 3],
    [1, 1],
    [2, 5],
    [1, 4],
  ] as const;
  const cases = windows.flatMap((window) =>
    [1, 2, 4].flatMap((groups) =>
      [1, [2, 1], [3, 2]].flatMap((stride) =>
        [0, 1, [2, 0]].flatMap((padding) =>
          [1, [1, 2]].map((dilation) => ({ window, groups, stride, padding, dilation })),
        ),
      ),
    ),
  );
  test.each(cases)(
    "window $window, groups $groups, stride $stride, padding $padding, dilation $dilation",
    ({ window, groups, ...options }) => {
      const weight = make.tensor([8, 4 / groups, ...window], { low: -0.5, high: 0.5 });
      const args = {
        ...conv2d.defaults,
        input,
        weight,
        bias: make.tensor([8]),
        groups,
        ...options,
      };
      checkReference(conv2d, { label: "conv2d", args });
    },
  );

  test("for inputs and weights that are views", () => {
    const args = {
      ...conv2d.defaults,
      input: make.strided([2, 4, 11, 13]),
      weight: make.strided([8, 4, 3, 3], { low: -0.5, high: 0.5 }),
    };
    checkReference(conv2d, { label: "conv2d", args });
  });
});

describe("wrong arguments", () => {
  const input = torch.ones(1, 4, 5, 5);
  const weight = torch.ones(2, 4, 3, 3);

  test.each([
    [
      "the wrong number of dimensions",
      () => plane(torch.ones(4, 5), weight),
      "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [4, 5]",
    ],
    [
      "channels that do not match",
      () => plane(torch.ones(1, 3, 5, 5), weight),
      "Given groups=1, weight of size [2, 4, 3, 3], expected input[1, 3, 5, 5] to have 4 channels, but got 3 channels instead",
    ],
    [
      "a bias of another size",
      () => plane(input, weight, torch.ones(3)),
      "Given weight of size [2, 4, 3, 3], expected bias to be 1-dimensional with 2 elements, but got bias of size [3] instead",
    ],
    [
      "a window larger than the input",
      () => plane(input, torch.ones(2, 4, 6, 6)),
      "Calculated padded input size per channel: (5 x 5). Kernel size: (6 x 6). Kernel size can't be greater than actual input size",
    ],
    [
      "same padding with a stride",
      () => plane(input, weight, null, 2, "same"),
      "padding='same' is not supported for strided convolutions",
    ],
    [
      "an unknown padding",
      () => plane(input, weight, null, 1, "some" as "same"),
      "Invalid padding string: 'some'",
    ],
    ["a stride of 0", () => plane(input, weight, null, 0), "non-positive stride is not supported"],
    [
      "dtypes that differ",
      () => plane(input, weight.to(torch.float64)),
      "Input type (float) and weight type (double) should be the same",
    ],
    [
      "too many strides",
      () => line(torch.ones(1, 1, 5), torch.ones(1, 1, 2), null, [1, 1]),
      "expected stride to be a single integer value or a list of 1 values to match the convolution dimensions, but got stride=[1, 1]",
    ],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(message);
  });
});
