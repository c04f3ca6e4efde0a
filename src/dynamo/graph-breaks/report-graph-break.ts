import { emit, isEnabled, warnOnce } from "../../base/logging.ts";
import { config } from "../config.ts";
import { counters, increment } from "../counters.ts";
import {
  formatDuplicateGraphBreak,
  formatGraphBreak,
  formatRewrite,
  graphBreakToJSON,
} from "./graph-break-record.ts";
import type { GraphBreakRecord } from "./graph-break-record.ts";
import { formatFrames, formatLocation } from "./user-frame.ts";
import type { UserFrame } from "./user-frame.ts";

const placeLimit = 4096;

/** The breaks whose stack has been printed, least recently met first. */
const reportedPlaces = new Set<string>();

/** Counts a graph break and prints it: in full the first time it happens at a place, without its stack after that. */
export function reportGraphBreak(record: GraphBreakRecord): void {
  increment(counters.graph_break, record.reason.title);
  if (isEnabled("graph_breaks_json"))
    emit("graph_breaks_json", JSON.stringify(graphBreakToJSON(record)));
  if (isEnabled("rewrites") && record.rewrite !== null)
    emit("rewrites", formatRewrite(record.rewrite));
  if (!isEnabled("graph_breaks")) return;
  const isDuplicate = meetPlace(placeOf(record)) && !config.verbose;
  emit("graph_breaks", isDuplicate ? formatDuplicateGraphBreak(record) : formatGraphBreak(record));
}

/** Forgets which places were printed. */
export function resetReportedGraphBreaks(): void {
  reportedPlaces.clear();
}

/** Says once per process how `.item()` can stay in the graph. `frames` is where it broke one, outermost first. */
export function warnAboutItem(call: string, frames: readonly UserFrame[]): void {
  const lines = [
    `Graph break from \`${call}\`, consider setting:`,
    "    torch._dynamo.config.capture_scalar_outputs = true",
    "or:",
    "    env TORCHDYNAMO_CAPTURE_SCALAR_OUTPUTS=1",
    "to include these operations in the captured graph.",
  ];
  if (frames.length > 0) lines.push("", "Graph break: from user code at:", formatFrames(frames));
  warnOnce("item", lines.join("\n"));
}

/** Records that a place was met; says whether it had been met before. */
function meetPlace(place: string): boolean {
  const isKnown = reportedPlaces.delete(place);
  reportedPlaces.add(place);
  if (reportedPlaces.size > placeLimit) {
    const [oldest] = reportedPlaces;
    if (oldest !== undefined) reportedPlaces.delete(oldest);
  }
  return isKnown;
}

function placeOf({ reason, stack }: GraphBreakRecord): string {
  return [reason.id, ...stack.map(formatLocation)].join("\n");
}
