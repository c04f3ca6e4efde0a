/** ONNX's operators that move elements. */
import * as torch from "../../src/index.ts";
import type { OnnxCase } from "./onnx-case.ts";
import {
  axesOf,
  flag,
  integers,
  needed,
  number,
  numbers,
  one,
  type Operators,
  type Run,
  text,
} from "./attributes.ts";

type Tensor = torch.Tensor;
const F = torch.nn.functional;

const reductions: Readonly<Record<string, string>> = {
  add: "sum",
  mul: "prod",
  max: "amax",
  min: "amin",
};

const sizeOf = (x: Tensor, axis: number): number => x.shape.at(axis) ?? 1;
const axisOf = (x: Tensor, axis: number): number => (axis < 0 ? axis + x.ndim : axis);
/** Indices from the end count as those from the start. */
const fromStart = (index: Tensor, size: number): Tensor => index.remainder(size);

const scatterElements: Run = ([x, index, updates], node) => {
  const axis = number(node, "axis", 0);
  const places = fromStart(needed(index), sizeOf(needed(x), axis));
  const reduce = reductions[text(node, "reduction", "none")];
  return reduce === undefined
    ? torch.scatter(needed(x), axis, places, needed(updates))
    : torch.scatter_reduce(needed(x), axis, places, needed(updates), reduce);
};

/** The places that rows of `indices` name in a tensor whose first dimensions are one. */
function flatPlaces(x: Tensor, indices: Tensor): { places: Tensor; sizes: readonly number[] } {
  const depth = sizeOf(indices, -1);
  const sizes = x.shape.slice(0, depth);
  const rows = indices.reshape(-1, depth);
  const places = sizes.reduce(
    (place, size, axis) => place.mul(size).add(fromStart(rows.select(1, axis), size)),
    torch.zeros(rows.shape[0] ?? 0, { dtype: torch.int64 }),
  );
  return { places, sizes };
}

function gatherRows(x: Tensor, indices: Tensor): Tensor {
  const { places, sizes } = flatPlaces(x, indices);
  const rest = x.shape.slice(sizes.length);
  const rows = x.reshape(
    sizes.reduce((product, size) => product * size, 1),
    ...rest,
  );
  return rows.index_select(0, places).reshape(...indices.shape.slice(0, -1), ...rest);
}

function sliceAxis(x: Tensor, axis: number, start: number, end: number, step: number): Tensor {
  const size = sizeOf(x, axis);
  const bound = (value: number, low: number, high: number): number =>
    Math.min(Math.max(value < 0 ? value + size : value, low), high);
  const [first, last] =
    step > 0
      ? [bound(start, 0, size), bound(end, 0, size)]
      : [bound(start, -1, size - 1), bound(end, -1, size - 1)];
  const places: number[] = [];
  for (let place = first; step > 0 ? place < last : place > last; place += step) places.push(place);
  return x.index_select(axis, torch.tensor(places.map(BigInt), { dtype: torch.int64 }));
}

