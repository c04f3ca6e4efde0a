/** Indexing by integer tensors, where every index stands for one dimension: NumPy's "advanced" indexing. */
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { int64 } from "../../core/dtype.ts";
import { aliasOf } from "../../core/make-tensor.ts";
import { convertScalar, isScalar } from "../../core/scalar.ts";
import { at, formatShape, type Shape } from "../../core/shape.ts";
import { isTensor, stateOf, type TensorBase } from "../../core/tensor.ts";
import {
  type Computation,
  indexed,
  type IndexedContext,
  scalarValue,
  scatter,
} from "../../loops/computation.ts";
import { checkedIndex, type Expression } from "../../loops/expression.ts";
import { arg, mismatch, type RequiredArg } from "../arg.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { coordinatesOf, elementAt, naive, naiveFill } from "../naive-array.ts";
import { bodyPerKey } from "./body-per-key.ts";
import { outOfBounds } from "./index-layout.ts";

/** One index per leading dimension; null takes the whole dimension. */
export type TensorIndices = readonly (TensorBase | null)[];

const tensorIndices: RequiredArg<TensorIndices> = {
  kind: "index",
  type: "readonly (Tensor | null)[]",
  expected: "tuple of Tensors",
  parse: (value) =>
    Array.isArray(value) && value.every((item) => item === null || isTensor(item))
      ? value
      : mismatch,
  fallback: undefined,
  keywordOnly: false,
  spread: false,
};

/** How the dimensions of the result follow from those of the indexed tensor. */
interface IndexPlan {
  /** The common shape of the indices. */
  readonly indexShape: Shape;
  /** Where the indices' dimensions stand in the result. */
  readonly indexAxis: number;
  readonly resultShape: Shape;
  /** One letter per dimension of the indexed tensor: `i` indexed, `n` taken whole. */
  readonly pattern: string;
}

function planIndex(shape: Shape, indices: TensorIndices): IndexPlan {
  if (indices.length > shape.length) {
    throw new IndexError(
      `too many indices for tensor of dimension ${shape.length} (got ${indices.length})`,
    );
  }
  const given = indices.filter((index) => index !== null);
  const pattern = shape.map((_, axis) => ((indices[axis] ?? null) === null ? "n" : "i")).join("");
  const indexShape = commonShape(given.map((index) => index.shape));
  // Indices next to each other stay in their place; otherwise their dimensions come first.
  const indexAxis = /^n*i+n*$/.test(pattern) ? pattern.indexOf("i") : 0;
  const whole = shape.filter((_, axis) => pattern[axis] === "n");
  const resultShape = [...whole.slice(0, indexAxis), ...indexShape, ...whole.slice(indexAxis)];
  return { indexShape, indexAxis, resultShape, pattern };
}

function commonShape(shapes: readonly Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const common = Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - (rank - shape.length)] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
  if (!shapes.every((shape) => broadcastsTo(shape, common))) {
    throw new IndexError(
      `shape mismatch: indexing tensors could not be broadcast together with shapes ${shapes.map(formatShape).join(", ")}`,
    );
  }
  return common;
}

/** The point of the indexed tensor that belongs to the current position in the result. */
function indexedPoint(
  context: IndexedContext,
  key: PlanKey,
  firstIndex: number,
): readonly Expression[] {
  const [pattern = "", axisText, rankText] = key.split("|");
  const indexAxis = Number(axisText);
  const indexRank = Number(rankText);
  let nextIndex = 0;
  let nextWhole = 0;
  return [...pattern].map((letter, dim) => {
    if (letter === "i") {
      const slot = nextIndex++;
      return checkedIndex(
        context.load(firstIndex + slot),
        context.scalar(slot),
        outOfBounds(dim, "IndexError"),
        { wraps: true },
      );
    }
    const whole = nextWhole++;
    return at(context.positions, whole < indexAxis ? whole : whole + indexRank);
  });
}

type PlanKey = `${string}|${number}|${number}`;

const readBody = bodyPerKey((key: PlanKey) => {
  return function readAtIndices(context: IndexedContext) {
    return context.gather(indexedPoint(context, key, 0));
  };
});

const writeTensorBody = bodyPerKey((key: PlanKey) => {
  return function writeAtIndices(context: IndexedContext) {
    return { coordinates: indexedPoint(context, key, 1), value: context.load(0) };
  };
});

const writeNumberBody = bodyPerKey((key: `${number}|${PlanKey}`) => {
  const slot = Number(key.slice(0, key.indexOf("|")));
  // Proof of the cast: the key is a number and a plan's key, joined by a bar.
  const planKey = key.slice(key.indexOf("|") + 1) as PlanKey;
  return function fillAtIndices(context: IndexedContext) {
    return { coordinates: indexedPoint(context, planKey, 0), value: context.scalar(slot) };
  };
});

function keyOf({ pattern, indexAxis, indexShape }: IndexPlan): PlanKey {
  return `${pattern}|${indexAxis}|${indexShape.length}`;
}

/** The indices as views that broadcast to the result, and the sizes of the dimensions they index. */
function indexOperands(self: TensorBase, indices: TensorIndices, plan: IndexPlan) {
  const following = plan.resultShape.length - plan.indexAxis - plan.indexShape.length;
  const operands = indices
    .filter((index) => index !== null)
    .map((index) => {
      const { shape, strides, offset } = stateOf(index);
      const ones = new Array<number>(following).fill(1);
      return aliasOf(index, { shape: [...shape, ...ones], strides: [...strides, ...ones], offset });
    });
  const sizes = self.shape
    .filter((_, axis) => plan.pattern[axis] === "i")
    .map((size) => scalarValue("index", size));
  return { operands, sizes };
}

