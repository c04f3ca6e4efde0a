import { isObject } from "../../base/is-object.ts";
import { runFrom } from "../bytecode/codegen/run.ts";
import { stackAfterReturn } from "../interpreter/frame.ts";
import { runSuspending, type SuspendedFrame } from "./suspend.ts";
import { type FrameShape, InputReader, frameState } from "./frame-shape.ts";

/** Runs a stack of frames by the engine alone: the innermost from its pc, then every caller with what came back. */
export function runFramesNatively(
  shapes: readonly FrameShape[],
  inputs: readonly unknown[],
): unknown {
  const reader = new InputReader(inputs);
  const states = shapes.map((shape) => frameState(shape, reader));
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
        state.stack.push(completion.error);
        pc = region.handler;
      } else {
        const stack = stackAfterReturn(
          shapes[depth + 1]?.returnMode ?? "push",
          state.stack,
          completion.value,
        );
        state.stack.splice(0, state.stack.length, ...stack);
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
