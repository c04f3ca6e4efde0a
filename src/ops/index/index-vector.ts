/** Ops on the slices of a tensor that a vector of indices names. */
import { IndexError, RuntimeError } from "../../base/errors.ts";
import { int32, int64 } from "../../core/dtype.ts";
import { copyElements } from "../../core/elements.ts";
import type { Operand } from "../../core/promotion.ts";
import { convertScalar, isScalar, type Scalar } from "../../core/scalar.ts";
import { at, formatShape, sameShape, wrapDim } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import {
  type Computation,
  type IndexedContext,
  scalarValue,
  scatter,
} from "../../loops/computation.ts";
import { arithmetic } from "../../loops/expression.ts";
import type { StoreMode } from "../../loops/kernel.ts";
import { arg } from "../arg.ts";
import { clone, contiguousClone } from "../data/clone.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { naive, type NaiveArray } from "../naive-array.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import { bodyPerKey } from "./body-per-key.ts";
import {
  alongDim,
  atLeast1d,
  checkIndexOfScalar,
  coordinatesAlong,
  noDimension,
  outOfBounds,
} from "./index-layout.ts";

type Scale = "plain" | "scaled";

const writeTensorBody = bodyPerKey(
  (key: `${number}|${"RuntimeError" | "IndexError"}|${Scale}|${string}`) => {
    const [dimText, error, scale, prefix = ""] = key.split("|");
    const dim = Number(dimText);
    return function writeSlices(context: IndexedContext) {
      const failure = outOfBounds(dim, error === "IndexError" ? error : "RuntimeError");
      const coordinates = coordinatesAlong(context, dim, {
        index: 0,
        failure: { ...failure, message: prefix + failure.message },
      });
      const value = context.load(1);
      return {
        coordinates,
        value: scale === "scaled" ? arithmetic("mul", value, context.scalar(1)) : value,
      };
    };
  },
);

const writeNumberBody = bodyPerKey((dim: number) => {
  return function fillSlices(context: IndexedContext) {
    const coordinates = coordinatesAlong(context, dim, {
      index: 0,
      failure: outOfBounds(dim, "IndexError"),
      wraps: true,
    });
    return { coordinates, value: context.scalar(1) };
  };
});

interface SliceWrite {
  readonly self: TensorBase;
  readonly dim: number;
  readonly index: TensorBase;
}

function writeTensor(
  { self, dim, index }: SliceWrite,
  source: TensorBase,
  options: {
    readonly mode: StoreMode;
    readonly error: "RuntimeError" | "IndexError";
    readonly prefix?: string;
    readonly factor?: Scalar;
  },
): Computation {
  const axis = self.ndim === 0 ? noDimension : wrapDim(dim, self.ndim);
  if (axis === noDimension) checkIndexOfScalar(index);
  const size = scalarValue("index", self.shape[axis] ?? 1);
  const { factor = 1, mode, error, prefix = "" } = options;
  const scale = factor === 1 ? "plain" : "scaled";
  const scalars =
    factor === 1
      ? [size]
      : [size, { type: self.dtype.computeName, value: convertScalar(factor, self.dtype) }];
  const values = atLeast1d(source);
  return scatter(writeTensorBody(`${axis}|${error}|${scale}|${prefix}`), {
    shape: values.shape,
    operands: [alongDim(index, Math.max(axis, 0), values.ndim), values],
    mode,
    scalars,
  });
}

function writeNumber({ self, dim, index }: SliceWrite, value: Scalar): Computation {
  const axis = self.ndim === 0 ? noDimension : wrapDim(dim, self.ndim);
  if (axis === noDimension) checkIndexOfScalar(index);
  const target = atLeast1d(self);
  const shape = target.shape.map((size, other) =>
    other === Math.max(axis, 0) ? index.numel() : size,
  );
  return scatter(writeNumberBody(axis), {
    shape,
    operands: [alongDim(index, Math.max(axis, 0), target.ndim)],
    scalars: [
      scalarValue("index", self.shape[axis] ?? 1),
      { type: self.dtype.computeName, value: convertScalar(value, self.dtype) },
    ],
  });
}

