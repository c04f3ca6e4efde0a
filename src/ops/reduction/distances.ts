/** How alike vectors are. */
import { RuntimeError } from "../../base/errors.ts";
import { resultType } from "../../core/promotion.ts";
import { at, broadcastShapes, wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { toDType } from "../data/to.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import { add, div, mul, sub } from "../pointwise/arithmetic.ts";
import { clamp } from "../pointwise/choice.ts";
import { norm } from "../reduction/norm.ts";
import { sum } from "../reduction/sum.ts";
import { runOp } from "../run-op.ts";
import { expand } from "../view/expand.ts";

const pairArgs = { self: arg.tensor, other: arg.tensor } as const;

/** `compute` of the pairs of elements along one dimension of the broadcast operands. */
function naiveAlong(
  { self, other }: { readonly self: TensorBase; readonly other: TensorBase },
  axis: number,
  keepdim: boolean,
  compute: (pairs: readonly (readonly [number, number])[]) => number,
): NaiveArray {
  const shape = broadcastShapes(self.shape, other.shape);
  const [x, y] = [naive(self), naive(other)];
  const outer = shape.map((size, own) => (own === axis ? 1 : size));
  const values = coordinatesOf(outer).map((point) =>
    compute(
      Array.from({ length: at(shape, axis) }, (_, place) => {
        const there = point.map((own, dim) => (dim === axis ? place : own));
        return [elementAt(x, there), elementAt(y, there)] as const;
      }),
    ),
  );
  const result = naiveFill(keepdim ? outer : outer.filter((_, own) => own !== axis), () => 0);
  return { shape: result.shape, values };
}

export const cosine_similarity = defineOp({
  name: "cosine_similarity",
  api: ["torch.nn.functional.cosine_similarity", "torch.cosine_similarity"],
  args: { ...pairArgs, dim: arg.withDefault(arg.dim, 1), eps: arg.withDefault(arg.number, 1e-8) },
  doc: {
    summary:
      "The cosine of the angle between vectors along `dim`; lengths below `eps` count as `eps`.",
    example: "torch.nn.functional.cosine_similarity(torch.tensor([1, 0]), torch.tensor([1, 1]), 0)",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, other, dim, eps }) => {
    const dtype = resultType([self, other]);
    if (!dtype.is_floating_point) {
      throw new RuntimeError(
        `expected common dtype to be floating point, yet common dtype is ${dtype.scalarTypeName}`,
      );
    }
    const size = broadcastShapes(self.shape, other.shape);
    const direction = (tensor: TensorBase): TensorBase => {
      const vectors = runOp(expand, { self: runOp(toDType, { self: tensor, dtype }), size });
      const length = runOp(norm, { self: vectors, dim: [dim], keepdim: true });
      return runOp(div, { self: vectors, other: runOp(clamp, { self: length, min: eps }) });
    };
    const products = runOp(mul, { self: direction(self), other: direction(other) });
    return runOp(sum, { self: products, dim: [dim] });
  },
  reference: ({ self, other, dim, eps }) => {
    const rank = broadcastShapes(self.shape, other.shape).length;
    return naiveAlong({ self, other }, wrapDim(dim, rank), false, (pairs) => {
      const length = (part: 0 | 1): number =>
        Math.max(Math.sqrt(pairs.reduce((total, pair) => total + pair[part] ** 2, 0)), eps);
      return pairs.reduce((total, [x, y]) => total + x * y, 0) / (length(0) * length(1));
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), other: make.tensor([2, 3]) };
    yield { self: make.strided([2, 3, 4]), other: make.tensor([4]), dim: -1 };
    yield { self: make.of([2], [0, 0]), other: make.of([2], [1, 1]), dim: 0 };
  },
});

export const pairwise_distance = defineOp({
  name: "pairwise_distance",
  api: ["torch.nn.functional.pairwise_distance", "torch.pairwise_distance"],
  args: {
    ...pairArgs,
    p: arg.withDefault(arg.number, 2),
    eps: arg.withDefault(arg.number, 1e-6),
    keepdim: arg.withDefault(arg.bool, false),
  },
  doc: {
    summary:
      "The norm of order `p` of the differences between vectors along the last dimension, each plus `eps`.",
    example: "torch.nn.functional.pairwise_distance(torch.tensor([3, 0]), torch.tensor([0, 4]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, other, p, eps, keepdim }) => {
    const difference = runOp(sub, { self, other });
    return runOp(norm, {
      self: runOp(add, { self: difference, other: eps }),
      p,
      dim: [-1],
      keepdim,
    });
  },
  reference: ({ self, other, p, eps, keepdim }) => {
    const rank = broadcastShapes(self.shape, other.shape).length;
    return naiveAlong({ self, other }, rank - 1, keepdim, (pairs) => {
      const distances = pairs.map(([x, y]) => Math.abs(x - y + eps));
      if (p === Infinity) return Math.max(...distances);
      return distances.reduce((total, x) => total + x ** p, 0) ** (1 / p);
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 3]), other: make.tensor([2, 3]) };
    yield { self: make.strided([2, 3]), other: make.tensor([3]), p: 1, keepdim: true };
    yield { self: make.tensor([4]), other: make.tensor([4]), p: Infinity };
  },
});
