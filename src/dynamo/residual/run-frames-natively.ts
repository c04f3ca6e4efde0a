import { appendElement } from "../bytecode/append-element.ts";
import { isObject } from "../../base/is-object.ts";
import { runFrom } from "../bytecode/codegen/run.ts";
import type { ReturnMode } from "../interpreter/frame.ts";
import { runSuspending, type SuspendedFrame } from "./suspend.ts";
import { type FrameShape, type FrameState, InputReader, frameState } from "./frame-shape.ts";

/** Runs a stack of frames by the engine alone: the innermost from its pc, then every caller with what came back. */
export function runFramesNatively(
  shapes: readonly FrameShape[],
  inputs: readonly unknown[],
): unknown {
  const reader = new InputReader(inputs);
  // By index: the program may have patched what `map` and spreading need.
  const states: FrameState[] = [];
  for (let depth = 0; depth < shapes.length; depth++) {
    const shape = shapes[depth];
    if (shape !== undefined) appendElement(states, frameState(shape, reader));
  }
  let completion: { readonly value: unknown } | { readonly error: unknown } = { value: undefined };
  for (let depth = shapes.length - 1; depth >= 0; depth--) {
    const shape = shapes[depth];
    const state = states[depth];
    if (shape === undefined || state === undefined) throw new Error("a frame is missing");
    let { pc } = shape;
    if (depth < shapes.length - 1) {
      if ("error" in completion) {
        const region = shape.code.regionAt(pc - 1);
        if (region === null) continue;
        state.stack.length = region.depth;
        appendElement(state.stack, completion.error);
        pc = region.handler;
      } else {
        pushReturned(shapes[depth + 1]?.returnMode ?? "push", state.stack, completion.value);
      }
    }
    try {
      const result = runFrom(shape.code, { pc, ...state });
      // Sound: the code of a function that stops in the middle is generated as a generator of requests.
      const value = shape.code.suspends === null ? result : runSuspending(result as SuspendedFrame);
      completion = {
        value: shape.returnMode === "construct" && !isObject(value) ? state.this : value,
      };
    } catch (error) {
      completion = { error };
    }
  }
  if ("error" in completion) throw completion.error;
  return completion.value;
}

/** As `stackAfterReturn`, in place. */
function pushReturned(mode: ReturnMode, stack: unknown[], value: unknown): void {
  if (mode === "discard") return;
  if (mode !== "pushUnder") return appendElement(stack, value);
  const receiver = stack[stack.length - 1];
  stack.length -= 1;
  appendElement(stack, value);
  appendElement(stack, receiver);
}
