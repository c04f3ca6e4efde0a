/** `torch.utils.checkpoint`. */

/**
 * Calls `fn(...args)` and gives what it gives. In a compiled function the call becomes one sub-graph, marked so that its
 * intermediate results need not be kept for gradients.
 *
 * Gradient: there are none yet, so nothing is saved or computed again.
 * @example
 * ```ts
 * torch.utils.checkpoint.checkpoint((x: torch.Tensor) => x.sin().cos(), torch.ones(3));
 * ```
 * @see https://docs.pytorch.org/docs/stable/checkpoint.html
 */
export function checkpoint<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  ...args: Args
): Result {
  return fn(...args);
}
