/** The schedules of one graph: what was fused for some sizes is taken over for others. */
import type { Program } from "../program.ts";
import { schedule, withSteps } from "./schedule-program.ts";
import { SchedulePattern } from "./schedule-pattern.ts";

/** Sizes differ in kind as well: those that are 1, or equal by chance, lead to other schedules. */
const maximumPatterns = 8;

export class ScheduleMemory {
  readonly #patterns: SchedulePattern[] = [];

  /** `isTakenOver`: its kernels are those of a schedule that was made before. */
  schedule(program: Program): { readonly scheduled: Program; readonly isTakenOver: boolean } {
    for (const pattern of this.#patterns) {
      const steps = pattern.stepsFor(program);
      if (steps !== null) return { scheduled: withSteps(program, steps), isTakenOver: true };
    }
    const { program: scheduled, isMatched } = schedule(program);
    if (isMatched) {
      this.#patterns.unshift(new SchedulePattern(program, scheduled.steps));
      if (this.#patterns.length > maximumPatterns) this.#patterns.pop();
    }
    return { scheduled, isTakenOver: false };
  }
}
