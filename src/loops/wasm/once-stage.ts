/** A stage that runs once for each parallel point. */
import type { Local } from "../../wasm/function-builder.ts";
import type { Stage } from "../kernel.ts";
import type { KernelFrame, Remainder } from "./kernel-frame.ts";
import { declareStates, setInitial, runAtPlace, type Place } from "./run-program.ts";
import { stageProgram } from "./stage-program.ts";

/** A stage that runs once for each point: its states are what `next` makes of their initial values. */
export function onceStage(
  k: KernelFrame,
  own: Stage,
  first: number,
  place: Place,
  lanes: 1 | 4,
  units: number,
  finals: Map<string, readonly Local[]>,
  remainder: Remainder = "full",
): void {
  const states = declareStates(k, own, first, lanes, units);
  setInitial(k, own, first, states, place, lanes, units);
  for (const [name, locals] of states) place.inputs.set(name, locals);
  const context = k.context({ lanes, sweep: false, splatAll: k.foldIsVector, first });
  const program = stageProgram(k.kernel, own, first, context, {
    lanes,
    relaxed: k.relaxed,
    masked: false,
  });
  runAtPlace(k, program, place, units, lanes, true, remainder, states, first);
  for (const [name, locals] of states) finals.set(name, locals);
}
