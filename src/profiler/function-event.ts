import type { ObservedWork } from "../loops/observe-launches.ts";

/** One piece of work that ran while a profile was on. Names as PyTorch's; times in microseconds. */
export interface FunctionEvent {
  readonly name: string;
  /** `kernel`: generated loops; `template`: matrix products and their like; `routine`: an operator's own code. */
  readonly kind: ObservedWork["kind"];
  /** From the start of the profile. */
  readonly start: number;
  readonly cpu_time_total: number;
  /** Without the events inside it. */
  readonly self_cpu_time_total: number;
  /** Bytes that its operands and results take; 0 where that is not known. */
  readonly bytes: number;
  /** Floating-point operations; a function such as `exp` counts as one. 0 where that is not known. */
  readonly flops: number;
  /** Of the iteration space of kernels: axes side by side, then summed ones. */
  readonly input_shapes: readonly (readonly number[])[];
  /** The user's line that it comes from: for compiled code, and for all else with `with_stack`. */
  readonly stack: readonly string[];
}

type Measured = Pick<FunctionEvent, "bytes" | "flops" | "self_cpu_time_total">;

/** 0 for work that took no measurable time. */
export function gigabytesPerSecond({ bytes, self_cpu_time_total }: Measured): number {
  return self_cpu_time_total > 0 ? bytes / self_cpu_time_total / 1e3 : 0;
}

/** 0 for work that took no measurable time. */
export function gigaflopsPerSecond({ flops, self_cpu_time_total }: Measured): number {
  return self_cpu_time_total > 0 ? flops / self_cpu_time_total / 1e3 : 0;
}
