import { apply } from "../bytecode/intrinsics.ts";
import type { SuspensionKind, SuspensionRequest } from "../bytecode/suspension.ts";

/** A frame that stopped in the middle, and both ways on. What these give is like the result of residual code. */
export interface Suspension {
  readonly kind: SuspensionKind;
  readonly value: unknown;
  resume(received: unknown): unknown;
  /** Goes on at the handler that protects the place; null: there is none, the error leaves the frame. */
  readonly fail: ((error: unknown) => unknown) | null;
}

/** The result of residual code whose frame stopped: the driver asks for the suspension at once. */
export const suspended: unique symbol = Symbol("suspended");

let pending: Suspension | null = null;

export function suspend(
  kind: SuspensionKind,
  value: unknown,
  resume: (received: unknown) => unknown,
  fail: ((error: unknown) => unknown) | null,
): typeof suspended {
  pending = { kind, value, resume, fail };
  return suspended;
}

export function takeSuspension(): Suspension {
  if (pending === null) throw new Error("nothing is suspended");
  const taken = pending;
  pending = null;
  return taken;
}

export type SuspendedFrame = Generator<SuspensionRequest, unknown, unknown>;

const generatorFunction = function* (): Generator {};
// Sound: %GeneratorPrototype%, the prototype of every generator function's `prototype`.
const { next, throw: throwInto } = Object.getPrototypeOf(
  generatorFunction.prototype,
) as SuspendedFrame;

/** Runs the rest of a frame by the engine: `frame` is a generator of requests made from its bytecode. */
export function runSuspending(frame: SuspendedFrame): unknown {
  return proceed(frame, next, undefined);
}

function proceed(frame: SuspendedFrame, method: Function, argument: unknown): unknown {
  // Sound: both methods are those of generators.
  const step = apply(method, frame, [argument]) as IteratorResult<SuspensionRequest, unknown>;
  if (step.done === true) return step.value;
  return suspend(
    step.value.kind,
    step.value.value,
    (received) => proceed(frame, next, received),
    (error) => proceed(frame, throwInto, error),
  );
}
