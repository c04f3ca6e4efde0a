/** Whether two recordings of one graph differ in numbers only. */
import { at } from "../../core/shape.ts";
import { RuntimeScalar } from "../../core/runtime-scalar.ts";
import type { Buffer, Place, Program, ScalarValue, Step } from "../program.ts";
import { costClass } from "./cost-model.ts";
import { accessOf, visibleBuffers } from "./step-access.ts";

/** The same steps on the same buffers; sizes, steps and constant scalars may have other values, but cost the same in kind. */
export function sameStructure(a: Program, b: Program): boolean {
  return (
    a.steps.length === b.steps.length &&
    sameItems(a.buffers, b.buffers, sameBuffer) &&
    sameIds(visibleBuffers(a), visibleBuffers(b)) &&
    a.steps.every((step, index) => sameStep(a, step, b, at(b.steps, index)))
  );
}

function sameItems<Item>(
  a: readonly Item[],
  b: readonly Item[],
  same: (x: Item, y: Item) => boolean,
): boolean {
  return a.length === b.length && a.every((item, index) => same(item, at(b, index)));
}

function sameBuffer(a: Buffer, b: Buffer): boolean {
  return a.id === b.id && a.dtype === b.dtype && a.origin.kind === b.origin.kind;
}

/** Sets that were filled by the same code: in the same order. */
function sameIds(a: ReadonlySet<Buffer>, b: ReadonlySet<Buffer>): boolean {
  return sameItems([...a], [...b], (x, y) => x.id === y.id);
}

function sameStep(a: Program, x: Step, b: Program, y: Step): boolean {
  if (x.node !== y.node || x.callIndex !== y.callIndex) return false;
  if (x.kind === "launch" && y.kind === "launch")
    return (
      x.kernel === y.kernel &&
      x.isScript === y.isScript &&
      x.parallel.length === y.parallel.length &&
      x.fold.length === y.fold.length &&
      costClass(x.parallel, x.fold) === costClass(y.parallel, y.fold) &&
      sameItems(x.operands, y.operands, samePlaces) &&
      sameItems(x.scalars, y.scalars, sameScalar)
    );
  if (x.kind === "template" && y.kind === "template")
    return (
      x.kernel === y.kernel &&
      (["batch", "rows", "columns", "inner"] as const).every(
        (own) => x.axes[own].length === y.axes[own].length,
      ) &&
      sameItems(x.operands, y.operands, samePlaces) &&
      sameItems(x.scalars, y.scalars, sameScalar)
    );
  if (x.kind === "version" && y.kind === "version") return x.buffer.id === y.buffer.id;
  // What else a step does is its own affair: it stays where it is.
  if (x.kind !== y.kind) return false;
  if (x.kind === "routine" && y.kind === "routine" && x.call.op !== y.call.op) return false;
  const own = accessOf(a, x);
  const other = accessOf(b, y);
  return sameIds(own.reads, other.reads) && sameIds(own.writes, other.writes);
}

function samePlaces(a: Place, b: Place): boolean {
  return a.buffer.id === b.buffer.id && a.strides.length === b.strides.length;
}

function sameScalar(a: ScalarValue, b: ScalarValue): boolean {
  if (a instanceof RuntimeScalar)
    return b instanceof RuntimeScalar && a.slot === b.slot && a.converted === b.converted;
  return typeof a === typeof b;
}
