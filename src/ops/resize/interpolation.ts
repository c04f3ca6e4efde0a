/** Where the elements of a resized tensor come from, and with what weights. */
import type { IndexedBody, IndexedContext } from "../../loops/computation.ts";
import {
  add,
  cast,
  compare,
  constant,
  type Expression,
  maximum,
  minimum,
  mul,
  select,
  sub,
  unary,
} from "../../loops/expression.ts";
import { bodyPerKey } from "../index/body-per-key.ts";

/** One tap: a place along a dimension and its weight. */
interface Tap {
  readonly place: Expression;
  readonly weight: Expression;
}

export type Kernel = "nearest" | "nearest-exact" | "linear" | "cubic";

/** An axis of the output: its size in the input, and input places for each of its own. */
interface Axis {
  readonly position: Expression;
  readonly size: Expression;
  readonly scale: Expression;
}

const limited = (place: Expression, size: Expression): Expression =>
  minimum(maximum(place, 0), sub(size, 1));

function nearestPlace({ position, size, scale }: Axis, offset: number): Expression {
  const source = mul(add(cast(position, scale.type), offset), scale);
  return minimum(cast(unary("floor", source), "index"), sub(size, 1));
}

/** `corners`: the first and last elements stay where they are; else pixels are areas, and their middles count. */
function sourceOf({ position, scale }: Axis, corners: boolean): Expression {
  const target = cast(position, scale.type);
  return corners ? mul(scale, target) : sub(mul(scale, add(target, 0.5)), 0.5);
}

function linearTaps(axis: Axis, corners: boolean): Tap[] {
  const source = maximum(sourceOf(axis, corners), 0);
  const first = minimum(cast(unary("floor", source), "index"), sub(axis.size, 1));
  const hasNext = compare("lt", first, sub(axis.size, 1));
  const second = select(hasNext, add(first, 1), first);
  const fraction = sub(source, cast(first, source.type));
  const weight = minimum(maximum(fraction, 0), 1);
  return [
    { place: first, weight: sub(constant(weight.type, 1), weight) },
    { place: second, weight },
  ];
}

/** R. G. Keys, "Cubic convolution interpolation for digital image processing", 1981, with a = -0.75. */
const a = -0.75;
const nearTap = (x: Expression): Expression => add(mul(mul(sub(mul(x, a + 2), a + 3), x), x), 1);
const farTap = (x: Expression): Expression =>
  sub(mul(add(mul(sub(mul(x, a), 5 * a), x), 8 * a), x), 4 * a);

function cubicTaps(axis: Axis, corners: boolean): Tap[] {
  const source = sourceOf(axis, corners);
  const whole = unary("floor", source);
  const first = cast(whole, "index");
  const fraction = sub(source, whole);
  const rest = sub(constant(fraction.type, 1), fraction);
  const weights = [
    farTap(add(fraction, 1)),
    nearTap(fraction),
    nearTap(rest),
    farTap(add(rest, 1)),
  ];
  return weights.map((weight, tap) => ({ place: limited(add(first, tap - 1), axis.size), weight }));
}

/** The weighted sum over the taps of all axes, the last axis innermost, as PyTorch adds it up. */
function weightedSum(
  context: IndexedContext,
  lead: readonly Expression[],
  taps: readonly (readonly Tap[])[],
): Expression {
  const [own, ...inner] = taps;
  if (own === undefined) return context.gather(lead);
  const terms = own.map(({ place, weight }) =>
    mul(weight, weightedSum(context, [...lead, place], inner)),
  );
  return terms.reduce((sum, term) => add(sum, term));
}

/** Scalars for each resized axis: its size in the input, its scale. The key: kernel, corners, number of axes. */
export const interpolationBody = bodyPerKey((key: string): IndexedBody => {
  const [kernel = "", corners, axisCount] = key.split("|");
  return function interpolate(context) {
    const { positions, scalar } = context;
    const lead = positions.slice(0, positions.length - Number(axisCount));
    const axes = positions.slice(lead.length).map((position, axis): Axis => ({
      position,
      size: scalar(2 * axis),
      scale: scalar(2 * axis + 1),
    }));
    switch (kernel) {
      case "nearest":
      case "nearest-exact": {
        const offset = kernel === "nearest" ? 0 : 0.5;
        return context.gather([...lead, ...axes.map((axis) => nearestPlace(axis, offset))]);
      }
      case "linear":
        return weightedSum(
          context,
          lead,
          axes.map((axis) => linearTaps(axis, corners === "true")),
        );
      default:
        return weightedSum(
          context,
          lead,
          axes.map((axis) => cubicTaps(axis, corners === "true")),
        );
    }
  };
});
