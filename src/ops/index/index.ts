import { IndexError } from "../../base/errors.ts";
import { DataDependentError } from "../../core/data-dependent-error.ts";
import { bool, int64 } from "../../core/dtype.ts";
import { isFakeMode } from "../../core/fake-mode.ts";
import { isScalar } from "../../core/scalar.ts";
import { isFake, isTensor, type TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { clone } from "../data/clone.ts";
import { copy_ } from "../data/copy.ts";
import { fill_ } from "../data/fill.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { naive } from "../naive-array.ts";
import { add } from "../pointwise/arithmetic.ts";
import { runOp } from "../run-op.ts";
import type { SampleMaker } from "../sample-maker.ts";
import {
  applyBasicItems,
  type BasicIndex,
  type IndexItem,
  indexItems,
  indexItemsSpread,
  isMask,
} from "./index-items.ts";
import { indexPutTensors, indexTensors, type TensorIndices } from "./index-tensors.ts";
import { naiveIndex, naiveIndexPut } from "./naive-index.ts";
import { indicesOfMask } from "./nonzero.ts";

/** The part of an index that looks at memory differently without reading it. */
export const indexView = defineOp({
  name: "index.basic",
  api: [],
  args: { self: arg.tensor, items: indexItems },
  doc: { summary: "The view that numbers, slices, ellipses and new dimensions give." },
  view: ({ self, items }) => applyBasicItems(self, items).geometry,
  reference: ({ self, items }) => naiveIndex(self, items),
  derivative: "pending",
  samples: basicSamples,
});

/** Indexes by tensors. Several of them broadcast together, except that 0-d ones select before, as numbers do. */
function applyTensors(view: TensorBase, tensors: BasicIndex["tensors"]): TensorBase {
  const selecting = tensors.findIndex(({ tensor }) => tensor.ndim === 0 && !isMask(tensor));
  if (selecting < 0 || tensors.length === 1) {
    return runOp(indexTensors, { self: view, indices: tensorIndicesOf(tensors) });
  }
  const selected = runOp(indexTensors, {
    self: view,
    indices: tensorIndicesOf(tensors.slice(selecting, selecting + 1)),
  });
  const others = tensors.filter((_, position) => position !== selecting);
  const first = tensors[selecting]?.dim ?? 0;
  return applyTensors(
    selected,
    others.map(({ tensor, dim }) => ({ tensor, dim: dim > first ? dim - 1 : dim })),
  );
}

/** The tensors of an index by the dimension of the view they stand at, with masks as integers. */
function tensorIndicesOf(tensors: BasicIndex["tensors"]): TensorIndices {
  const indices: (TensorBase | null)[] = [];
  for (const { tensor, dim } of tensors) {
    while (indices.length < dim) indices.push(null);
    if (!isMask(tensor)) {
      indices.push(tensor);
      continue;
    }
    if (isFake(tensor) || isFakeMode()) throw new DataDependentError("index", "shape");
    indices.push(...indicesOfMask(tensor));
  }
  return indices;
}

export const index = defineOp({
  name: "index",
  api: ["Tensor.index"],
  args: { self: arg.tensor, items: indexItemsSpread },
  doc: {
    summary:
      '`x[…]`: `x.index(0, "1:3", "...", null, indices)` stands for `x[0, 1:3, ..., None, indices]`.',
    details:
      'Numbers, slices, `"..."` and null give a view of the same memory; tensors of integers or booleans give a copy. Differs: a 0-d integer tensor gives a copy, where PyTorch reads it and gives a view.',
    example: 'torch.tensor([[1, 2, 3], [4, 5, 6]]).index(":", "1:")',
  },
  decomposition: ({ self, items }) => {
    const basic = applyBasicItems(self, items);
    const view =
      basic.isPartial || basic.tensors.length === 0
        ? runOp(indexView, { self, items: basic.viewItems })
        : self;
    return basic.tensors.length === 0 ? view : applyTensors(view, basic.tensors);
  },
  reference: ({ self, items }) => naiveIndex(self, items),
  derivative: "pending",
  samples: function* (make) {
    yield* basicSamples(make);
    yield { self: make.tensor([3, 4]), items: [make.of([2], [2, 0], int64)] };
    yield { self: make.tensor([3, 4]), items: ["1:", make.of([2], [-1, 0], int64)] };
    yield { self: make.tensor([3, 4]), items: [make.of([3], [1, 0, 1], bool)] };
    yield { self: make.strided([2, 3]), items: [make.of([2, 3], [1, 0, 1, 0, 0, 1], bool)] };
    yield {
      self: make.tensor([2, 3, 4]),
      items: [make.of([2], [1, 0], int64), ":", make.of([2], [3, 1], int64)],
    };
  },
});

const putArgs = {
  self: arg.tensor,
  indices: indexItems,
  values: arg.operand,
  accumulate: arg.withDefault(arg.bool, false),
} as const;

export const index_put_ = defineOp({
  name: "index_put_",
  api: ["torch.index_put_", "Tensor.index_put_"],
  checksData: true,
  args: putArgs,
  mutates: "self",
  dtypes: numberDTypes,
  doc: {
    summary: "`x[…] = values`: writes values, or a number, to the places that an index names.",
    details:
      "The index may hold everything that `index` takes. With `accumulate` the values are added, also where a place repeats.",
    example: 'torch.zeros(2, 3).index_put_([":", 1], 5)',
  },
  decomposition: ({ self, indices, values, accumulate }) => {
    if (indices.length > self.ndim && indices.every(isTensor)) {
      throw new IndexError(
        `too many indices for tensor of dimension ${self.ndim} (got ${indices.length})`,
      );
    }
    const basic = applyBasicItems(self, indices);
    const view = basic.isPartial ? runOp(indexView, { self, items: basic.viewItems }) : self;
    if (basic.tensors.length > 0) {
      runOp(indexPutTensors, {
        self: view,
        indices: tensorIndicesOf(basic.tensors),
        values,
        accumulate,
      });
    } else if (accumulate) {
      runOp(copy_, { self: view, src: runOp(add, { self: view, other: values }) });
    } else if (isScalar(values)) {
      runOp(fill_, { self: view, value: values });
    } else {
      runOp(copy_, { self: view, src: values });
    }
    return self;
  },
  reference: ({ self, indices, values, accumulate }) =>
    naiveIndexPut(self, indices, naive(values), accumulate),
  derivative: "pending",
  samples: putSamples,
});

export const index_put = defineOp({
  name: "index_put",
  api: ["torch.index_put", "Tensor.index_put"],
  checksData: true,
  args: putArgs,
  dtypes: numberDTypes,
  doc: {
    summary: "A copy of `input` with values written to the places that an index names.",
    example: 'torch.index_put(torch.zeros(2, 3), [":", 1], 5)',
  },
  decomposition: ({ self, ...rest }) =>
    runOp(index_put_, { self: runOp(clone, { self }), ...rest }),
  reference: ({ self, indices, values, accumulate }) =>
    naiveIndexPut(self, indices, naive(values), accumulate),
  derivative: "pending",
  samples: putSamples,
});

function* basicSamples(
  make: SampleMaker,
): Generator<{ self: TensorBase; items: readonly IndexItem[] }> {
  yield { self: make.tensor([3, 4]), items: [1] };
  yield { self: make.tensor([3, 4]), items: [-1, "1:3"] };
  yield { self: make.strided([3, 4]), items: ["::2", null, "-3:"] };
  yield { self: make.tensor([2, 3, 4]), items: ["...", 0] };
  yield { self: make.tensor([3, 4]), items: ["2:1"] };
  yield { self: make.tensor([]), items: [null] };
  yield { self: make.tensor([]), items: [] };
  yield { self: make.tensor([2]), items: [true, "0:100"] };
}

function* putSamples(make: SampleMaker): Generator<{
  self: TensorBase;
  indices: readonly IndexItem[];
  values: TensorBase | number;
  accumulate?: boolean;
}> {
  yield { self: make.tensor([3, 4]), indices: [1], values: make.tensor([4]) };
  yield { self: make.strided([3, 4]), indices: [":", "1:3"], values: 2 };
  yield {
    self: make.tensor([3, 4]),
    indices: [make.of([2], [2, 0], int64), "::2"],
    values: make.tensor([2, 2]),
  };
  yield { self: make.tensor([3]), indices: [make.of([3], [1, 0, 1], bool)], values: 1 };
  yield {
    self: make.tensor([3]),
    indices: [make.of([2], [1, 1], int64)],
    values: make.tensor([2]),
    accumulate: true,
  };
}
