/** A unit of compiled code, as far as continuing in it goes. */
export interface Continuation {
  run(inputs: readonly unknown[]): unknown;
}

/** The result of residual code that goes on in another unit: the driver runs it, so that loops do not grow the stack. */
export const tailCall: unique symbol = Symbol("tail call");

let pendingUnit: Continuation | null = null;
let pendingInputs: readonly unknown[] = [];

export function tail(unit: Continuation, inputs: readonly unknown[]): typeof tailCall {
  pendingUnit = unit;
  pendingInputs = inputs;
  return tailCall;
}

/** What the tail call just returned goes on with. Must be asked at once: nothing runs between `tail` and here. */
export function takeTail(): { readonly unit: Continuation; readonly inputs: readonly unknown[] } {
  if (pendingUnit === null) throw new Error("no tail call is pending");
  const taken = { unit: pendingUnit, inputs: pendingInputs };
  pendingUnit = null;
  pendingInputs = [];
  return taken;
}
