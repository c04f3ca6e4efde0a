/** The buffers of a program that are used, numbered. */
import type { Buffer, Program } from "./program.ts";
import { accessOf, visibleBuffers } from "./schedule/step-access.ts";

export interface FrameLayout {
  readonly buffers: readonly Buffer[];
  readonly slotOf: ReadonlyMap<Buffer, number>;
}

const layouts = new WeakMap<Program, FrameLayout>();

export function frameLayout(program: Program): FrameLayout {
  let layout = layouts.get(program);
  if (layout === undefined) {
    const used = visibleBuffers(program);
    for (const step of program.steps) {
      if (step.kind === "version") used.add(step.buffer);
      const { reads, writes } = accessOf(program, step);
      for (const buffer of [...reads, ...writes]) used.add(buffer);
    }
    const buffers = [...used];
    layout = { buffers, slotOf: new Map(buffers.map((buffer, slot) => [buffer, slot])) };
    layouts.set(program, layout);
  }
  return layout;
}
