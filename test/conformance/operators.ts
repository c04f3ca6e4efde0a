/** What our functions make of ONNX operators: the one table that maps the two. */
import * as torch from "../../src/index.ts";
import {
  folded,
  integers,
  needed,
  number,
  numbers,
  one,
  type Operators,
  type Run,
  text,
  two,
} from "./attributes.ts";
import { indexingOperators } from "./indexing-operators.ts";
import { networkOperators } from "./network-operators.ts";
import { reductionOperators } from "./reduction-operators.ts";

type Tensor = torch.Tensor;
const F = torch.nn.functional;

export const operators: Operators = {
  ...indexingOperators,
  ...networkOperators,
  ...reductionOperators,
  Abs: one(torch.abs),
  Acos: one(torch.acos),
  Acosh: one(torch.acosh),
  Add: two(torch.add),
  And: two(torch.logical_and),
  Asin: one(torch.asin),
  Asinh: one(torch.asinh),
  Atan: one(torch.atan),
  Atanh: one(torch.atanh),
  BatchNormalization: ([x, weight, bias, mean, variance], node) => {
    const training = number(node, "training_mode", 0) === 1;
    // In training only the normalized values are compared: ONNX's running statistics follow by another rule.
    return F.batch_norm(needed(x), {
      running_mean: training ? null : needed(mean),
      running_var: training ? null : needed(variance),
      weight: needed(weight),
      bias: needed(bias),
      training,
      eps: number(node, "epsilon", 1e-5),
    });
  },
  BitwiseAnd: two(torch.bitwise_and),
  BitwiseNot: one(torch.bitwise_not),
  BitwiseOr: two(torch.bitwise_or),
  BitwiseXor: two(torch.bitwise_xor),
  Ceil: one(torch.ceil),
  Celu: ([x], node) => F.celu(needed(x), number(node, "alpha", 1)),
  Concat: (inputs, node) => torch.cat([...inputs], number(node, "axis", 0)),
  Cos: one(torch.cos),
  Cosh: one(torch.cosh),
  Elu: ([x], node) => F.elu(needed(x), number(node, "alpha", 1)),
  Equal: two(torch.eq),
  Erf: one(torch.erf),
  Exp: one(torch.exp),
  Floor: one(torch.floor),
  Gelu: ([x], node) =>
    F.gelu(needed(x), {
      approximate: text(node, "approximate", "none") === "tanh" ? "tanh" : "none",
    }),
  DepthToSpace: ([x], node) => {
    const [batch = 0, channels = 0, height = 0, width = 0] = needed(x).shape;
    const size = number(node, "blocksize", 1);
    if (text(node, "mode", "DCR") === "CRD") return F.pixel_shuffle(needed(x), size);
    const kept = channels / (size * size);
    const parts = needed(x).reshape(batch, size, size, kept, height, width);
    return F.pixel_shuffle(parts.permute(0, 3, 1, 2, 4, 5).reshape(batch, -1, height, width), size);
  },
  GlobalAveragePool: one((x) => F.adaptive_avg_pool2d(x, 1)),
  GlobalMaxPool: one((x) => F.adaptive_max_pool2d(x, 1)),
  Greater: two(torch.gt),
  GreaterOrEqual: two(torch.ge),
  GroupNormalization: ([x, weight, bias], node) =>
    F.group_norm(
      needed(x),
      number(node, "num_groups", 1),
      weight,
      bias,
      number(node, "epsilon", 1e-5),
    ),
  HardSwish: one(F.hardswish),
  Identity: one((x) => x),
  InstanceNormalization: ([x, weight, bias], node) =>
    F.instance_norm(needed(x), {
      weight: weight ?? null,
      bias: bias ?? null,
      eps: number(node, "epsilon", 1e-5),
    }),
  IsNaN: one(torch.isnan),
  LeakyRelu: ([x], node) => F.leaky_relu(needed(x), number(node, "alpha", 0.01)),
  Less: two(torch.lt),
  LessOrEqual: two(torch.le),
  Log: one(torch.log),
  LogSoftmax: ([x], node) => torch.log_softmax(needed(x), number(node, "axis", -1)),
  MatMul: two(torch.matmul),
  Max: folded(torch.maximum),
  Min: folded(torch.minimum),
  Mish: one(F.mish),
  Mul: two(torch.mul),
  Neg: one(torch.neg),
  Not: one(torch.logical_not),
  Or: two(torch.logical_or),
  PRelu: ([x, slope]) => torch.where(needed(x).gt(0), needed(x), needed(x).mul(needed(slope))),
  Reciprocal: one(torch.reciprocal),
  Relu: one(F.relu),
  Round: one(torch.round),
  Selu: ([x], node) => {
    const unit = F.elu(needed(x), number(node, "alpha", 1.67326319217681884765625));
    return unit.mul(number(node, "gamma", 1.05070102214813232421875));
  },
  Sigmoid: one(torch.sigmoid),
  Sign: one(torch.sign),
  Sin: one(torch.sin),
  Sinh: one(torch.sinh),
  Softmax: ([x], node) => torch.softmax(needed(x), number(node, "axis", -1)),
  Softplus: one((x) => F.softplus(x)),
  Softsign: one(F.softsign),
  Sqrt: one(torch.sqrt),
  Sub: two(torch.sub),
  Sum: folded(torch.add),
  Tan: one(torch.tan),
  Tanh: one(torch.tanh),
  Transpose: ([x], node) => {
    const order = numbers(node, "perm");
    return needed(x).permute(order ?? needed(x).shape.map((_, axis) => needed(x).ndim - 1 - axis));
  },
  BitShift: ([x, by], node) =>
    text(node, "direction", "LEFT") === "LEFT"
      ? torch.bitwise_left_shift(needed(x), needed(by))
      : torch.bitwise_right_shift(needed(x), needed(by)),
  Cast: ([x], node) => needed(x).to(number(node, "to", 1) === 11 ? torch.float64 : torch.float32),
  Clip: ([x], { inputs: [, low = null, high = null] }) =>
    low === null && high === null ? needed(x) : torch.clamp(needed(x), low, high),
  Div: two((x, y) =>
    x.dtype.is_floating_point ? x.div(y) : x.div(y, { rounding_mode: "trunc" }).to(x.dtype),
  ),
  Gemm: ([a, b, c], node) => {
    const left = number(node, "transA", 0) === 1 ? needed(a).t() : needed(a);
    const right = number(node, "transB", 0) === 1 ? needed(b).t() : needed(b);
    const scales = { alpha: number(node, "alpha", 1), beta: number(node, "beta", 1) };
    return c === undefined ? left.mm(right).mul(scales.alpha) : torch.addmm(c, left, right, scales);
  },
  IsInf: ([x], node) => {
    const above = number(node, "detect_positive", 1) === 1;
    const below = number(node, "detect_negative", 1) === 1;
    const found = torch.isinf(needed(x));
    if (above && below) return found;
    return found.logical_and(above ? needed(x).gt(0) : needed(x).lt(0));
  },
  Mean: (inputs) => torch.stack([...inputs]).mean(0),
  Mod: ([x, y], node) =>
    number(node, "fmod", 0) === 1
      ? torch.fmod(needed(x), needed(y))
      : torch.remainder(needed(x), needed(y)),
  Pow: two((x, y) => torch.pow(x, y).to(x.dtype)),
  Swish: ([x], node) =>
    needed(x).mul(
      needed(x)
        .mul(number(node, "alpha", 1))
        .sigmoid(),
    ),
  Where: ([condition, x, y]) => torch.where(needed(condition), needed(x), needed(y)),
  Xor: two(torch.logical_xor),
  ArgMax: positionOf(torch.argmax),
  ArgMin: positionOf(torch.argmin),
  CumProd: running(torch.cumprod, 1),
  CumSum: running(torch.cumsum, 0),
  Einsum: (inputs, node) => torch.einsum(text(node, "equation", ""), ...inputs),
  Expand: ([x, shape]) => needed(x).mul(torch.ones(integers(shape), { dtype: needed(x).dtype })),
  Flatten: ([x], node) => {
    const axis = number(node, "axis", 1);
    const { shape } = needed(x);
    const rows = shape.slice(0, axis).reduce((product, size) => product * size, 1);
    return needed(x).reshape(rows, -1);
  },
  Gather: ([x, indices], node) => {
    const axis = number(node, "axis", 0);
    const { shape, ndim } = needed(x);
    const at = axis < 0 ? axis + ndim : axis;
    const flat = needed(indices)
      .remainder(shape[at] ?? 1)
      .reshape(-1);
    const taken = torch.index_select(needed(x), at, flat);
    return taken.reshape([...shape.slice(0, at), ...needed(indices).shape, ...shape.slice(at + 1)]);
  },
  HardSigmoid: ([x], node) =>
    needed(x)
      .mul(number(node, "alpha", 0.2))
      .add(number(node, "beta", 0.5))
      .clamp(0, 1),
  LayerNormalization: ([x, weight, bias], node) => {
    const axis = number(node, "axis", -1);
    return F.layer_norm(
      needed(x),
      needed(x).shape.slice(axis),
      weight,
      bias,
      number(node, "epsilon", 1e-5),
    );
  },
  RMSNormalization: ([x, weight], node) => {
    const shape = needed(x).shape.slice(number(node, "axis", -1));
    return F.rms_norm(needed(x), shape, weight, number(node, "epsilon", 1e-5));
  },
  Reshape: ([x, shape], node) => {
    const keepsZero = number(node, "allowzero", 0) === 1;
    const own = needed(x).shape;
    const sizes = integers(shape).map((size, axis) =>
      size === 0 && !keepsZero ? (own[axis] ?? 0) : size,
    );
    return needed(x).reshape(sizes);
  },
  Shrink: ([x], node) => {
    const [limit, bias] = [number(node, "lambd", 0.5), number(node, "bias", 0)];
    const above = torch.where(needed(x).gt(limit), needed(x).sub(bias), 0);
    return torch.where(needed(x).lt(-limit), needed(x).add(bias), above);
  },
  ThresholdedRelu: ([x], node) => F.threshold(needed(x), number(node, "alpha", 1), 0),
  Tile: ([x, repeats]) => torch.tile(needed(x), integers(repeats)),
};

