/**
 * Sums of float32 values in float64, a few values at a time.
 *
 * A state `s + float64(x)` costs four conversions and additions for every four elements. Where several vectors are
 * computed in lock-step, these are first added to each other in float32, pairwise (at most three roundings), and only
 * their sum is converted; of products, every second one is added without being rounded first. N. J. Higham, "The accuracy
 * of floating point summation" (1993), calls it blocked summation; PyTorch's own sums add up far longer blocks in float32.
 */
import { at } from "../../core/shape.ts";
import type { Local } from "../../wasm/function-builder.ts";
import type { Expression } from "../expression.ts";
import type { Stage } from "../kernel.ts";
import { dependsOnStates } from "./combine-states.ts";
import type { ProgramEmitter } from "./emit-program.ts";
import { stateName, type KernelFrame } from "./kernel-frame.ts";
import type { Addend } from "./stage-program.ts";

/** The float32 values that the states of a stage add up, or null if they do anything else. */
export function blockSums(own: Stage, first: number): readonly Expression[] | null {
  const addends: Expression[] = [];
  for (let n = 0; n < own.states.length; n++) {
    const { next, type } = at(own.states, n);
    if (type !== "float64" || next.kind !== "arithmetic" || next.operation !== "add") return null;
    const isOwn = (x: Expression): boolean => x.kind === "state" && x.state === first + n;
    const added = isOwn(next.x) ? next.y : isOwn(next.y) ? next.x : null;
    if (added?.kind !== "cast" || added.x.type !== "float32") return null;
    if (dependsOnStates(added.x, first, own.states.length)) return null;
    addends.push(added.x);
  }
  return addends.length === 0 ? null : addends;
}

/** Adds the values of all units to the states of the first. */
export function addBlocks(
  k: KernelFrame,
  values: readonly Addend[],
  emitter: ProgramEmitter,
  states: ReadonlyMap<string, readonly Local[]>,
  first: number,
  units: number,
): void {
  const f = k.f;
  values.forEach(([value, factor], n) => {
    const get = (unit: number): void => {
      f.get(emitter.local(value, unit));
      if (factor !== undefined) f.get(emitter.local(factor, unit));
    };
    const sumOf = (from: number, count: number): void => {
      if (count === 1) {
        get(from);
        if (factor !== undefined) f.emit("f32x4.mul");
        return;
      }
      if (count === 2 && factor !== undefined) {
        get(from + 1);
        sumOf(from, 1);
        f.emit("f32x4.relaxed_madd");
        return;
      }
      sumOf(from, count / 2);
      sumOf(from + count / 2, count / 2);
      f.emit("f32x4.add");
    };
    const sum = k.pool.take();
    sumOf(0, units);
    f.set(sum);
    for (const part of [0, 1]) {
      const state = at(states.get(stateName(first + n, part)) ?? [], 0);
      f.get(state);
      f.get(sum);
      if (part === 1) {
        f.get(sum);
        f.shuffleWords([2, 3, 2, 3]);
      }
      f.emit("f64x2.promote_low_f32x4");
      f.emit("f64x2.add");
      f.set(state);
    }
    k.pool.give(sum);
  });
}
