import { runDisabled } from "./stance.ts";

interface Disabled {
  readonly reason: string | null;
}
const disabledFunctions = new WeakMap<Function, Disabled>();

/** Why a function must not be captured, if it was given to `torch.compiler.disable`. */
export const disabledReason = (fn: Function): Disabled | null => disabledFunctions.get(fn) ?? null;

type AnyFunction = (this: never, ...args: never[]) => unknown;

/**
 * `torch.compiler.disable`: the function runs eagerly, and by default everything it calls does too.
 * A call to it inside a compiled function is a graph break that shows `reason`.
 *
 * @throws TypeError if `fn` is not a function.
 * @example
 * ```ts
 * const log = torch.compiler.disable((x: torch.Tensor) => console.log(x), { reason: "logs" });
 * ```
 * @see https://docs.pytorch.org/docs/stable/generated/torch.compiler.disable.html
 */
export function disable<Fn extends AnyFunction>(
  fn: Fn,
  options: { readonly reason?: string; readonly recursive?: boolean } = {},
): Fn {
  if (typeof fn !== "function")
    throw new TypeError(`torch.compiler.disable needs a function, but got ${typeof fn}`);
  const isRecursive = options.recursive ?? true;
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    const call = (): unknown => Reflect.apply(fn, this, args);
    return isRecursive ? runDisabled(call) : call();
  };
  Object.defineProperty(wrapper, "name", { value: fn.name, configurable: true });
  Object.defineProperty(wrapper, "length", { value: fn.length, configurable: true });
  disabledFunctions.set(wrapper, { reason: options.reason ?? null });
  return wrapper as unknown as Fn; // same parameters, receiver and result as `fn`
}
