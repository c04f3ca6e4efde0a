/** How generators and async functions stop in the middle: what generated code hands to whoever drives the frame. */

/**
 * - `start`: of a generator, between its parameters and its body.
 * - `await`, `yield`, `delegate` (`yield*`): go on with the value that comes back.
 * - `return`: of an async generator, whose returned value is awaited where it is returned (ECMA-262 14.10.1).
 */
export type SuspensionKind = "start" | "await" | "yield" | "delegate" | "return";

export interface SuspensionRequest {
  readonly kind: SuspensionKind;
  readonly value: unknown;
}

/**
 * What is thrown into a frame whose generator's `return` was called, so that it passes the handlers of the frame:
 * `finally` blocks run and iterators are closed, `catch` clauses let it by. Leaving the frame, it means that return.
 */
export const returnCompletion: unique symbol = Symbol("return completion");

export const isReturnCompletion = (error: unknown): boolean => error === returnCompletion;

export const suspension = (kind: SuspensionKind, value: unknown): SuspensionRequest => ({
  kind,
  value,
});
