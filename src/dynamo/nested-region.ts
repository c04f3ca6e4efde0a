type AnyFunction = (this: never, ...args: never[]) => unknown;

const regions = new WeakMap<Function, Function>();

/** The function inside a region, or null. */
export const regionOf = (fn: Function): Function | null => regions.get(fn) ?? null;

/**
 * `torch.compiler.nested_compile_region`: every call of the function becomes one `invoke_subgraph` node; calls that come out
 * alike share one sub-graph, so that a graph with many equal layers stays small.
 *
 * @throws TypeError if `fn` is not a function.
 * @example
 * ```ts
 * const layer = torch.compiler.nested_compile_region((x: torch.Tensor) => x.sin().add(1));
 * ```
 * @see https://docs.pytorch.org/docs/stable/generated/torch.compiler.nested_compile_region.html
 */
export function nested_compile_region<Fn extends AnyFunction>(fn: Fn): Fn {
  if (typeof fn !== "function")
    throw new TypeError(`nested_compile_region needs a function, but got ${typeof fn}`);
  const region = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(fn, this, args);
  };
  Object.defineProperty(region, "name", { value: fn.name, configurable: true });
  Object.defineProperty(region, "length", { value: fn.length, configurable: true });
  regions.set(region, fn);
  return region as unknown as Fn; // same parameters, receiver and result as `fn`
}
