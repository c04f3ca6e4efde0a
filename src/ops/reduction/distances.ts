/** How alike vectors are. */
import { convertScalar } from "../../core/scalar.ts";
import { RuntimeError } from "../../base/errors.ts";
import { resultType } from "../../core/promotion.ts";
import { at, broadcastShapes, wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { toDType } from "../data/to.ts";
import { defineOp, floatDTypes, wideFloatDTypes } from "../define-op.ts";
import { notForWords } from "../not-implemented.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import { add, div, mul, sub } from "../pointwise/arithmetic.ts";
import { clamp } from "../pointwise/choice.ts";
import { norm } from "../reduction/norm.ts";
import { sum } from "../reduction/sum.ts";
import { runOp } from "../run-op.ts";
import { expand } from "../view/expand.ts";
import { unsqueeze } from "../view/squeeze.ts";

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
    const least = Number(convertScalar(eps, resultType([self, other])));
    return naiveAlong({ self, other }, wrapDim(dim, rank), false, (pairs) => {
      const length = (part: 0 | 1): number =>
        Math.max(Math.sqrt(pairs.reduce((total, pair) => total + pair[part] ** 2, 0)), least);
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

const computeModes = [
  "use_mm_for_euclid_dist_if_necessary",
  "use_mm_for_euclid_dist",
  "donot_use_mm_for_euclid_dist",
] as const;

function checkCdist(x1: TensorBase, x2: TensorBase, p: number): void {
  for (const [name, { dtype, ndim }] of Object.entries({ X1: x1, X2: x2 })) {
    if (!dtype.is_floating_point) {
      throw new RuntimeError(
        `cdist only supports floating-point dtypes, ${name} got: ${dtype.scalarTypeName}`,
      );
    }
    if (ndim < 2)
      throw new RuntimeError(`cdist only supports at least 2D tensors, ${name} got: ${ndim}D`);
  }
  const [own, others] = [x1.size(-1), x2.size(-1)];
  if (own !== others) {
    throw new RuntimeError(
      `X1 and X2 must have the same number of columns. X1: ${own} X2: ${others}`,
    );
  }
  if (p < 0) throw new RuntimeError("cdist only supports non-negative p values");
  if (x1.dtype !== x2.dtype) {
    throw new RuntimeError(
      `expected scalar type ${x1.dtype.scalarTypeName} but found ${x2.dtype.scalarTypeName}`,
    );
  }
}

export const cdist = defineOp({
  name: "cdist",
  api: ["torch.cdist"],
  args: {
    x1: arg.tensor,
    x2: arg.tensor,
    p: arg.withDefault(arg.number, 2),
    compute_mode: arg.withDefault(arg.choice(...computeModes), computeModes[0]),
  },
  doc: {
    summary:
      "The norms of order `p` of the differences between every row of one matrix and every row of another.",
    details:
      "Shape: (…, P, M) and (…, R, M) give (…, P, R). Differs: `compute_mode` changes nothing, since products that cancel are never used.",
    example: "torch.cdist(torch.tensor([[0, 0]]), torch.tensor([[3, 4], [0, 1]]))",
  },
  derivative: "pending",
  dtypes: wideFloatDTypes,
  decomposition: ({ x1, x2, p }) => {
    checkCdist(x1, x2, p);
    notForWords("cdist")(x1.dtype);
    const difference = runOp(sub, {
      self: runOp(unsqueeze, { self: x1, dim: -2 }),
      other: runOp(unsqueeze, { self: x2, dim: -3 }),
    });
    // The largest of no differences does not exist, but the distance of points without coordinates is 0.
    const order = x1.size(-1) === 0 ? 1 : p;
    return runOp(norm, { self: difference, p: order, dim: [-1] });
  },
  reference: ({ x1, x2, p }) => {
    const [own, others] = [naive(x1), naive(x2)];
    const batch = broadcastShapes(x1.shape.slice(0, -2), x2.shape.slice(0, -2));
    const [rows, columns] = [at(x1.shape, x1.ndim - 2), at(x2.shape, x2.ndim - 2)];
    const width = at(x1.shape, x1.ndim - 1);
    return naiveFill([...batch, rows, columns], (point) => {
      const [row, column] = [at(point, batch.length), at(point, batch.length + 1)];
      const outer = point.slice(0, batch.length);
      const distances = Array.from({ length: width }, (_, place) => {
        const [x, y] = [
          elementAt(own, [...outer, row, place]),
          elementAt(others, [...outer, column, place]),
        ];
        return Math.abs(x - y);
      });
      if (p === Infinity) return Math.max(0, ...distances);
      if (p === 0) return distances.filter((x) => x !== 0).length;
      return distances.reduce((total, x) => total + x ** p, 0) ** (1 / p);
    });
  },
  samples: function* (make) {
    yield { x1: make.tensor([2, 3]), x2: make.tensor([4, 3]) };
    yield { x1: make.strided([2, 5, 3]), x2: make.tensor([4, 3]), p: 1 };
    yield { x1: make.tensor([2, 3]), x2: make.strided([3, 4, 3]), p: Infinity };
    yield { x1: make.tensor([2, 0]), x2: make.tensor([3, 0]), p: Infinity };
    yield { x1: make.tensor([3, 2]), x2: make.tensor([2, 2]), p: 3 };
    yield { x1: make.of([1, 2], [1, 2]), x2: make.of([2, 2], [1, 2, 1, 5]), p: 0 };
    yield { x1: make.tensor([0, 2]), x2: make.tensor([3, 2]) };
  },
});
