import type { GraphBreakRecord } from "../../../src/dynamo/graph-breaks/graph-break-record.ts";
import type { DifferentialResult } from "../../differential.ts";

/** The numbers and breaks that a case of the checklist is about. */
export interface CaseSummary {
  readonly frames: number;
  readonly ops: number;
  readonly breaks: readonly string[];
}

export function caseSummary({ frames, ops, breaks }: DifferentialResult): CaseSummary {
  return { frames, ops, breaks: breaks.map(breakSummary) };
}

/** Id and title of a break, and the user's source line it lies in. */
function breakSummary({ reason, stack }: GraphBreakRecord): string {
  return `${reason.id} ${reason.title} at \`${stack.at(-1)?.lineText?.trim() ?? "?"}\``;
}
