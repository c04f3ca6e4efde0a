import { emit, isEnabled } from "../base/logging.ts";
import { formatBytes } from "../runtime/format-bytes.ts";
import { chainProducts } from "./execution/chain-products.ts";
import { type MemoryPlan, planMemory } from "./execution/memory-plan.ts";
import { splitTemplates } from "./execution/split-templates.ts";
import { printFusion, printOutputCode, printSchedule, printWat } from "./print-program.ts";
import type { Program } from "./program.ts";

/** What the logs show of a compiled graph. */
export function logProgram(program: Program): void {
  if (isEnabled("schedule"))
    emit("schedule", `SCHEDULE\n${printSchedule(program)}\n${printMemory(planMemory(program))}`);
  if (isEnabled("fusion"))
    emit("fusion", `FUSION\n${printFusion(chainProducts(splitTemplates(program)))}`);
  if (isEnabled("output_code")) emit("output_code", `OUTPUT CODE\n${printOutputCode(program)}`);
  if (isEnabled("kernel_code")) emit("kernel_code", `KERNEL CODE\n${printWat(program)}`);
}

function printMemory({ offsets, arenaBytes, separateBytes, constants }: MemoryPlan): string {
  return `memory: ${offsets.size} intermediates, at most ${formatBytes(arenaBytes)} at a time (${formatBytes(separateBytes)} without reuse), ${constants.buffers.size} constants`;
}
