import type { Machine, StopAtStep } from "../interpreter/machine.ts";
import type { Outcome } from "../interpreter/outcome.ts";
import { stopAtGenerator } from "../operations/generator.ts";

/**
 * Where the graph must end instead, because the capture cannot be handed over where it ended: with a generator that
 * stands in the middle, or in the middle of an instruction.
 */
export function earlierStop(machine: Machine, outcome: Outcome): StopAtStep | null {
  if (outcome.kind === "throw") return null;
  const graphBreak = outcome.kind === "break" ? outcome.graphBreak : null;
  const generator = machine.generators.find(({ state }) => state !== "done");
  if (generator !== undefined) return stopAtGenerator(generator, graphBreak);
  if (graphBreak === null || !machine.isHalfDone) return null;
  return { step: machine.tracer.lastStep, graphBreak };
}