function naiveWrite(
  { self, dim, index }: SliceWrite,
  source: Operand,
  combine: (present: number, incoming: number) => number,
): NaiveArray {
  const values = [...naive(self).values];
  const incoming = naive(source).values;
  const axis = wrapDim(dim, self.ndim);
  const inner = self.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const length = self.shape[axis] ?? 1;
  const indices = naive(index).values.map((place) => (place < 0 ? place + length : place));
  const outer = values.length / Math.max(1, length * inner);
  for (let block = 0; block < outer; block++) {
    indices.forEach((place, row) => {
      for (let offset = 0; offset < inner; offset++) {
        const target = (block * length + place) * inner + offset;
        const value = isScalar(source)
          ? Number(source)
          : at(incoming, (block * indices.length + row) * inner + offset);
        values[target] = combine(at(values, target), value);
      }
    });
  }
  return { shape: self.shape, values };
}

function shapeWithout(shape: readonly number[], dim: number): readonly number[] {
  return shape.filter((_, axis) => axis !== dim);
}

type SourceWrite = SliceWrite & { readonly source: TensorBase };

function* sourceSamples(make: SampleMaker): Generator<SourceWrite> {
  yield {
    self: make.tensor([3, 4]),
    dim: 0,
    index: make.of([2], [2, 0], int64),
    source: make.tensor([2, 4]),
  };
  yield {
    self: make.strided([3, 4]),
    dim: -1,
    index: make.of([3], [3, 1, 0], int64),
    source: make.strided([3, 3]),
  };
  yield {
    self: make.tensor([3]),
    dim: 0,
    index: make.of([0], [], int64),
    source: make.tensor([0]),
  };
  yield {
    self: make.tensor([0, 2]),
    dim: 1,
    index: make.of([1], [1], int64),
    source: make.tensor([0, 1]),
  };
  yield { self: make.tensor([]), dim: 0, index: make.of([1], [0], int64), source: make.tensor([]) };
}

const addArgs = {
  self: arg.tensor,
  dim: arg.dim,
  index: arg.tensor,
  source: arg.tensor,
  alpha: arg.keyword(arg.withDefault(arg.scalar, 1)),
} as const;

function checkIndexAdd({ self, dim, index, source }: SourceWrite): void {
  const axis = wrapDim(dim, self.ndim);
  if (index.dtype !== int64 && index.dtype !== int32) {
    throw new RuntimeError("index_add_(): Expected dtype int32/int64 for index");
  }
  if (index.ndim > 1) {
    throw new IndexError(
      `index_add_(): Index is supposed to be a vector, but got dim: ${index.ndim} with type: ${index.dtype.scalarTypeName} and size: ${formatShape(index.shape)}`,
    );
  }
  if (self.dtype !== source.dtype) {
    throw new RuntimeError(
      `index_add_(): self (${self.dtype.scalarTypeName}) and source (${source.dtype.scalarTypeName}) must have the same scalar type`,
    );
  }
  if (!sameShape(shapeWithout(self.shape, axis), shapeWithout(source.shape, axis))) {
    throw new RuntimeError(
      `source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = ${formatShape(self.shape)} source.shape = ${formatShape(source.shape)}`,
    );
  }
  const count = source.shape[axis] ?? 1;
  if (index.numel() !== count) {
    throw new RuntimeError(
      `index_add_(): Number of indices (${index.numel()}) should be equal to source.size(dim): (${count}), for dim: ${axis}`,
    );
  }
}

