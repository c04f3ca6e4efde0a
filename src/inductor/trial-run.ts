/** Programs that run once about as fast step by step as if they were prepared, which takes longer than that. */
import { numelOf } from "../core/shape.ts";
import { smallestWasmLaunch } from "../loops/wasm/wasm-backend.ts";
import type { Program, Step } from "./program.ts";

/** Each intermediate has memory of its own in such a run: more of it costs more than preparing does. */
const maximumBytes = 2 ** 18;

/** Whether the program does the same either way, to the last bit, and needs little memory. */
export function suitsTrial({ buffers, steps }: Program): boolean {
  let bytes = 0;
  for (const { length, dtype, origin } of buffers)
    if (origin.kind === "made") bytes += length * dtype.itemsize;
  return bytes <= maximumBytes && steps.every(runsAlike);
}

function runsAlike(step: Step): boolean {
  switch (step.kind) {
    case "launch":
      // Smaller ones may run as JavaScript by themselves, and as WebAssembly in a run.
      return numelOf(step.parallel) * numelOf(step.fold) >= smallestWasmLaunch;
    case "template":
    case "chain":
      return false;
    case "routine":
    case "call":
    case "version":
      return true;
  }
}
