import { Tensor } from "../../api/tensor.ts";
import { withDynamicSizes } from "../../api/fake-context.ts";
import { runFake } from "../../core/fake-tensor.ts";
import { writeElements } from "../../core/elements.ts";
import { emptyTensor } from "../../core/make-tensor.ts";
import type { UnbackedShapes } from "./unbacked-shapes.ts";

/** Above this many elements the operator is not tried. */
const maximumElements = 1_000_000;
/** Contents that make operators give different sizes: everything counts, nothing does, and two different values. */
const contents: readonly ((position: number) => number)[] = [
  () => 1,
  () => 0,
  (position) => position % 2,
];

/**
 * Results of an operator whose sizes depend on data, as fake tensors; null where that cannot be told. Which sizes do is
 * seen by running the operator on real tensors with different contents.
 */
export function unbackedResult(
  unbacked: UnbackedShapes,
  fn: Function,
  thisFake: unknown,
  fakes: readonly unknown[],
): unknown {
  try {
    const results = contents.map((content): unknown => {
      const receiver = realLike(thisFake, content);
      const args = fakes.map((fake) => realLike(fake, content));
      return Reflect.apply(fn, receiver, args) as unknown;
    });
    return merge(unbacked, results);
  } catch {
    return null;
  }
}

/** The same for a custom operator, whose fake says which sizes only running it tells: its implementation does not run. */
export function unbackedCustomResult(
  unbacked: UnbackedShapes,
  fn: Function,
  fakes: readonly unknown[],
): unknown {
  // Its other sizes may follow from those of its arguments, which are stand-ins.
  if (fakes.some((fake) => fake instanceof Tensor && unbacked.isUnbacked(fake))) return null;
  const results = (["low", "high"] as const).map((choice): unknown =>
    withDynamicSizes(choice, () => runFake(() => Reflect.apply(fn, undefined, fakes) as unknown)),
  );
  try {
    return merge(unbacked, results);
  } catch {
    return null;
  }
}

function realLike(value: unknown, content: (position: number) => number): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => realLike(item, content));
  if (!(value instanceof Tensor)) return value;
  if (value.numel() > maximumElements) throw new RangeError("too large to try");
  const real = emptyTensor(value.shape, value.dtype, null, { fake: false });
  writeElements(real, (array) => {
    for (let position = 0; position < array.length; position++)
      array[position] =
        array instanceof BigInt64Array ? BigInt(content(position)) : content(position);
  });
  return real;
}

function merge(unbacked: UnbackedShapes, results: readonly unknown[]): unknown {
  const [first, ...others] = results;
  if (first instanceof Tensor) {
    const dims = first.shape.flatMap((size, dim) =>
      others.every((other) => other instanceof Tensor && other.shape[dim] === size) ? [] : [dim],
    );
    if (others.some((other) => !(other instanceof Tensor) || other.ndim !== first.ndim))
      throw new RangeError("the rank depends on the data");
    return unbacked.addOrigin(first.shape, dims, first);
  }
  if (!Array.isArray(first)) throw new RangeError("the result is no tensor");
  if (others.some((other) => !Array.isArray(other) || other.length !== first.length))
    throw new RangeError("the number of results depends on the data");
  const items = first.map((_, index) =>
    merge(
      unbacked,
      results.map((result) => Reflect.get(Object(result), index) as unknown),
    ),
  );
  // Named results are properties beside the elements.
  for (const key of Object.keys(first)) {
    const position = first.indexOf(Reflect.get(first, key));
    if (!(key in items))
      Object.defineProperty(items, key, { value: items[position], enumerable: true });
  }
  return Object.freeze(items);
}
