import { checkFunction } from "./predicate.ts";

/**
 * Calls `body_fn(...args)` and gives what it gives. In a compiled function the call becomes one sub-graph that carries
 * `hints` to the backend.
 *
 * @example
 * ```ts
 * torch._higher_order_ops.hints_wrapper((x: torch.Tensor) => x.sin(), [torch.ones(3)], { hints: { priority: 1 } });
 * ```
 * @see torch._higher_order_ops.hints_wrapper
 */
export function hints_wrapper<Args extends readonly unknown[], Result>(
  body_fn: (...args: Args) => Result,
  args: readonly [...Args],
  _options: { readonly hints: Readonly<Record<string, string | number | boolean>> },
): Result {
  checkFunction("hints_wrapper", "body_fn", body_fn);
  return body_fn(...(args as unknown as Args)); // the same tuple type, written in two ways
}