export const index_add_ = defineOp({
  name: "index_add_",
  api: ["Tensor.index_add_"],
  checksData: true,
  args: addArgs,
  mutates: "self",
  dtypes: numberDTypes,
  doc: {
    summary:
      "Adds the slices of `source`, times `alpha`, to the slices that a vector of indices names.",
    example: "torch.zeros(3).index_add_(0, torch.tensor([2n, 2n]), torch.tensor([5, 6]))",
  },
  check: checkIndexAdd,
  mutation: (args) =>
    writeTensor(args, args.source, { mode: "add", error: "RuntimeError", factor: args.alpha }),
  reference: ({ source, alpha, ...rest }) =>
    naiveWrite(rest, source, (present, incoming) => present + incoming * Number(alpha)),
  derivative: "pending",
  samples: indexAddSamples,
});

export const index_add = defineOp({
  name: "index_add",
  api: ["torch.index_add", "Tensor.index_add"],
  checksData: true,
  args: addArgs,
  dtypes: numberDTypes,
  doc: {
    summary:
      "A copy of `input` with the slices of `source`, times `alpha`, added to those that a vector names.",
    example: "torch.index_add(torch.ones(3), 0, torch.tensor([2n, 2n]), torch.tensor([5, 6]))",
  },
  decomposition: ({ self, ...rest }) =>
    runOp(index_add_, { self: runOp(contiguousClone, { self }), ...rest }),
  reference: ({ source, alpha, ...rest }) =>
    naiveWrite(rest, source, (present, incoming) => present + incoming * Number(alpha)),
  derivative: "pending",
  samples: indexAddSamples,
});

function* indexAddSamples(make: SampleMaker): Generator<SourceWrite & { readonly alpha?: Scalar }> {
  yield* sourceSamples(make);
  yield {
    self: make.tensor([2, 3]),
    dim: 1,
    index: make.of([3], [1, 1, 0], int32),
    source: make.tensor([2, 3]),
    alpha: 2,
  };
}

const copyArgs = { self: arg.tensor, dim: arg.dim, index: arg.tensor, source: arg.tensor } as const;

function checkIndexCopy({ self, dim, index, source }: SourceWrite): void {
  const axis = wrapDim(dim, self.ndim);
  if (index.ndim >= 2) {
    throw new IndexError(`index_copy_(): Index should have dimension 1 or 0 (got ${index.ndim})`);
  }
  if (index.dtype !== int64) {
    throw new RuntimeError(
      `index_copy_(): Expected a long tensor for index, but got ${index.dtype.scalarTypeName}`,
    );
  }
  if (self.dtype !== source.dtype) {
    throw new RuntimeError(
      `index_copy_(): self and source expected to have the same dtype, but got (self) ${self.dtype.scalarTypeName} and (source) ${source.dtype.scalarTypeName}`,
    );
  }
  if (source.ndim > 0 && self.ndim > 0 && source.ndim !== self.ndim) {
    throw new IndexError(
      `index_copy_(): When source and destination are not scalars, their dimensionality must match. Source dimensionality (${source.ndim}), destination dimensionality (${self.ndim})`,
    );
  }
  if (!sameShape(shapeWithout(self.shape, axis), shapeWithout(source.shape, axis))) {
    throw new RuntimeError(
      `index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: ${shapeWithout(self.shape, axis).join(" ")} at dimension ${axis} and source slice shape: ${shapeWithout(source.shape, axis).join(" ")} at dimension ${axis}.`,
    );
  }
  const count = source.shape[axis] ?? 1;
  if (index.numel() !== count) {
    throw new IndexError(
      `index_copy_(): Number of indices (${index.numel()}) should be equal to source.size(dim) (${count})`,
    );
  }
}

export const index_copy_ = defineOp({
  name: "index_copy_",
  api: ["Tensor.index_copy_"],
  checksData: true,
  args: copyArgs,
  mutates: "self",
  doc: {
    summary: "Copies the slices of `source` to the slices that a vector of indices names.",
    example: "torch.zeros(3).index_copy_(0, torch.tensor([2n, 0n]), torch.tensor([5, 6]))",
  },
  check: checkIndexCopy,
  mutation: (args) =>
    writeTensor(args, args.source, { mode: "set", error: "IndexError", prefix: "index_copy_(): " }),
  reference: ({ source, ...rest }) => naiveWrite(rest, source, (_present, incoming) => incoming),
  derivative: "pending",
  samples: sourceSamples,
});

