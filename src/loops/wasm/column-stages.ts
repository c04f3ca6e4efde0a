/** The stages for points along the last parallel axis, which is vectorised unless points come one at a time. */
import { InternalError } from "../../base/errors.ts";
import { onceStage } from "./once-stage.ts";
import {
  declareStates,
  emitterFor,
  finishProgram,
  setInitial,
  unitsFor,
  type Place,
} from "./run-program.ts";
import { vectorLoop } from "./vector-loop.ts";
import { stageProgram, type StageProgram } from "./stage-program.ts";
import { at } from "../../core/shape.ts";
import type { Local } from "../../wasm/function-builder.ts";
import type { KernelFrame, Remainder } from "./kernel-frame.ts";
import { columnsPerUnit } from "./loop-shape.ts";

export function columnsUnit(
  k: KernelFrame,
  pointers: ReadonlyMap<number, Local>,
  block: Local,
): void {
  const f = k.f;
  const axis = k.vectorAxis;
  const column = at(k.positions, axis);
  const columns = columnsPerUnit(k.shape);
  f.get(block);
  f.i32Const(Math.log2(columns));
  f.emit("i32.shl");
  f.set(column);
  const moving = k.movingPointers(pointers, column);
  // min(columns of a unit, columns left)
  k.argument(k.layout.size(axis));
  f.get(column);
  f.emit("i32.sub");
  f.tee(k.count);
  f.i32Const(columns);
  f.get(k.count);
  f.i32Const(columns);
  f.emit("i32.lt_u");
  f.emit("select");
  f.set(k.count);
  if (k.sweeps) sweepColumns(k, moving);
  else pointColumns(k, moving);
}

function pointColumns(k: KernelFrame, pointers: ReadonlyMap<number, Local>): void {
  const isSingle = k.shape.vectorAxis === "none";
  const own = at(k.kernel.stages, 0);
  if (k.kernel.stages.length !== 1 || own.states.length > 0)
    throw new InternalError(`${k.kernel.name}: a kernel without sweeps has one stage`);
  const program = (lanes: 1 | 4): StageProgram =>
    stageProgram(k.kernel, own, 0, k.context({ lanes, sweep: false, splatAll: false, first: 0 }), {
      lanes,
      relaxed: k.relaxed,
      masked: false,
    });
  const place = (): Place => ({ pointers, inputs: new Map() });
  if (!isSingle) {
    const main = program(4);
    const units = k.remainder === "single" ? 1 : unitsFor(main);
    vectorLoop(k, main, place(), units, 4, "full", new Map(), 0);
  }
  if (isSingle || k.remainder === "single")
    vectorLoop(k, program(1), place(), 1, 1, "single", new Map(), 0);
  else vectorLoop(k, program(4), place(), 1, 4, "masked", new Map(), 0);
}

/** All stages for groups of columns. */
function sweepColumns(k: KernelFrame, pointers: ReadonlyMap<number, Local>): void {
  const isSingle = k.shape.vectorAxis === "none";
  if (!isSingle) {
    const units = k.remainder === "single" ? 1 : columnVectors(k);
    whileColumns(k, pointers, 4 * units, "full", () => columnGroup(k, pointers, 4, units, "full"));
  }
  if (isSingle || k.remainder === "single")
    whileColumns(k, pointers, 1, "single", () => columnGroup(k, pointers, 1, 1, "single"));
  else whileColumns(k, pointers, 4, "masked", () => columnGroup(k, pointers, 4, 1, "masked"));
}

/** Vectors of columns in lock-step: where little is computed, four, so that whole lines of the cache are used up. */
function columnVectors(k: KernelFrame): number {
  const isShort = k.kernel.stages.every((own, index) => {
    if (own.over !== "sweep") return true;
    const first = at(k.firstStates, index);
    const context = k.context({ lanes: 4, sweep: true, splatAll: false, first });
    const options = { lanes: 4, relaxed: k.relaxed, masked: false } as const;
    return unitsFor(stageProgram(k.kernel, own, first, context, options)) >= 4;
  });
  return isShort ? 4 : 2;
}

function whileColumns(
  k: KernelFrame,
  pointers: ReadonlyMap<number, Local>,
  elements: number,
  remainder: Remainder,
  body: () => void,
): void {
  const f = k.f;
  f.block((done) => {
    f.loop((again) => {
      k.whenTooFew(remainder === "full" ? elements : 1, () => f.brIf(done));
      body();
      k.advanceElements(pointers, elements, k.shape.innerSteps);
      f.br(again);
    });
  });
}

function columnGroup(
  k: KernelFrame,
  pointers: ReadonlyMap<number, Local>,
  lanes: 1 | 4,
  units: number,
  remainder: Remainder,
): void {
  const finals = new Map<string, readonly Local[]>();
  const { parallelAxes, foldAxes } = k.shape;
  k.kernel.stages.forEach((own, index) => {
    const first = at(k.firstStates, index);
    if (own.over !== "sweep") {
      const place = { pointers, inputs: new Map(finals) };
      onceStage(k, own, first, place, lanes, units, finals, remainder);
      return;
    }
    const states = declareStates(k, own, first, lanes, units);
    const place: Place = { pointers, inputs: new Map(finals) };
    setInitial(k, own, first, states, place, lanes, units);
    const context = k.context({ lanes, sweep: true, splatAll: false, first });
    const program = stageProgram(k.kernel, own, first, context, {
      lanes,
      relaxed: k.relaxed,
      masked: false,
    });
    if (remainder === k.mainLoop) k.countWork(program.program, lanes);
    k.startRows();
    const inputs = new Map([...finals, ...states]);
    const { emitter, around } = emitterFor(k, program, { pointers, inputs }, units, true);
    emitter.emit(1);
    k.nest(pointers, parallelAxes, parallelAxes + foldAxes, (inner) => {
      around.pointers = inner;
      emitter.emit(2);
      finishProgram(k, program, emitter, inner, units, lanes, remainder, states, first);
      k.advanceRows(units * lanes);
    });
    emitter.release();
    for (const [name, locals] of states) finals.set(name, locals);
  });
}
