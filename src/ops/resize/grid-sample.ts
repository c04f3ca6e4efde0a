/** Reading an image at given places between its elements. */
import { RuntimeError } from "../../base/errors.ts";
import { int64 } from "../../core/dtype.ts";
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg, type ArgsOf } from "../arg.ts";
import { full } from "../create/full.ts";
import { toDType } from "../data/to.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { gather } from "../index/gather.ts";
import { add, mul, remainder, sub } from "../pointwise/arithmetic.ts";
import { clamp, where } from "../pointwise/choice.ts";
import { ge, le, lt } from "../pointwise/comparison.ts";
import { logical_and } from "../pointwise/logical.ts";
import { abs, floor, round } from "../pointwise/rounding.ts";
import { runOp } from "../run-op.ts";
import { expand } from "../view/expand.ts";
import { reshape } from "../view/reshape.ts";
import { select } from "../view/select.ts";
import { unsqueeze } from "../view/squeeze.ts";
import { cubicWeights, naiveGridSample, type GridOptions, tapsOf } from "./naive-grid-sample.ts";

const gridArgs = {
  self: arg.tensor,
  grid: arg.tensor,
  mode: arg.withDefault(arg.choice("bilinear", "nearest", "bicubic"), "bilinear"),
  padding_mode: arg.withDefault(arg.choice("zeros", "border", "reflection"), "zeros"),
  align_corners: arg.optional(arg.bool),
} as const;

type GridArgs = ArgsOf<typeof gridArgs>;

function checkGrid({ self, grid, mode }: GridArgs): void {
  if (self.dtype !== grid.dtype) {
    throw new RuntimeError(
      `grid_sampler(): expected input and grid to have same dtype, but input has ${self.dtype.toString()} and grid has ${grid.dtype.toString()}`,
    );
  }
  if (at(self.shape, 0) !== at(grid.shape, 0)) {
    throw new RuntimeError(
      `grid_sampler(): expected grid and input to have same batch size, but got input with sizes [${self.shape.join(", ")}] and grid with sizes [${grid.shape.join(", ")}]`,
    );
  }
  if ((self.ndim !== 4 && self.ndim !== 5) || grid.ndim !== self.ndim) {
    throw new RuntimeError(
      `grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got input with sizes [${self.shape.join(", ")}] and grid with sizes [${grid.shape.join(", ")}]`,
    );
  }
  if (at(grid.shape, grid.ndim - 1) !== self.ndim - 2) {
    throw new RuntimeError(
      `grid_sampler(): expected grid to have size ${self.ndim - 2} in last dimension, but got grid with sizes [${grid.shape.join(", ")}]`,
    );
  }
  self.shape.slice(2).forEach((size, axis) => {
    if (size > 0) return;
    throw new RuntimeError(
      `grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes [${self.shape.join(", ")}] with dimension ${axis + 2} being empty`,
    );
  });
  if (mode === "bicubic" && self.ndim === 5)
    throw new RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input");
}

/** Some numbers around each place of the output, as values of one dtype. */
class Places {
  readonly #options: GridOptions;

  constructor(options: GridOptions) {
    this.#options = options;
  }

  /** Of a grid's component, in elements of a dimension. */
  inElements(component: TensorBase, size: number): TensorBase {
    const shifted = runOp(add, { self: component, other: 1 });
    if (this.#options.alignCorners) return runOp(mul, { self: shifted, other: (size - 1) / 2 });
    const scaled = runOp(mul, { self: shifted, other: size });
    return runOp(mul, { self: runOp(sub, { self: scaled, other: 1 }), other: 0.5 });
  }

  /** What lies outside comes in, unless zeros are read there. */
  padded(place: TensorBase, size: number): TensorBase {
    const { padding, alignCorners } = this.#options;
    if (padding === "zeros") return place;
    const inner = padding === "border" ? place : this.#reflected(place, size, alignCorners);
    return runOp(clamp, { self: inner, min: 0, max: size - 1 });
  }

  #reflected(place: TensorBase, size: number, alignCorners: boolean): TensorBase {
    const low = alignCorners ? 0 : -0.5;
    const span = alignCorners ? size - 1 : size;
    if (span === 0) return runOp(mul, { self: place, other: 0 });
    const from = runOp(abs, { self: runOp(sub, { self: place, other: low }) });
    // A walk to the far edge and back.
    const turn = runOp(remainder, { self: from, other: 2 * span });
    const back = runOp(sub, { self: 2 * span, other: turn });
    const folded = runOp(where, {
      condition: runOp(lt, { self: turn, other: span }),
      self: turn,
      other: back,
    });
    return runOp(add, { self: folded, other: low });
  }
}

/** The elements at whole places, x first; 0 outside. [batch, channels, places] */
function elementsAt(flat: TensorBase, sizes: readonly number[], places: readonly TensorBase[]) {
  let inside: TensorBase | null = null;
  let index: TensorBase | null = null;
  // From the slowest dimension to the fastest.
  for (const axis of sizes.keys()) {
    const [size, place] = [at(sizes, axis), at(places, places.length - 1 - axis)];
    const own = runOp(logical_and, {
      self: runOp(ge, { self: place, other: 0 }),
      other: runOp(le, { self: place, other: size - 1 }),
    });
    // Neither NaN nor what is far outside becomes an index.
    const safe = runOp(toDType, {
      self: runOp(where, { condition: own, self: place, other: 0 }),
      dtype: int64,
    });
    inside = inside === null ? own : runOp(logical_and, { self: inside, other: own });
    index =
      index === null
        ? safe
        : runOp(add, { self: runOp(mul, { self: index, other: size }), other: safe });
  }
  const [batch = 0, channels = 0] = flat.shape;
  if (inside === null || index === null) throw new RangeError("there are dimensions");
  const spread = (x: TensorBase): TensorBase =>
    runOp(expand, {
      self: runOp(unsqueeze, { self: x, dim: 1 }),
      size: [batch, channels, at(x.shape, 1)],
    });
  const values = runOp(gather, { self: flat, dim: 2, index: spread(index) });
  return runOp(where, {
    condition: spread(inside),
    self: values,
    other: 0,
  });
}