export const index_copy = defineOp({
  name: "index_copy",
  api: ["torch.index_copy", "Tensor.index_copy"],
  checksData: true,
  args: copyArgs,
  doc: {
    summary:
      "A copy of `input` with the slices that a vector of indices names replaced by those of `source`.",
    example: "torch.index_copy(torch.zeros(3), 0, torch.tensor([2n, 0n]), torch.tensor([5, 6]))",
  },
  decomposition: ({ self, ...rest }) =>
    runOp(index_copy_, { self: runOp(contiguousClone, { self }), ...rest }),
  reference: ({ source, ...rest }) => naiveWrite(rest, source, (_present, incoming) => incoming),
  derivative: "pending",
  samples: sourceSamples,
});

const fillArgs = { self: arg.tensor, dim: arg.dim, index: arg.tensor, value: arg.operand } as const;

function checkIndexFill({ self, dim, index }: SliceWrite, value: Operand): void {
  wrapDim(dim, self.ndim);
  if (!isScalar(value) && value.ndim > 0) {
    throw new RuntimeError(
      `index_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.ndim} dimension(s).`,
    );
  }
  if (index.dtype !== int64) throw new IndexError("index_fill_(): Expected dtype int64 for index.");
  if (index.ndim > 1) throw new IndexError("index_fill_(): Index has to be a vector/scalar");
  if (isScalar(value)) convertScalar(value, self.dtype);
}

export const index_fill_ = defineOp({
  name: "index_fill_",
  api: ["Tensor.index_fill_"],
  checksData: true,
  args: fillArgs,
  mutates: "self",
  doc: {
    summary:
      "Fills the slices that a vector of indices names with a number; indices may count from the end.",
    example: "torch.zeros(3).index_fill_(0, torch.tensor([2n, 0n]), 7)",
  },
  check: ({ value, ...rest }) => checkIndexFill(rest, value),
  mutation: ({ value, ...rest }) => writeNumber(rest, isScalar(value) ? value : elementOf(value)),
  reference: ({ value, ...rest }) =>
    naiveWrite(rest, at(naive(value).values, 0), (_present, incoming) => incoming),
  derivative: "pending",
  samples: fillSamples,
});

/** The element of a real 0-d tensor, without losing bits of an int64. */
function elementOf(value: TensorBase): Scalar {
  return copyElements(value)[0] ?? 0;
}

export const index_fill = defineOp({
  name: "index_fill",
  api: ["torch.index_fill", "Tensor.index_fill"],
  checksData: true,
  args: fillArgs,
  doc: {
    summary:
      "A copy of `input` with the slices that a vector of indices names filled with a number.",
    example: "torch.index_fill(torch.zeros(3), 0, torch.tensor([2n, 0n]), 7)",
  },
  decomposition: ({ self, ...rest }) =>
    runOp(index_fill_, { self: runOp(clone, { self }), ...rest }),
  reference: ({ value, ...rest }) =>
    naiveWrite(rest, at(naive(value).values, 0), (_present, incoming) => incoming),
  derivative: "pending",
  samples: fillSamples,
});

function* fillSamples(make: SampleMaker): Generator<SliceWrite & { readonly value: Operand }> {
  yield { self: make.tensor([3, 4]), dim: 0, index: make.of([2], [2, 0], int64), value: 1 };
  yield {
    self: make.strided([3, 4]),
    dim: -1,
    index: make.of([2], [-1, 1], int64),
    value: make.of([], [1]),
  };
  yield { self: make.tensor([3]), dim: 0, index: make.of([0], [], int64), value: 0 };
  yield { self: make.tensor([]), dim: 0, index: make.of([], [0], int64), value: 1 };
}
