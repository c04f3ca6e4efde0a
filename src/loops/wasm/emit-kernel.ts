/**
 * A kernel as a WebAssembly function `(arguments, begin, end)`: loops over units of work, and in them over the axis that
 * is vectorised, with the programs of the stages inside.
 *
 * Where a fold axis is vectorised, a unit is one parallel point. Otherwise it is a run of points along the last parallel
 * axis. What does not fill a vector is computed with the lanes beyond the end masked, which may read up to three
 * elements too far; where elements do not lie side by side, one element at a time.
 */
import { at } from "../../core/shape.ts";
import type { FunctionBuilder, Local } from "../../wasm/function-builder.ts";
import type { Kernel } from "../kernel.ts";
import type { ArgumentLayout } from "./argument-layout.ts";
import { columnsUnit } from "./column-stages.ts";
import { foldUnit } from "./fold-sweep.ts";
import { KernelFrame } from "./kernel-frame.ts";
import type { KernelTarget } from "./kernel-target.ts";
import { columnsPerUnit, type LoopShape } from "./loop-shape.ts";

export interface EmittedKernel {
  readonly fn: FunctionBuilder;
  readonly layout: ArgumentLayout;
  /** Instructions for each point, in all sweeps. */
  readonly work: number;
}

export function emitKernel(target: KernelTarget, kernel: Kernel, shape: LoopShape): EmittedKernel {
  const k = new KernelFrame(target, kernel, shape);
  k.findRows();
  forEachUnit(k);
  return { fn: k.f, layout: k.layout, work: k.work };
}

/** Walks the units from `begin` to `end`, with a pointer to each operand's first element of the unit. */
function forEachUnit(k: KernelFrame): void {
  const f = k.f;
  const pointers = new Map(
    k.points.map((operand) => [operand, f.local("i32", `p${operand}`)] as const),
  );
  const outer = k.shape.parallelAxes - (k.foldIsVector ? 0 : 1);
  const { tiled } = k.shape;
  const rest = f.local("i32", "rest");
  const block = k.foldIsVector ? null : f.local("i32", "block");
  const blocks = k.foldIsVector ? null : f.local("i32", "blocks");
  f.get(k.begin);
  f.get(k.end);
  f.emit("i32.ge_u");
  f.if(() => f.emit("return"));
  for (const [operand, pointer] of pointers) {
    k.argument(k.layout.address(operand));
    f.set(pointer);
  }
  f.get(k.begin);
  f.set(rest);
  if (block !== null && blocks !== null) {
    const columns = columnsPerUnit(k.shape);
    k.argument(k.layout.size(k.vectorAxis));
    f.i32Const(columns - 1);
    f.emit("i32.add");
    f.i32Const(Math.log2(columns));
    f.emit("i32.shr_u");
    f.set(blocks);
    if (!tiled) splitIndex(k, rest, () => f.get(blocks), block);
  }
  for (let axis = outer - 1; axis >= 0; axis--) {
    const index = at(k.positions, axis);
    if (axis === 0 && !tiled) {
      f.get(rest);
      f.set(index);
    } else {
      splitIndex(k, rest, () => k.argument(k.layout.size(axis)), index);
    }
    advance(k, pointers, axis, () => f.get(index));
  }
  if (tiled && block !== null) {
    f.get(rest);
    f.set(block);
  }
  f.loop((nextUnit) => {
    if (block === null) foldUnit(k, pointers);
    else columnsUnit(k, pointers, block);
    if (block === null || blocks === null) {
      step(k, pointers, outer - 1, null);
    } else if (tiled) {
      step(k, pointers, outer - 1, () => f.increment(block, 1));
    } else {
      f.increment(block, 1);
      f.get(block);
      f.get(blocks);
      f.emit("i32.eq");
      f.if(() => {
        f.i32Const(0);
        f.set(block);
        step(k, pointers, outer - 1, null);
      });
    }
    f.increment(k.begin, 1);
    f.get(k.begin);
    f.get(k.end);
    f.emit("i32.lt_u");
    f.brIf(nextUnit);
  });
}

/** index := rest mod size; rest := rest / size. */
function splitIndex(k: KernelFrame, rest: Local, size: () => void, index: Local): void {
  const f = k.f;
  f.get(rest);
  size();
  f.emit("i32.rem_u");
  f.set(index);
  f.get(rest);
  size();
  f.emit("i32.div_u");
  f.set(rest);
}

/** Moves all pointers `count` steps along an axis. */
function advance(
  k: KernelFrame,
  pointers: ReadonlyMap<number, Local>,
  axis: number,
  count: (() => void) | null,
): void {
  const f = k.f;
  for (const [operand, pointer] of pointers) {
    f.get(pointer);
    k.argument(k.layout.step(operand, axis));
    if (count !== null) {
      count();
      f.emit("i32.mul");
    }
    f.emit("i32.add");
    f.set(pointer);
  }
}

/** Goes to the next point of the outer axes up to `axis`, like an odometer; `carry` is what follows the last one. */
function step(
  k: KernelFrame,
  pointers: ReadonlyMap<number, Local>,
  axis: number,
  carry: (() => void) | null,
): void {
  if (axis < 0) {
    carry?.();
    return;
  }
  const f = k.f;
  const index = at(k.positions, axis);
  f.increment(index, 1);
  advance(k, pointers, axis, null);
  if (axis === 0 && carry === null) return;
  f.get(index);
  k.argument(k.layout.size(axis));
  f.emit("i32.eq");
  f.if(() => {
    advance(k, pointers, axis, () => {
      f.i32Const(0);
      f.get(index);
      f.emit("i32.sub");
    });
    f.i32Const(0);
    f.set(index);
    step(k, pointers, axis - 1, carry);
  });
}
