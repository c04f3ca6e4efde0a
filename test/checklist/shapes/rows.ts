import * as torch from "fullgraph";

/** One argument list for each size: a tensor with that first size. */
export const rows = (
  sizes: readonly number[],
  ...rest: readonly number[]
): readonly (readonly [torch.Tensor])[] =>
  sizes.map((size) => [
    torch
      .arange(0, size * rest.reduce((a, b) => a * b, 1))
      .to(torch.float32)
      .reshape([size, ...rest]),
  ]);
