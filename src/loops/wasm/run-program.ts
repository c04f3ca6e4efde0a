/** Writes programs into a kernel. */
import { blockRowBytes } from "../../runtime/memory-layout.ts";
import { addBlocks } from "./block-sums.ts";
import { storeValue } from "./store-value.ts";
import { InternalError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import type { Local } from "../../wasm/function-builder.ts";
import type { Stage } from "../kernel.ts";
import { ProgramEmitter, type ProgramSurroundings } from "./emit-program.ts";
import { type KernelFrame, type Remainder, stateName } from "./kernel-frame.ts";
import { convertKind, ExpressionLowering } from "./lower-expression.ts";
import { isWide, ProgramBuilder } from "./program.ts";
import { outputsOf, type StageProgram } from "./stage-program.ts";

/** The pointers, positions and states that a program sees. */
export interface Place {
  readonly pointers: ReadonlyMap<number, Local>;
  /** Locals by name of input, one for each unit. */
  readonly inputs: Map<string, readonly Local[]>;
}

/** Vectors in lock-step. More hide latencies better, until registers run out; measured on V8 11.3 (Node 20). */
export function unitsFor({ program, sums, next, waits }: StageProgram): number {
  const body = program.instructions.filter((instruction) => instruction.level === 2).length;
  if ((sums !== undefined || next.length > 0) && body <= 4) return 8;
  return body <= (waits ? 60 : 10) ? 4 : body <= 200 ? 2 : 1;
}

export function declareStates(
  k: KernelFrame,
  own: Stage,
  first: number,
  lanes: 1 | 4,
  units: number,
): Map<string, readonly Local[]> {
  const states = new Map<string, readonly Local[]>();
  own.states.forEach((state, n) => {
    const parts = lanes === 4 && isWide(k.stateKind(first + n, state.type)) ? 2 : 1;
    for (let part = 0; part < parts; part++) {
      const name = stateName(first + n, part);
      states.set(
        name,
        Array.from({ length: units }, () => k.f.local("v128", `state${first + n}`)),
      );
    }
  });
  return states;
}

export function setInitial(
  k: KernelFrame,
  own: Stage,
  first: number,
  states: ReadonlyMap<string, readonly Local[]>,
  place: Place,
  lanes: 1 | 4,
  units: number,
): void {
  if (own.states.length === 0) return;
  const context = k.context({ lanes, sweep: false, splatAll: true, first });
  const program = new ProgramBuilder(lanes, k.relaxed);
  const lowering = new ExpressionLowering(program, context);
  const next = own.states.map((state, n) => {
    const kind = k.stateKind(first + n, state.type);
    return convertKind(program, lowering.lower(state.initial), kind);
  });
  const code = { program, next, rows: [], stores: [] };
  runAtPlace(k, code, place, units, lanes, true, "full", states, first);
}

/** Emits a program at one place, outside of any loop of its own. */
export function runAtPlace(
  k: KernelFrame,
  code: StageProgram,
  place: Place,
  units: number,
  lanes: 1 | 4,
  unitsHaveLevel1: boolean,
  remainder: Remainder,
  states: ReadonlyMap<string, readonly Local[]>,
  first: number,
): void {
  const { emitter } = emitterFor(k, code, place, units, unitsHaveLevel1);
  emitter.emit(1);
  emitter.emit(2);
  finishProgram(k, code, emitter, place.pointers, units, lanes, remainder, states, first);
  emitter.release();
}

export function emitterFor(
  k: KernelFrame,
  code: StageProgram,
  place: Place,
  units: number,
  unitsHaveLevel1: boolean,
): { emitter: ProgramEmitter; around: { pointers: ReadonlyMap<number, Local> } } {
  const kept = outputsOf(code);
  const around = { pointers: place.pointers };
  const surroundings: ProgramSurroundings = {
    f: k.f,
    args: k.args,
    layout: k.layout,
    units,
    unitsHaveLevel1,
    input: (name, unit) => {
      if (name === "valid") return k.validLocal();
      const locals = place.inputs.get(name);
      if (locals === undefined) throw new InternalError(`${k.kernel.name}: no input ${name}`);
      return locals[unit] ?? at(locals, 0);
    },
    pointer: (operand) => {
      const pointer = around.pointers.get(operand);
      if (pointer === undefined) throw new InternalError(`operand ${operand} has no pointer here`);
      return pointer;
    },
    step: (operand) => k.stepLocal(operand),
    position: (axis) => at(k.positions, axis),
    rowPointer: (row) => at(k.rowPointers, row),
    blockPointer: () => k.blockPointer(),
    target: k.imports,
  };
  const emitter = new ProgramEmitter(code.program, surroundings, k.pool, kept);
  k.f.atStart(() => emitter.emit(0));
  return { emitter, around };
}

/** Sets states and writes rows and stores, when everything has been computed. */
export function finishProgram(
  k: KernelFrame,
  code: StageProgram,
  emitter: ProgramEmitter,
  pointers: ReadonlyMap<number, Local>,
  units: number,
  lanes: 1 | 4,
  remainder: Remainder,
  states: ReadonlyMap<string, readonly Local[]>,
  first: number,
): void {
  const f = k.f;
  // All next states before any is set: they may be exchanged.
  const assignments: Local[] = [];
  code.next.forEach((value, n) => {
    value.parts.forEach((register, part) => {
      const targets = states.get(stateName(first + n, part)) ?? [];
      for (let unit = 0; unit < units; unit++) {
        f.get(emitter.local(register, unit));
        assignments.push(at(targets, unit));
      }
    });
  });
  for (const target of assignments.reverse()) f.set(target);
  if (code.sums !== undefined) addBlocks(k, code.sums, emitter, states, first, units);
  for (const { row, value } of code.rows) {
    const bytes = isWide(value.kind) ? 8 : 4;
    for (let unit = 0; unit < units; unit++) {
      value.parts.forEach((register, part) => {
        f.get(at(k.rowPointers, row));
        f.get(emitter.local(register, unit));
        if (lanes === 1) f.memoryLane(bytes === 8 ? "v128.store64_lane" : "v128.store32_lane", 0);
        else f.store("v128.store", { offset: unit * 4 * bytes + part * 16, align: 4 });
      });
    }
  }
  for (const { row, register } of code.blocks ?? [])
    for (let unit = 0; unit < units; unit++) {
      f.get(k.blockPointer());
      f.get(emitter.local(register, unit));
      f.store("v128.store", { offset: blockRowBytes * row + unit * 16 });
    }
  for (const store of code.stores)
    for (let unit = 0; unit < units; unit++)
      storeValue(k, store, emitter, pointers, unit, lanes, remainder);
}
