/** Sums, means and maxima of bags of rows of a table. */
import { NotImplementedError, RuntimeError, ValueError } from "../../base/errors.ts";
import { int32, int64 } from "../../core/dtype.ts";
import { itemOf } from "../../core/elements.ts";
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg, type ArgsOf } from "../arg.ts";
import { arange } from "../create/ranges.ts";
import { ones, zeros } from "../create/full.ts";
import { toDType } from "../data/to.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { coordinatesOf, naive, type NaiveArray } from "../naive-array.ts";
import { div, floorDivide, mul, sub } from "../pointwise/arithmetic.ts";
import { clamp, where } from "../pointwise/choice.ts";
import { eq, ne } from "../pointwise/comparison.ts";
import { cumsum } from "../reduction/cumulative.ts";
import { runOp } from "../run-op.ts";
import { expand } from "../view/expand.ts";
import { narrow, select } from "../view/select.ts";
import { reshape } from "../view/reshape.ts";
import { unsqueeze } from "../view/squeeze.ts";
import { embedding } from "./index-select.ts";
import { index_add } from "./index-vector.ts";
import { scatter_add } from "./scatter.ts";
import { scatter_reduce } from "./scatter-reduce.ts";

const schema = {
  input: arg.tensor,
  weight: arg.tensor,
  offsets: arg.optional(arg.tensor),
  max_norm: arg.optional(arg.number),
  norm_type: arg.withDefault(arg.number, 2),
  scale_grad_by_freq: arg.withDefault(arg.bool, false),
  mode: arg.withDefault(arg.choice("sum", "mean", "max"), "mean"),
  sparse: arg.withDefault(arg.bool, false),
  per_sample_weights: arg.keyword(arg.optional(arg.tensor)),
  include_last_offset: arg.withDefault(arg.bool, false),
  padding_idx: arg.keyword(arg.optional(arg.int)),
} as const;

type BagArgs = ArgsOf<typeof schema>;

function checkArguments({
  input,
  weight,
  offsets,
  max_norm,
  mode,
  per_sample_weights,
}: BagArgs): void {
  if (max_norm !== null) {
    throw new NotImplementedError(
      `embedding_bag: max_norm (got ${max_norm}) changes the table, which is not supported; divide rows by their norm before`,
    );
  }
  if (weight.ndim !== 2)
    throw new ValueError(
      `weight has to be a 2D Tensor, but got Tensor of dimension ${weight.ndim}`,
    );
  if (input.ndim === 2 && offsets !== null) {
    throw new ValueError(
      "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found offsets of type <class 'torch.Tensor'>",
    );
  }
  if (input.ndim === 1 && offsets?.ndim !== 1)
    throw new ValueError(`offsets has to be a 1D Tensor${offsets === null ? " but got None" : ""}`);
  if (input.ndim !== 1 && input.ndim !== 2) {
    throw new ValueError(
      `input has to be 1D or 2D Tensor, but got Tensor of dimension ${input.ndim}`,
    );
  }
  if (per_sample_weights === null) return;
  if (mode !== "sum") {
    throw new NotImplementedError(
      `embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got mode='${mode}'). Please open a feature request on GitHub.`,
    );
  }
  const [own, wanted] = [per_sample_weights.shape, input.shape].map((shape) => shape.join(", "));
  if (own !== wanted) {
    throw new ValueError(
      `embedding_bag: If per_sample_weights (torch.Size([${own}])) is not None, then it must have the same shape as the input (torch.Size([${wanted}]))`,
    );
  }
}

/** The position of padding in the table, or -1. */
function paddingOf({ weight, padding_idx }: BagArgs): number {
  if (padding_idx === null) return -1;
  const rows = at(weight.shape, 0);
  if (padding_idx < -rows || padding_idx >= rows) {
    throw new RuntimeError(
      `padding_idx must be within the number of embeddings, ${-rows} through ${rows - 1}, but got ${padding_idx}`,
    );
  }
  return (padding_idx + rows) % rows;
}

interface Bags {
  /** The bag of every position of the flat input. */
  readonly numbers: TensorBase;
  readonly count: number;
}

function bagsOf({ input, offsets, include_last_offset }: BagArgs): Bags {
  const total = input.numel();
  if (offsets === null) {
    const [count, length] = [at(input.shape, 0), at(input.shape, 1)];
    const places = runOp(arange, { end: total, dtype: int64 });
    return { numbers: runOp(floorDivide, { self: places, other: Math.max(length, 1) }), count };
  }
  const given = at(offsets.shape, 0);
  if (given > 0) {
    const first = Number(itemOf(runOp(select, { self: offsets, dim: 0, index: 0 })));
    if (first !== 0) {
      throw new RuntimeError(
        `offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got ${first}`,
      );
    }
    const last = Number(itemOf(runOp(select, { self: offsets, dim: 0, index: -1 })));
    if (last > total) {
      throw new RuntimeError(
        `offsets[-1] can not be greater than input's length ${total} but got offsets[-1] of ${last}`,
      );
    }
  }
  const count = Math.max(include_last_offset ? given - 1 : given, 0);
  // Each bag adds 1 where it starts: the sums up to a position count the bags begun there.
  const starts = runOp(scatter_add, {
    self: runOp(zeros, { size: [total + 1], dtype: int64 }),
    dim: 0,
    index: runOp(narrow, {
      self: runOp(toDType, { self: offsets, dtype: int64 }),
      dim: 0,
      start: 0,
      length: count,
    }),
    src: runOp(ones, { size: [count], dtype: int64 }),
  });
  const begun = runOp(cumsum, {
    self: runOp(narrow, { self: starts, dim: 0, start: 0, length: total }),
    dim: 0,
  });
  return { numbers: runOp(sub, { self: begun, other: 1 }), count };
}