function positionOf(
  run: (x: Tensor, dim: number, options: { readonly keepdim: boolean }) => Tensor,
): Run {
  return ([x], node) => {
    const [dim, keepdim] = [number(node, "axis", 0), number(node, "keepdims", 1) === 1];
    const size = needed(x).shape.at(dim) ?? 1;
    if (number(node, "select_last_index", 0) === 0) return run(needed(x), dim, { keepdim });
    return run(needed(x).flip([dim]), dim, { keepdim })
      .neg()
      .add(size - 1);
  };
}

type Scan = (x: Tensor, dim: number, options: { readonly dtype: torch.DType }) => Tensor;

/** `start`: what comes before the first element where each result leaves its own element out. */
function running(run: Scan, start: number): Run {
  return ([x, axis], node) => {
    const { dtype, shape } = needed(x);
    const dim = Number(needed(axis).item());
    const reversed = number(node, "reverse", 0) === 1;
    const total = run(reversed ? needed(x).flip([dim]) : needed(x), dim, { dtype });
    const before = torch.full([...total.narrow(dim, 0, 1).shape], start, { dtype });
    const earlier = total.narrow(dim, 0, (shape.at(dim) ?? 1) - 1);
    const exclusive = number(node, "exclusive", 0) === 1;
    const result = exclusive ? torch.cat([before, earlier], dim) : total;
    return reversed ? result.flip([dim]) : result;
  };
}
