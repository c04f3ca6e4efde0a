type AnyFunction = (this: never, ...args: never[]) => unknown;

/** Whether graph breaks in a function are errors; null leaves it to its callers. */
export type BreakPolicy = "error" | "allow" | null;

interface Wrapped {
  readonly fn: Function;
  readonly breakPolicy: BreakPolicy;
}

const wrappers = new WeakMap<Function, Wrapped>();

/** What a wrapper stands for: it is interpreted as the function inside. */
export function unwrap(fn: Function): Wrapped {
  const wrapped = wrappers.get(fn);
  if (wrapped === undefined) return { fn, breakPolicy: null };
  const inner = unwrap(wrapped.fn);
  return { fn: inner.fn, breakPolicy: inner.breakPolicy ?? wrapped.breakPolicy };
}

/** A function that calls `fn`, and that the interpreter takes for `fn` itself. */
function transparentWrapper<Fn extends AnyFunction>(fn: Fn, breakPolicy: BreakPolicy): Fn {
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(fn, this, args);
  };
  Object.defineProperty(wrapper, "name", { value: fn.name, configurable: true });
  Object.defineProperty(wrapper, "length", { value: fn.length, configurable: true });
  wrappers.set(wrapper, { fn, breakPolicy });
  return wrapper as unknown as Fn; // same parameters, receiver and result as `fn`
}

/**
 * `torch._dynamo.error_on_graph_break`: whether a graph break inside the function is an error, whatever its callers allow.
 * The innermost function with a setting decides; `fullgraph: true` outranks them all. Other than `fullgraph` it does not
 * promise a single graph: breaks in the functions around it stay allowed.
 *
 * @example
 * ```ts
 * const strict = torch._dynamo.error_on_graph_break(true)((x: torch.Tensor) => x.sin());
 * ```
 * @see https://docs.pytorch.org/docs/stable/generated/torch._dynamo.error_on_graph_break.html
 */
export function error_on_graph_break(isError: boolean): <Fn extends AnyFunction>(fn: Fn) => Fn {
  if (typeof isError !== "boolean")
    throw new TypeError(`error_on_graph_break needs a boolean, but got ${typeof isError}`);
  return (fn) => {
    if (typeof fn !== "function")
      throw new TypeError(`error_on_graph_break wraps a function, but got ${typeof fn}`);
    return transparentWrapper(fn, isError ? "error" : "allow");
  };
}
