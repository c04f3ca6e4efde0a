/** Where an affine map takes the places of an image. */
import { NotImplementedError, ValueError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { full } from "../create/full.ts";
import { linspace } from "../create/ranges.ts";
import { matmul } from "../linalg/matmul.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import { mul } from "../pointwise/arithmetic.ts";
import { runOp } from "../run-op.ts";
import { stack } from "../shape/cat.ts";
import { expand } from "../view/expand.ts";
import { transpose } from "../view/permute.ts";
import { reshape } from "../view/reshape.ts";

/** Places of a dimension from -1 to 1: the centres of the first and last element, or the edges around them. */
function placesOf(size: number, alignCorners: boolean, like: TensorBase): TensorBase {
  const { dtype } = like;
  if (size <= 1) return runOp(full, { size: [size], fill_value: 0, dtype });
  const places = runOp(linspace, { start: -1, end: 1, steps: size, dtype });
  return alignCorners ? places : runOp(mul, { self: places, other: (size - 1) / size });
}

function placeOf(index: number, size: number, alignCorners: boolean): number {
  if (size <= 1) return 0;
  const place = -1 + (2 * index) / (size - 1);
  return alignCorners ? place : (place * (size - 1)) / size;
}

export const affine_grid = defineOp({
  name: "affine_grid",
  api: ["torch.nn.functional.affine_grid"],
  args: {
    theta: arg.tensor,
    size: arg.ints,
    align_corners: arg.optional(arg.bool),
  },
  doc: {
    summary:
      "For each place of an output of `size`, where the affine map `theta` finds it in the input.",
    details:
      "Shape: theta (N, 2, 3) for images (N, C, H, W), or (N, 3, 4) for volumes; the grid (N, H, W, 2) is what `grid_sample` takes.",
    example:
      "torch.nn.functional.affine_grid(torch.tensor([[[1, 0, 0], [0, 1, 0]]]), [1, 1, 2, 2])",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ theta, size, align_corners }) => {
    if (!theta.dtype.is_floating_point)
      throw new ValueError(
        `Expected theta to have floating point type, but got ${theta.dtype.toString()}`,
      );
    const dims = size.slice(2);
    const rank = dims.length;
    const [count = 0] = size;
    if (rank !== 2 && rank !== 3) {
      throw new NotImplementedError(
        `affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size [${size.join(", ")}].`,
      );
    }
    if (theta.shape.join() !== [count, rank, rank + 1].join()) {
      throw new ValueError(
        `Expected a batch of ${rank}D affine matrices of shape Nx${rank}x${rank + 1} for size ${size.join(", ")}. Got ${theta.shape.join(", ")}.`,
      );
    }
    // The last dimension comes first: x, then y, then z.
    const spread = dims.map((length, axis) => {
      const own = placesOf(length, align_corners ?? false, theta);
      const shape = dims.map((_, each) => (each === axis ? length : 1));
      return runOp(expand, { self: runOp(reshape, { self: own, shape }), size: dims });
    });
    const ones = runOp(full, { size: dims, fill_value: 1, dtype: theta.dtype });
    const base = runOp(stack, { tensors: [...spread.reverse(), ones], dim: -1 });
    const rows = dims.reduce((product, length) => product * length, 1);
    const places = runOp(reshape, { self: base, shape: [1, rows, rank + 1] });
    const grid = runOp(matmul, {
      self: places,
      other: runOp(transpose, { self: theta, dim0: 1, dim1: 2 }),
    });
    return runOp(reshape, { self: grid, shape: [count, ...dims, rank] });
  },
  reference: ({ theta, size, align_corners }) => {
    const matrix = naive(theta);
    const dims = size.slice(2);
    return naiveFill([at(size, 0), ...dims, dims.length], (point) => {
      const places = dims
        .map((length, axis) => placeOf(at(point, axis + 1), length, align_corners ?? false))
        .reverse();
      const row = at(point, point.length - 1);
      return [...places, 1].reduce(
        (total, place, column) => total + place * elementAt(matrix, [at(point, 0), row, column]),
        0,
      );
    });
  },
  samples: function* (make) {
    for (const align_corners of [true, false]) {
      yield { theta: make.tensor([2, 2, 3]), size: [2, 3, 4, 5], align_corners };
      yield { theta: make.tensor([1, 3, 4]), size: [1, 1, 2, 3, 1], align_corners };
    }
    yield { theta: make.strided([1, 2, 3]), size: [1, 1, 1, 2] };
  },
});