export const indexingOperators: Operators = {
  Compress: ([x, condition], node) => {
    const axis = node.attributes["axis"];
    const places = torch.nonzero(needed(condition)).flatten();
    return typeof axis === "number"
      ? needed(x).index_select(axis, places)
      : needed(x).flatten().index_select(0, places);
  },
  ConstantOfShape: ([shape], node) => {
    const [like] = node.outputs;
    const value = needed(like).numel() === 0 ? 0 : needed(like).flatten().select(0, 0).item();
    return torch.full(integers(shape), value, { dtype: needed(like).dtype });
  },
  EyeLike: ([x], { outputs, ...node }) => {
    const k = number({ ...node, outputs }, "k", 0);
    const ones = torch.ones_like(needed(x), { dtype: needed(outputs[0]).dtype });
    return ones.triu(k).tril(k);
  },
  GatherElements: ([x, index], node) => {
    const axis = number(node, "axis", 0);
    return torch.gather(needed(x), axis, fromStart(needed(index), sizeOf(needed(x), axis)));
  },
  GatherND: ([x, indices], node) => {
    if (number(node, "batch_dims", 0) === 0) return gatherRows(needed(x), needed(indices));
    const batches = needed(x).unbind(0);
    const own = needed(indices).unbind(0);
    return torch.stack(batches.map((batch, place) => gatherRows(batch, needed(own[place]))));
  },
  NonZero: one((x) => torch.nonzero(x).t()),
  OneHot: ([indices, depth, values], node) => {
    const size = Number(needed(depth).flatten().select(0, 0).item());
    const axis = number(node, "axis", -1);
    const own = needed(indices).to(torch.int64);
    const known = torch.where(own.lt(0), own.add(size), own);
    const at = axis < 0 ? axis + own.ndim + 1 : axis;
    const places = torch.arange(size).reshape([size, ...own.shape.slice(at).map(() => 1)]);
    const [off, on] = needed(values).unbind(0);
    return torch.where(known.unsqueeze(at).eq(places), needed(on), needed(off));
  },
  Pad: ([x, pads], node) => {
    const given = integers(pads);
    const axes = axesOf(node, 3) ?? needed(x).shape.map((_, axis) => axis);
    const before = needed(x).shape.map(() => 0);
    const after = [...before];
    axes.forEach((axis, place) => {
      before[axisOf(needed(x), axis)] = given[place] ?? 0;
      after[axisOf(needed(x), axis)] = given[place + axes.length] ?? 0;
    });
    const mode = text(node, "mode", "constant");
    const value = node.inputs[2]?.item() ?? 0;
    // PyTorch counts from the last dimension; only it and those that are padded are named.
    const first =
      mode === "constant" ? 0 : before.findIndex((own, axis) => own !== 0 || after[axis] !== 0);
    const list = before.flatMap((own, axis) => (axis < first ? [] : [[own, after[axis] ?? 0]]));
    const names: Readonly<Record<string, "reflect" | "replicate" | "circular">> = {
      reflect: "reflect",
      edge: "replicate",
      wrap: "circular",
    };
    const name = names[mode];
    const sides = list.reverse().flat();
    return name === undefined
      ? F.pad(needed(x), sides, { value: Number(value) })
      : F.pad(needed(x), sides, { mode: name });
  },
  Range: ([start, limit, step]) =>
    torch.arange(
      Number(needed(start).item()),
      Number(needed(limit).item()),
      Number(needed(step).item()),
      { dtype: needed(start).dtype },
    ),
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: ([x, indices, updates], node) => {
    const { places, sizes } = flatPlaces(needed(x), needed(indices));
    const rest = needed(x).shape.slice(sizes.length);
    const count = sizes.reduce((product, size) => product * size, 1);
    const width = rest.reduce((product, size) => product * size, 1);
    const rows = needed(x).reshape(count, width);
    const own = needed(updates).reshape(-1, width);
    const index = places.unsqueeze(1).expand(places.numel(), width);
    const reduce = reductions[text(node, "reduction", "none")];
    const result =
      reduce === undefined
        ? rows.scatter(0, index, own)
        : rows.scatter_reduce(0, index, own, reduce);
    return result.reshape(needed(x).shape);
  },
  Shape: ([x], node) => {
    const { shape } = needed(x);
    const sizes = shape.slice(number(node, "start", 0), number(node, "end", shape.length));
    return torch.tensor(sizes.map(BigInt), { dtype: torch.int64 });
  },
  Size: one((x) => torch.tensor(BigInt(x.numel()))),
  Slice: ([x], node) => {
    const [starts, ends] = [integers(node.inputs[1]), integers(node.inputs[2])];
    const axes = axesOf(node, 3) ?? starts.map((_, axis) => axis);
    const steps = axesOf(node, 4, "steps") ?? starts.map(() => 1);
    return starts.reduce(
      (sliced, start, place) =>
        sliceAxis(sliced, axes[place] ?? 0, start, ends[place] ?? 0, steps[place] ?? 1),
      needed(x),
    );
  },
  SpaceToDepth: ([x], node) => {
    const size = number(node, "blocksize", 1);
    const [batch = 0, channels = 0, height = 0, width = 0] = needed(x).shape;
    return needed(x)
      .reshape(batch, channels, height / size, size, width / size, size)
      .permute(0, 3, 5, 1, 2, 4)
      .reshape(batch, channels * size * size, height / size, width / size);
  },
  Split: ([x, sizes], node) => {
    const axis = number(node, "axis", 0);
    if (sizes !== undefined) return torch.split(needed(x), integers(sizes), axis);
    const count = number(node, "num_outputs", node.outputs.length);
    return torch.split(needed(x), Math.ceil(sizeOf(needed(x), axis) / count), axis);
  },
  Squeeze: ([x], node) => needed(x).squeeze(axesOf(node, 1) ?? unitAxes(needed(x))),
  Trilu: ([x, k], node) => {
    const diagonal = k === undefined ? 0 : Number(k.item());
    return flag(node, "upper", true) ? needed(x).triu(diagonal) : needed(x).tril(diagonal);
  },
  Unsqueeze: ([x], node) => {
    const axes = axesOf(node, 1) ?? [];
    const rank = needed(x).ndim + axes.length;
    const sorted = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
    return sorted.reduce((widened, axis) => widened.unsqueeze(axis), needed(x));
  },
  Col2Im: ([x, size, block], node) => {
    const [top = 0, left = 0] = numbers(node, "pads") ?? [];
    return F.fold(needed(x), integers(size), integers(block), {
      dilation: pairOf(node, "dilations", 1),
      padding: [top, left],
      stride: pairOf(node, "strides", 1),
    });
  },
};

const unitAxes = (x: Tensor): readonly number[] =>
  x.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));

const pairOf = (node: OnnxCase, name: string, fallback: number): readonly number[] =>
  numbers(node, name) ?? [fallback, fallback];