export const embedding_bag = defineOp({
  name: "embedding_bag",
  api: ["torch.nn.functional.embedding_bag"],
  checksData: true,
  args: schema,
  dtypes: floatDTypes,
  doc: {
    summary:
      "The sum, mean or maximum of each bag of rows of a table, without the rows themselves as a result.",
    details:
      "A row of a 2-d `input` is a bag; of a 1-d one, what stands between the positions in `offsets`. Empty bags give 0. `scale_grad_by_freq` and `sparse` concern gradients only. Differs: `max_norm` is not supported.",
    example:
      'torch.nn.functional.embedding_bag(torch.tensor([[0n, 1n]]), torch.tensor([[1, 2], [3, 4]]), { mode: "sum" })',
  },
  decomposition: (args) => {
    checkArguments(args);
    const { input, weight, mode, per_sample_weights } = args;
    if (input.dtype !== int64 && input.dtype !== int32) {
      throw new RuntimeError(
        `Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch.${input.dtype.scalarTypeName}Tensor instead (while checking arguments for embedding_bag)`,
      );
    }
    const padding = paddingOf(args);
    const { numbers, count } = bagsOf(args);
    const indices = runOp(reshape, { self: input, shape: [-1] });
    const rows = runOp(embedding, { self: weight, indices });
    const { dtype } = weight;
    const size = [count, at(weight.shape, 1)];
    if (count === 0) return runOp(zeros, { size, dtype });
    const isRow = runOp(unsqueeze, { self: runOp(ne, { self: indices, other: padding }), dim: 1 });
    const counts = runOp(index_add, {
      self: runOp(zeros, { size: [at(size, 0), 1], dtype }),
      dim: 0,
      index: numbers,
      source: runOp(toDType, { self: isRow, dtype }),
    });
    const nothing = runOp(zeros, { size, dtype });
    if (mode === "max") {
      const greatest = runOp(scatter_reduce, {
        self: nothing,
        dim: 0,
        index: runOp(expand, {
          self: runOp(unsqueeze, { self: numbers, dim: 1 }),
          size: rows.shape,
        }),
        src: runOp(where, { condition: isRow, self: rows, other: -Infinity }),
        reduce: "amax",
        include_self: false,
      });
      return runOp(where, {
        condition: runOp(eq, { self: counts, other: 0 }),
        self: 0,
        other: greatest,
      });
    }
    let terms = runOp(where, { condition: isRow, self: rows, other: 0 });
    if (per_sample_weights !== null) {
      const factors = runOp(reshape, { self: per_sample_weights, shape: [-1, 1] });
      terms = runOp(mul, { self: terms, other: factors });
    }
    const totals = runOp(index_add, { self: nothing, dim: 0, index: numbers, source: terms });
    if (mode === "sum") return totals;
    return runOp(div, { self: totals, other: runOp(clamp, { self: counts, min: 1 }) });
  },
  reference: naiveBags,
  derivative: "pending",
  samples: function* (make) {
    const weight = make.tensor([4, 3]);
    const flat = make.of([5], [3, 0, 1, 1, 2], int64);
    yield { input: make.of([2, 3], [3, 0, 1, 1, 2, 0], int64), weight };
    yield { input: make.of([2, 2], [3, 0, 1, 1], int32), weight, mode: "max", padding_idx: 1 };
    yield { input: flat, weight, offsets: make.of([3], [0, 2, 2], int64), mode: "sum" };
    yield {
      input: flat,
      weight: make.strided([4, 3]),
      offsets: make.of([3], [0, 3, 5], int64),
      include_last_offset: true,
      padding_idx: -4,
    };
    yield {
      input: flat,
      weight,
      offsets: make.of([2], [0, 4], int32),
      mode: "sum",
      per_sample_weights: make.tensor([5]),
    };
    yield {
      input: make.of([0], [], int64),
      weight,
      offsets: make.of([2], [0, 0], int64),
      mode: "max",
    };
  },
});

function naiveBags(args: BagArgs): NaiveArray {
  const { input, weight, offsets, mode, per_sample_weights, include_last_offset } = args;
  const table = naive(weight).values;
  const width = at(weight.shape, 1);
  const indices = naive(input).values;
  const factors = per_sample_weights === null ? null : naive(per_sample_weights).values;
  const padding = paddingOf(args);
  const length = at(input.shape, input.ndim - 1);
  const starts =
    offsets === null
      ? Array.from({ length: at(input.shape, 0) }, (_, bag) => bag * length)
      : naive(offsets).values.slice(0, include_last_offset ? -1 : undefined);
  const ends = [
    ...starts.slice(1),
    include_last_offset && offsets !== null ? (naive(offsets).values.at(-1) ?? 0) : indices.length,
  ];
  const shape = [starts.length, width];
  const values = coordinatesOf(shape).map(([bag = 0, column = 0]) => {
    const places = Array.from(
      { length: at(ends, bag) - at(starts, bag) },
      (_, own) => at(starts, bag) + own,
    ).filter((place) => indices[place] !== padding);
    const terms = places.map(
      (place) => (table[(indices[place] ?? 0) * width + column] ?? NaN) * (factors?.[place] ?? 1),
    );
    if (terms.length === 0) return 0;
    if (mode === "max") return Math.max(...terms);
    const sum = terms.reduce((total, term) => total + term, 0);
    return mode === "sum" ? sum : sum / terms.length;
  });
  return { shape, values };
}
