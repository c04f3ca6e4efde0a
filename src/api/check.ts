import { RuntimeError } from "../base/errors.ts";

/**
 * Throws unless `condition` holds. In a compiled function the condition may be about numbers that only running the graph
 * gives: it is checked there, and assumed from here on, so that a later branch on it needs no graph break.
 *
 * @param message The text of the error, or a function that makes it.
 * @throws RuntimeError if the condition does not hold; TypeError if it is no boolean.
 * @example
 * ```ts
 * const n = torch.tensor(3).item() as number;
 * torch._check(n > 2);
 * ```
 * @see https://docs.pytorch.org/docs/stable/generated/torch._check.html
 */
export function _check(condition: boolean, message?: string | (() => string)): void {
  if (typeof condition !== "boolean")
    throw new TypeError(`cond must be a bool, but got ${typeof condition}`);
  if (condition) return;
  const text = typeof message === "function" ? message() : message;
  throw new RuntimeError(text ?? "Expected cond to be True, but got False.");
}