/** A place as one or more whole places near it, each with its weight. */
interface Tap {
  readonly place: TensorBase;
  readonly weight: TensorBase | null;
}

function tapsAlong(component: TensorBase, size: number, options: GridOptions): readonly Tap[] {
  const places = new Places(options);
  const exact = places.inElements(component, size);
  if (options.mode === "nearest")
    return [{ place: runOp(round, { self: places.padded(exact, size) }), weight: null }];
  const given = options.mode === "bicubic" ? exact : places.padded(exact, size);
  const first = runOp(floor, { self: given });
  const part = runOp(sub, { self: given, other: first });
  return tapsOf(options.mode).map((step, tap) => {
    const place = runOp(add, { self: first, other: step });
    if (options.mode === "bilinear")
      return { place, weight: step === 0 ? runOp(sub, { self: 1, other: part }) : part };
    const [cube, square, line, constant] = at(cubicWeights, tap);
    // Horner's rule.
    let weight = runOp(mul, { self: part, other: cube });
    for (const factor of [square, line])
      weight = runOp(mul, { self: runOp(add, { self: weight, other: factor }), other: part });
    return {
      place: places.padded(place, size),
      weight: runOp(add, { self: weight, other: constant }),
    };
  });
}

export const grid_sample = defineOp({
  name: "grid_sample",
  api: ["torch.nn.functional.grid_sample"],
  args: gridArgs,
  doc: {
    summary: "Reads `input` at the places of `grid`, between its elements.",
    details:
      "Shape: input (N, C, H, W), grid (N, h, w, 2) of x and y from -1 to 1, result (N, C, h, w); with three dimensions likewise. `align_corners`: -1 and 1 are the centres of the outermost elements instead of their edges.",
    example:
      "torch.nn.functional.grid_sample(torch.tensor([[[[1, 3]]]]), torch.tensor([[[[0, 0]]]]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  wide: true,
  decomposition: (args) => {
    checkGrid(args);
    const { self, grid } = args;
    const options = optionsOf(args);
    const sizes = self.shape.slice(2);
    const [batch = 0, channels = 0] = self.shape;
    const target = grid.shape.slice(1, -1);
    const count = target.reduce((product, size) => product * size, 1);
    const plane = sizes.reduce((product, size) => product * size, 1);
    const flat = runOp(reshape, { self, shape: [batch, channels, plane] });
    const taps = sizes.map((_, axis) => {
      const component = runOp(select, { self: grid, dim: -1, index: axis });
      const line = runOp(reshape, { self: component, shape: [batch, count] });
      return tapsAlong(line, at(sizes, sizes.length - 1 - axis), options);
    });
    let total: TensorBase | null = null;
    for (const chosen of combinations(taps)) {
      let value = elementsAt(
        flat,
        sizes,
        chosen.map(({ place }) => place),
      );
      for (const { weight } of chosen)
        if (weight !== null)
          value = runOp(mul, { self: value, other: runOp(unsqueeze, { self: weight, dim: 1 }) });
      total = total === null ? value : runOp(add, { self: total, other: value });
    }
    total ??= runOp(full, { size: [batch, channels, count], fill_value: 0, dtype: self.dtype });
    return runOp(reshape, { self: total, shape: [batch, channels, ...target] });
  },
  reference: (args) => naiveGridSample(args.self, args.grid, optionsOf(args)),
  samples: function* (make) {
    const places = [-1, -0.5, 0.1, 0.3, 0.75, 1.2, -1.3, 0.9, 0, 2.4, -0.9, 0.6];
    const image = make.strided([2, 2, 3, 4]);
    const grid = make.of([2, 1, 3, 2], places);
    for (const mode of ["bilinear", "nearest", "bicubic"] as const)
      for (const padding_mode of ["zeros", "border", "reflection"] as const)
        for (const align_corners of [true, false])
          yield { self: image, grid, mode, padding_mode, align_corners };
    const volume = make.tensor([1, 2, 2, 3, 4]);
    const deep = make.of([1, 1, 2, 2, 3], places);
    for (const mode of ["bilinear", "nearest"] as const)
      yield { self: volume, grid: deep, mode, padding_mode: "reflection" as const };
    yield { self: make.tensor([1, 1, 1, 1]), grid: make.of([1, 1, 1, 2], [0.2, -3]) };
    yield { self: make.tensor([0, 1, 2, 2]), grid: make.tensor([0, 1, 1, 2]) };
  },
});

const optionsOf = ({ mode, padding_mode, align_corners }: GridArgs): GridOptions => ({
  mode,
  padding: padding_mode,
  alignCorners: align_corners ?? false,
});

function combinations(lists: readonly (readonly Tap[])[]): readonly (readonly Tap[])[] {
  return lists.reduce<readonly (readonly Tap[])[]>(
    (chosen, taps) => chosen.flatMap((before) => taps.map((tap) => [...before, tap])),
    [[]],
  );
}
