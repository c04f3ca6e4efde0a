/** The stages for one parallel point, with the last fold axis vectorised. */
import { InternalError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import type { Local } from "../../wasm/function-builder.ts";
import type { Expression } from "../expression.ts";
import type { Stage } from "../kernel.ts";
import { blockSums } from "./block-sums.ts";
import { combinedStates } from "./combine-states.ts";
import { type KernelFrame, stateName } from "./kernel-frame.ts";
import { convertKind, ExpressionLowering, type LoweringContext } from "./lower-expression.ts";
import { onceStage } from "./once-stage.ts";
import { isWide, ProgramBuilder } from "./program.ts";
import { declareStates, setInitial, runAtPlace, unitsFor, type Place } from "./run-program.ts";
import { vectorLoop } from "./vector-loop.ts";
import { stageProgram } from "./stage-program.ts";

export function foldUnit(k: KernelFrame, pointers: ReadonlyMap<number, Local>): void {
  const finals = new Map<string, readonly Local[]>();
  k.kernel.stages.forEach((own, index) => {
    const first = at(k.firstStates, index);
    if (own.over === "sweep") foldSweep(k, own, first, pointers, finals);
    else foldOnce(k, own, first, pointers, finals);
  });
}

/** A stage between sweeps: one element, whose states sweeps find in all lanes. */
function foldOnce(
  k: KernelFrame,
  own: Stage,
  first: number,
  pointers: ReadonlyMap<number, Local>,
  finals: Map<string, readonly Local[]>,
): void {
  onceStage(k, own, first, { pointers, inputs: new Map(finals) }, 1, 1, finals);
  for (const [name, locals] of firstLanes(k, own, first, finals)) finals.set(name, locals);
}

function foldSweep(
  k: KernelFrame,
  own: Stage,
  first: number,
  pointers: ReadonlyMap<number, Local>,
  finals: Map<string, readonly Local[]>,
): void {
  const f = k.f;
  const axis = k.vectorAxis;
  const context = (lanes: 1 | 4): LoweringContext =>
    k.context({ lanes, sweep: true, splatAll: false, first });
  const options = { relaxed: k.relaxed, masked: false };
  const sums = k.remainder === "single" ? null : blockSums(own, first);
  const main = stageProgram(k.kernel, own, first, context(4), { ...options, lanes: 4, sums });
  const units = k.remainder === "single" ? 1 : unitsFor(main);
  const stateUnits = sums === null ? units : 1;
  const states = declareStates(k, own, first, 4, stateUnits);
  const singleStates = k.remainder === "single" ? declareStates(k, own, first, 1, 1) : null;
  const place: Place = { pointers, inputs: new Map(finals) };
  setInitial(k, own, first, states, place, 4, stateUnits);
  if (singleStates !== null) setInitial(k, own, first, singleStates, place, 1, 1);
  k.startRows();
  k.nest(pointers, k.shape.parallelAxes, axis, (inner) => {
    const moving = k.movingPointers(inner, null);
    k.argument(k.layout.size(axis));
    f.set(k.count);
    f.i32Const(0);
    f.set(at(k.positions, axis));
    const inputs = new Map([...finals, ...states]);
    vectorLoop(k, main, { pointers: moving, inputs }, units, 4, "full", states, first);
    if (singleStates === null) {
      const masked = stageProgram(k.kernel, own, first, context(4), {
        lanes: 4,
        relaxed: k.relaxed,
        masked: own.states.length > 0,
      });
      const firstUnit = new Map([...states].map(([name, locals]) => [name, locals.slice(0, 1)]));
      vectorLoop(
        k,
        masked,
        { pointers: moving, inputs: new Map([...finals, ...firstUnit]) },
        1,
        4,
        "masked",
        firstUnit,
        first,
      );
    } else {
      const single = stageProgram(k.kernel, own, first, context(1), { ...options, lanes: 1 });
      vectorLoop(
        k,
        single,
        { pointers: moving, inputs: new Map([...finals, ...singleStates]) },
        1,
        1,
        "single",
        singleStates,
        first,
      );
    }
  });
  if (own.states.length > 0) joinStates(k, own, first, states, singleStates, stateUnits, finals);
}

/** Joins the accumulators of units, then those of lanes; the result, in all lanes, is the final state. */
function joinStates(
  k: KernelFrame,
  own: Stage,
  first: number,
  states: ReadonlyMap<string, readonly Local[]>,
  singles: ReadonlyMap<string, readonly Local[]> | null,
  units: number,
  finals: Map<string, readonly Local[]>,
): void {
  const combine = combinedStates(own, first);
  if (combine === null) throw new InternalError(`${k.kernel.name}: a sweep cannot be split`);
  const ofUnit = (unit: number): Map<string, readonly Local[]> =>
    new Map([...states].map(([name, locals]) => [name, [at(locals, unit)]]));
  for (let distance = 1; distance < units; distance *= 2)
    for (let unit = 0; unit + distance < units; unit += 2 * distance)
      join(k, own, first, combine, 4, ofUnit(unit), ofUnit(unit + distance), finals);
  const sum = ofUnit(0);
  for (const distance of [2, 1]) {
    const other = rotatedStates(k, own, first, sum, distance);
    join(k, own, first, combine, 4, sum, other, finals);
  }
  let results = firstLanes(k, own, first, sum);
  if (singles !== null) {
    join(k, own, first, combine, 1, results, singles, finals);
    // Single elements are only defined in the first lane: what was narrowed on the way has zeros behind it.
    results = firstLanes(k, own, first, results);
  }
  for (const [name, locals] of results) finals.set(name, locals);
}

/** states := combine(states, others) */
function join(
  k: KernelFrame,
  own: Stage,
  first: number,
  combine: readonly Expression[],
  lanes: 1 | 4,
  states: ReadonlyMap<string, readonly Local[]>,
  others: ReadonlyMap<string, readonly Local[]>,
  finals: ReadonlyMap<string, readonly Local[]>,
): void {
  const context = k.context({ lanes, sweep: false, splatAll: true, first });
  const program = new ProgramBuilder(lanes, k.relaxed);
  const lowering = new ExpressionLowering(program, context);
  const next = combine.map((expression, n) => {
    const kind = lowering.stateKind(first + n, at(own.states, n).type);
    return convertKind(program, lowering.lower(expression), kind);
  });
  const inputs = new Map([...finals, ...states]);
  for (const [name, locals] of others) inputs.set(`other ${name}`, locals);
  runAtPlace(
    k,
    { program, next, rows: [], stores: [] },
    { pointers: new Map(), inputs },
    1,
    lanes,
    true,
    "full",
    states,
    first,
  );
}

/** Copies of states with lanes exchanged: elements 0, 1 with 2, 3, or 0 with 1 and 2 with 3. */
function rotatedStates(
  k: KernelFrame,
  own: Stage,
  first: number,
  states: ReadonlyMap<string, readonly Local[]>,
  distance: number,
): Map<string, readonly Local[]> {
  const f = k.f;
  const rotated = new Map<string, readonly Local[]>();
  own.states.forEach((state, n) => {
    const wide = isWide(k.stateKind(first + n, state.type));
    const parts = wide ? 2 : 1;
    for (let part = 0; part < parts; part++) {
      const target = f.local("v128");
      const source = wide && distance === 2 ? 1 - part : part;
      const local = at(states.get(stateName(first + n, source)) ?? [], 0);
      f.get(local);
      if (!(wide && distance === 2)) {
        f.get(local);
        f.shuffleWords(wide || distance === 2 ? [2, 3, 0, 1] : [1, 0, 3, 2]);
      }
      f.set(target);
      rotated.set(stateName(first + n, part), [target]);
    }
  });
  return rotated;
}

/** The first element of each state, in all lanes. */
function firstLanes(
  k: KernelFrame,
  own: Stage,
  first: number,
  states: ReadonlyMap<string, readonly Local[]>,
): Map<string, readonly Local[]> {
  const f = k.f;
  const results = new Map<string, readonly Local[]>();
  own.states.forEach((state, n) => {
    const wide = isWide(k.stateKind(first + n, state.type));
    const local = at(states.get(stateName(first + n, 0)) ?? [], 0);
    const target = f.local("v128", `final${first + n}`);
    f.get(local);
    f.get(local);
    f.shuffleWords(wide ? [0, 1, 0, 1] : [0, 0, 0, 0]);
    f.set(target);
    // Both halves of a wide value are the same.
    results.set(stateName(first + n, 0), [target]);
    if (wide) results.set(stateName(first + n, 1), [target]);
  });
  return results;
}
