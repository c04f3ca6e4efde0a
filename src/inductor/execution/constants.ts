/** Launches that compute the same in every call: they run once, when a program is prepared. */
import { RuntimeScalar } from "../../core/runtime-scalar.ts";
import type { Buffer, Program, Step } from "../program.ts";
import { mayThrow } from "../schedule/may-throw.ts";
import { accessOf } from "../schedule/step-access.ts";

export interface Constants {
  readonly steps: ReadonlySet<Step>;
  /** Intermediates that nothing else writes. */
  readonly buffers: ReadonlySet<Buffer>;
}

/** Kept for as long as the program: larger ones are computed anew in each call. */
const largestConstantBytes = 2 ** 22;

/** `isHidden`: the buffers that only launches and templates see. */
export function findConstants(program: Program, isHidden: (buffer: Buffer) => boolean): Constants {
  const writers = new Map<Buffer, number>();
  for (const step of program.steps)
    for (const buffer of accessOf(program, step).writes)
      writers.set(buffer, (writers.get(buffer) ?? 0) + 1);
  const steps = new Set<Step>();
  const buffers = new Set<Buffer>();
  const canKeep = (buffer: Buffer): boolean =>
    isHidden(buffer) &&
    writers.get(buffer) === 1 &&
    program.overwritten.has(buffer) &&
    buffer.length * buffer.dtype.itemsize <= largestConstantBytes;
  for (const step of program.steps) {
    if (step.kind !== "launch" || mayThrow(step)) continue;
    if (step.scalars.some((scalar) => scalar instanceof RuntimeScalar)) continue;
    const { reads, writes } = accessOf(program, step);
    if (![...reads].every((buffer) => buffers.has(buffer))) continue;
    if (![...writes].every(canKeep)) continue;
    steps.add(step);
    for (const buffer of writes) buffers.add(buffer);
  }
  return { steps, buffers };
}