function naivePoint(
  self: TensorBase,
  indices: TensorIndices,
  plan: IndexPlan,
  point: readonly number[],
): readonly number[] {
  const indexPoint = point.slice(plan.indexAxis, plan.indexAxis + plan.indexShape.length);
  const whole = point.filter(
    (_, axis) => axis < plan.indexAxis || axis >= plan.indexAxis + plan.indexShape.length,
  );
  let next = 0;
  return self.shape.map((size, axis) => {
    const index = indices[axis] ?? null;
    if (index === null) return whole[next++] ?? 0;
    const place = elementAt(naive(index), indexPoint);
    return place < 0 ? place + size : place;
  });
}

export const indexTensors = defineOp({
  name: "index.Tensor",
  api: [],
  checksData: true,
  args: { self: arg.tensor, indices: tensorIndices },
  doc: {
    summary:
      "The elements at the places that integer tensors name, one tensor per leading dimension or null.",
  },
  meta: ({ self, indices }) => ({
    dtype: self.dtype,
    shape: planIndex(self.shape, indices).resultShape,
  }),
  lowering: ({ self, indices }) => {
    const plan = planIndex(self.shape, indices);
    const { operands, sizes } = indexOperands(self, indices, plan);
    return indexed(readBody(keyOf(plan)), { operands, gathered: self, scalars: sizes });
  },
  reference: ({ self, indices }) => {
    const plan = planIndex(self.shape, indices);
    const source = naive(self);
    return naiveFill(plan.resultShape, (point) =>
      elementAt(source, naivePoint(self, indices, plan, point)),
    );
  },
  derivative: "pending",
  samples: function* (make) {
    yield { self: make.tensor([3, 4]), indices: [make.of([2], [2, -1], int64)] };
    yield {
      self: make.strided([3, 4]),
      indices: [make.of([2, 1], [2, 0], int64), make.of([3], [0, 3, 1], int64)],
    };
    yield { self: make.tensor([2, 3, 4]), indices: [null, make.of([2], [2, 0], int64)] };
    yield {
      self: make.tensor([2, 3, 4]),
      indices: [make.of([2], [1, 0], int64), null, make.of([2], [3, 3], int64)],
    };
    yield { self: make.tensor([3]), indices: [make.of([0], [], int64)] };
  },
});

/** Assignment to the places that integer tensors name. */
export const indexPutTensors = defineOp({
  name: "index_put_.Tensor",
  api: [],
  checksData: true,
  args: {
    self: arg.tensor,
    indices: tensorIndices,
    values: arg.operand,
    accumulate: arg.withDefault(arg.bool, false),
  },
  mutates: "self",
  dtypes: numberDTypes,
  doc: {
    summary:
      "Writes values to the places that integer tensors name; with `accumulate` they are added.",
  },
  check: ({ self, indices, values }) => {
    const { resultShape } = planIndex(self.shape, indices);
    if (isScalar(values)) {
      convertScalar(values, self.dtype);
      return;
    }
    if (values.dtype !== self.dtype) {
      throw new RuntimeError(
        `Index put requires the source and destination dtypes match, got ${self.dtype.scalarTypeName} for the destination and ${values.dtype.scalarTypeName} for the source.`,
      );
    }
    if (!broadcastsTo(values.shape, resultShape)) {
      throw new RuntimeError(
        `shape mismatch: value tensor of shape ${formatShape(values.shape)} cannot be broadcast to indexing result of shape ${formatShape(resultShape)}`,
      );
    }
  },
  mutation: ({ self, indices, values, accumulate }): Computation => {
    const plan = planIndex(self.shape, indices);
    const { operands, sizes } = indexOperands(self, indices, plan);
    const shape = plan.resultShape;
    const mode = accumulate ? "add" : "set";
    if (isScalar(values)) {
      const scalars = [
        ...sizes,
        { type: self.dtype.computeName, value: convertScalar(values, self.dtype) },
      ];
      return scatter(writeNumberBody(`${sizes.length}|${keyOf(plan)}`), {
        shape,
        operands,
        mode,
        scalars,
      });
    }
    return scatter(writeTensorBody(keyOf(plan)), {
      shape,
      operands: [values, ...operands],
      mode,
      scalars: sizes,
    });
  },
  reference: ({ self, indices, values, accumulate }) => {
    const plan = planIndex(self.shape, indices);
    const result = [...naive(self).values];
    const incoming = naive(values);
    const positions = new Map(
      coordinatesOf(self.shape).map((point, position) => [point.join(), position]),
    );
    for (const point of coordinatesOf(plan.resultShape)) {
      const position = positions.get(naivePoint(self, indices, plan, point).join()) ?? 0;
      const value = elementAt(incoming, point);
      result[position] = accumulate ? at(result, position) + value : value;
    }
    return { shape: self.shape, values: result };
  },
  derivative: "pending",
  samples: function* (make) {
    yield {
      self: make.tensor([3, 4]),
      indices: [make.of([2], [2, 0], int64)],
      values: make.tensor([2, 4]),
    };
    yield {
      self: make.strided([3, 4]),
      indices: [null, make.of([2], [-1, 1], int64)],
      values: make.tensor([3, 1]),
    };
    yield {
      self: make.tensor([4]),
      indices: [make.of([3], [1, 1, 2], int64)],
      values: make.tensor([3]),
      accumulate: true,
    };
    yield {
      self: make.tensor([2, 2]),
      indices: [make.of([1], [1], int64), make.of([1], [0], int64)],
      values: 3,
    };
    yield { self: make.tensor([3]), indices: [make.of([0], [], int64)], values: make.tensor([0]) };
  },
});

function broadcastsTo(shape: Shape, target: Shape): boolean {
  const missing = target.length - shape.length;
  return (
    missing >= 0 && shape.every((size, axis) => size === 1 || size === at(target, axis + missing))
  );
}
