/**
 * What a compiled generator or async function gives its caller: a genuine generator object or promise of the engine,
 * whose own code stops where the program stops. One `await` of the program is one `await` here, so that the order of
 * microtasks is the same.
 */
import type { Code } from "../bytecode/code.ts";
import { isReturnCompletion, returnCompletion } from "../bytecode/suspension.ts";
import { type Suspension, suspended, takeSuspension } from "../residual/suspend.ts";

/** Turns the result of residual code into that of the frame: runs tail calls until it returns or stops. */
type Finish = (result: unknown) => unknown;

/** Begins a call: `run` gives the result of the first piece of residual code. */
export function startSuspending(
  suspends: NonNullable<Code["suspends"]>,
  fn: Function,
  finish: Finish,
  run: () => unknown,
): unknown {
  if (suspends === "async") return driveAsync(finish, run);
  // Errors of the parameters are thrown before there is a generator.
  finish(run());
  const start = takeSuspension();
  const generator =
    suspends === "generator" ? driveGenerator(finish, start) : driveAsyncGenerator(finish, start);
  const prototype: unknown = fn.prototype;
  if (typeof prototype === "object" && prototype !== null)
    Object.setPrototypeOf(generator, prototype);
  return generator;
}

async function driveAsync(finish: Finish, run: () => unknown): Promise<unknown> {
  let result = finish(run());
  while (result === suspended) {
    const at = takeSuspension();
    let received: unknown;
    let failed = false;
    try {
      received = await at.value;
    } catch (error) {
      failed = true;
      received = error;
    }
    result = finish(goOn(at, failed, received));
  }
  return result;
}

/** Runs one frame from where it stopped: how a generator of the engine goes on with what it received. */
function goOn(at: Suspension, failed: boolean, received: unknown): unknown {
  if (!failed) return at.resume(received);
  if (at.fail === null) throw received;
  return at.fail(received);
}

/** What a frame does about being left by its caller: it lets itself be left, returns otherwise, or stops again. */
type Left = "left" | { readonly value: unknown } | Suspension;

/** Runs a piece of a frame that its caller is leaving. An error it throws goes on instead. */
function leave(finish: Finish, run: () => unknown): Left {
  try {
    const result = finish(run());
    return result === suspended ? takeSuspension() : { value: result };
  } catch (error) {
    if (isReturnCompletion(error)) return "left";
    throw error;
  }
}

const leaveAt = (finish: Finish, at: Suspension): Left =>
  leave(finish, () => goOn(at, true, returnCompletion));

/* oxlint-disable no-unsafe-finally -- only a `finally` block sees that a generator is left by its caller, and the
   program's own `finally` blocks may decide otherwise. Falling out of it completes the return that is under way. */

function* driveGenerator(finish: Finish, start: Suspension): Generator<unknown, unknown, unknown> {
  let at = start;
  for (;;) {
    let how: "next" | "throw" | "left" = "left";
    let received: unknown;
    try {
      if (at.kind === "delegate") received = yield* at.value as Iterable<unknown>; // the engine checks
      else if (at.kind !== "start") received = yield at.value;
      how = "next";
    } catch (error) {
      how = "throw";
      received = error;
    } finally {
      if (how === "left") {
        let left = leaveAt(finish, at);
        if (left !== "left" && "kind" in left) left = yield* driveLeaving(finish, left);
        if (left !== "left") return "value" in left ? left.value : undefined;
      }
    }
    const result = finish(goOn(at, how === "throw", received));
    if (result !== suspended) return result;
    at = takeSuspension();
  }
}

/** A `finally` block that stops while the generator is being left. */
function* driveLeaving(finish: Finish, at: Suspension): Generator<unknown, Left, unknown> {
  try {
    return { value: yield* driveGenerator(finish, at) };
  } catch (error) {
    if (isReturnCompletion(error)) return "left";
    throw error;
  }
}

async function* driveAsyncGenerator(
  finish: Finish,
  start: Suspension,
): AsyncGenerator<unknown, unknown, unknown> {
  let at = start;
  for (;;) {
    let how: "next" | "throw" | "left" = "left";
    let received: unknown;
    try {
      if (at.kind === "await") received = await at.value;
      else if (at.kind === "delegate") received = yield* at.value as AsyncIterable<unknown>; // the engine checks
      else if (at.kind === "return") return at.value;
      else if (at.kind === "yield") received = yield at.value;
      how = "next";
    } catch (error) {
      how = "throw";
      received = error;
    } finally {
      if (how === "left") {
        let left = leaveAt(finish, at);
        while (left !== "left" && "kind" in left && left.kind === "await") {
          const inner: Suspension = left;
          let failed = false;
          let value: unknown;
          try {
            value = await inner.value;
          } catch (error) {
            failed = true;
            value = error;
          }
          left = leave(finish, () => goOn(inner, failed, value));
        }
        if (left !== "left" && "kind" in left) left = yield* driveAsyncLeaving(finish, left);
        if (left !== "left") return;
      }
    }
    if (finish(goOn(at, how === "throw", received)) !== suspended) return;
    at = takeSuspension();
  }
}

async function* driveAsyncLeaving(
  finish: Finish,
  at: Suspension,
): AsyncGenerator<unknown, Left, unknown> {
  try {
    return { value: yield* driveAsyncGenerator(finish, at) };
  } catch (error) {
    if (isReturnCompletion(error)) return "left";
    throw error;
  }
}
