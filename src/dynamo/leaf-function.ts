import { MissingFakeError } from "../api/custom-op.ts";
import { tensorsIn } from "../api/check-custom-op.ts";
import { isFake } from "../core/tensor.ts";

type AnyFunction = (this: never, ...args: never[]) => unknown;

/** A function that compiled code calls as one operation: call it like the function it was made from. */
export type LeafFunction<Fn extends AnyFunction> = Fn & {
  /** Says what the function gives from metadata alone; it must not look at data. */
  register_fake(fake: (...args: Parameters<Fn>) => ReturnType<Fn>): LeafFunction<Fn>;
};

const names = new WeakMap<Function, string>();

/** The name under which graphs show a leaf function; null for other functions. */
export const leafName = (fn: Function): string | null => names.get(fn) ?? null;

/**
 * `torch._dynamo.leaf_function`: compiled code does not look into the function: a call is one operation of the graph,
 * and runs the function itself, each time, on real tensors. It may print, branch on data and call anything. While
 * capturing only its fake runs.
 *
 * What the fake gives is relied on: tensors must have its dtypes, sizes and layout, and where it gives numbers or
 * texts, compiled code goes on with those of the fake.
 *
 * @throws TypeError if `fn` is not a function.
 * @example
 * ```ts
 * const clipped = torch._dynamo.leaf_function((x: torch.Tensor) => {
 *   if (x.abs().max().item() > 100) console.log("clipped");
 *   return x.clamp(-100, 100);
 * });
 * clipped.register_fake((x) => torch.empty_like(x));
 * ```
 * @see torch._dynamo.decorators.leaf_function
 */
export function leaf_function<Fn extends AnyFunction>(fn: Fn): LeafFunction<Fn> {
  if (typeof fn !== "function")
    throw new TypeError(`torch._dynamo.leaf_function needs a function, but got ${typeof fn}`);
  const name = fn.name === "" ? "leaf_function" : fn.name;
  let fakeImpl: Function | null = null;
  const leaf = function (this: unknown, ...args: unknown[]): unknown {
    if (!tensorsIn(args).some(isFake)) return Reflect.apply(fn, this, args);
    if (fakeImpl === null) throw new MissingFakeError(`the leaf function ${name}`);
    return Reflect.apply(fakeImpl, this, args);
  };
  Object.defineProperty(leaf, "name", { value: fn.name, configurable: true });
  Object.defineProperty(leaf, "length", { value: fn.length, configurable: true });
  names.set(leaf, name);
  return Object.assign(leaf, {
    register_fake: (fake: Function) => {
      if (typeof fake !== "function")
        throw new TypeError(`register_fake of ${name} needs a function, not ${typeof fake}`);
      fakeImpl = fake;
      return leaf;
    },
  }) as unknown as LeafFunction<Fn>; // same parameters and result as `fn`
}
