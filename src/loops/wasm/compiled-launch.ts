/** A launch that is ready but for addresses and scalars. */
import type { InstalledKernel } from "../../runtime/kernel-runtime.ts";
import type { ArgumentLayout } from "./argument-layout.ts";
import type { LoopPlan } from "./plan-loops.ts";

export interface CompiledLaunch {
  readonly plan: LoopPlan;
  readonly layout: ArgumentLayout;
  readonly installed: InstalledKernel;
  /** Units that one thread takes at a time; more of them are worth sharing. */
  readonly chunkUnits: number;
}
