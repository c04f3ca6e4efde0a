/** ONNX's reductions, and what is made of reductions. */
import * as torch from "../../src/index.ts";
import { axesOf, flag, needed, number, type Operators, type Run } from "./attributes.ts";

type Tensor = torch.Tensor;
type Reduce = (x: Tensor, dims: readonly number[], keepdim: boolean) => Tensor;

const F = torch.nn.functional;

/** `before` and `after` also hold where nothing is reduced. */
function reduction(
  reduce: Reduce,
  before: (x: Tensor) => Tensor = (x) => x,
  after: (x: Tensor) => Tensor = (x) => x,
): Run {
  return ([x], node) => {
    const own = before(needed(x));
    const axes = axesOf(node, 1) ?? [];
    if (axes.length === 0 && flag(node, "noop_with_empty_axes", false)) return after(own);
    const dims = axes.length === 0 ? own.shape.map((_, axis) => axis) : axes;
    return after(reduce(own, dims, flag(node, "keepdims", true)));
  };
}

const sum: Reduce = (x, dims, keepdim) => x.sum(dims, { keepdim }).to(x.dtype);
const product: Reduce = (x, dims, keepdim) =>
  dims
    .map((dim) => (dim < 0 ? dim + x.ndim : dim))
    .sort((a, b) => b - a)
    .reduce((reduced, dim) => torch.prod(reduced, dim, { keepdim }), x)
    .to(x.dtype);

export const reductionOperators: Operators = {
  ReduceL1: reduction(sum, torch.abs),
  ReduceL2: reduction(sum, torch.square, torch.sqrt),
  ReduceLogSum: reduction(sum, undefined, torch.log),
  ReduceLogSumExp: reduction((x, dims, keepdim) => torch.logsumexp(x, dims, { keepdim })),
  ReduceMax: reduction((x, dims, keepdim) => torch.amax(x, dims, { keepdim })),
  ReduceMean: reduction((x, dims, keepdim) => torch.mean(x, dims, { keepdim })),
  ReduceMin: reduction((x, dims, keepdim) => torch.amin(x, dims, { keepdim })),
  ReduceProd: reduction(product),
  ReduceSum: reduction(sum),
  ReduceSumSquare: reduction(sum, torch.square),
  Hardmax: ([x], node) => {
    const axis = number(node, "axis", -1);
    const places = needed(x).argmax(axis, { keepdim: true });
    return torch.zeros_like(needed(x)).scatter(axis, places, 1);
  },
  LpNormalization: ([x], node) =>
    F.normalize(needed(x), { p: number(node, "p", 2), dim: number(node, "axis", -1) }),
  MeanVarianceNormalization: ([x], node) => {
    const dims = axesOf(node, 1) ?? [0, 2, 3];
    const options = { dim: dims, correction: 0, keepdim: true };
    const centred = needed(x).sub(needed(x).mean(dims, { keepdim: true }));
    return centred.div(needed(x).std(options).add(1e-9));
  },
  TopK: ([x, k], node) => {
    const options = {
      largest: flag(node, "largest", true),
      sorted: flag(node, "sorted", true),
    };
    const found = torch.topk(
      needed(x),
      Number(needed(k).item()),
      number(node, "axis", -1),
      options,
    );
    return [found.values, found.indices];
  },
  Unique: ([x], node) => {
    const found = torch.unique(needed(x), {
      sorted: flag(node, "sorted", true),
      return_inverse: true,
      return_counts: true,
      dim: typeof node.attributes["axis"] === "number" ? node.attributes["axis"] : null,
    });
    const parts = found instanceof torch.Tensor ? [found] : found;
    const [values, inverse, counts] = [needed(parts[0]), needed(parts[1]), needed(parts[2])];
    const places = torch.arange(inverse.numel());
    const first = torch
      .full([counts.numel()], inverse.numel(), { dtype: torch.int64 })
      .scatter_reduce(0, inverse.flatten(), places, "amin");
    return [values, first, inverse.flatten(), counts];
  },
};
