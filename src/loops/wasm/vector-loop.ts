/** Loops along the vectorised axis. */
import { i32x4 } from "../../wasm/vector-constant.ts";
import type { Local } from "../../wasm/function-builder.ts";
import { blockLoop } from "./block-loop.ts";
import type { KernelFrame, Remainder } from "./kernel-frame.ts";
import { emitterFor, finishProgram, type Place } from "./run-program.ts";
import { splitProgram } from "./split-program.ts";
import type { StageProgram } from "./stage-program.ts";

/** Runs a program along the vectorised axis while enough elements are left. */
export function vectorLoop(
  k: KernelFrame,
  code: StageProgram,
  place: Place,
  units: number,
  lanes: 1 | 4,
  remainder: Remainder,
  states: ReadonlyMap<string, readonly Local[]>,
  first: number,
): void {
  if (remainder === k.mainLoop) k.countWork(code.program, lanes);
  const pieces = remainder === "full" && lanes === 4 ? splitProgram(code) : null;
  if (pieces !== null) return blockLoop(k, pieces, place, units, states, first);
  const f = k.f;
  const elements = units * lanes;
  const { emitter } = emitterFor(k, code, place, units, false);
  f.block((done) => {
    k.whenTooFew(remainder === "full" ? elements : 1, () => f.brIf(done));
    emitter.emit(1);
    f.loop((again) => {
      if (remainder === "masked") setValid(k, place);
      emitter.emit(2);
      finishProgram(k, code, emitter, place.pointers, units, lanes, remainder, states, first);
      k.advanceRows(elements);
      k.advanceElements(place.pointers, elements, k.shape.innerSteps);
      f.get(k.count);
      f.i32Const(remainder === "full" ? elements : 1);
      f.emit("i32.ge_s");
      f.brIf(again);
    });
  });
  emitter.release();
}

function setValid(k: KernelFrame, place: Place): void {
  const f = k.f;
  const valid = k.validLocal();
  f.get(f.constant(i32x4(0, 1, 2, 3)));
  f.get(k.count);
  f.emit("i32x4.splat");
  f.emit("i32x4.lt_s");
  f.set(valid);
  place.inputs.set("valid", [valid]);
}
