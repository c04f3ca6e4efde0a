import { lazy } from "../../base/lazy.ts";
import { emit, isEnabled } from "../../base/logging.ts";
import type { GraphModule } from "../../fx/graph-module-brand.ts";
import { printTable, printTypes } from "../../fx/print-table.ts";
import { disassemble } from "../bytecode/disassemble.ts";
import { describeGuard, guardSource } from "../guards/guard.ts";
import { functionCode, isInterpretable } from "../interpreter/function-code.ts";
import { type GuardTreeNode, formatGuardTree } from "../reports/format-guards.ts";
import { formatSizes } from "../reports/format-sizes.ts";
import { sizeReports } from "./size-reports.ts";
import { sourceName } from "../variables/source.ts";
import type { CompiledEntry } from "./compiled-entry.ts";
import { functionPlace } from "./function-place.ts";
import { placeOfGuard } from "./recompiles.ts";
import type { Unit } from "./unit.ts";

/** What the logs show of a new entry: its graph, its guards, the bytecode it came from. */
export function logEntry(unit: Unit, entry: CompiledEntry, graphModule: GraphModule | null): void {
  const title = lazy(() => {
    // Finding the place takes longer than capturing a small function: only for a log that is on.
    const { file, line } = functionPlace(unit.owner.fn);
    return `${unit.start.name} (${file}:${line}) [${unit.owner.id}/${entry.index}]`;
  });
  if (isEnabled("bytecode") && entry.index === 0 && unit.owner.isRoot(unit)) {
    const known = functionCode(unit.owner.fn);
    if (isInterpretable(known))
      emit("bytecode", `BYTECODE of ${title()}\n${disassemble(known.code)}`);
  }
  if (graphModule !== null && isEnabled("graph_code")) {
    emit(
      "graph_code",
      `TRACED GRAPH of ${title()}\n${graphModule.print_readable({ print_output: false })}`,
    );
  }
  if (graphModule !== null && isEnabled("graph"))
    emit("graph", `TRACED GRAPH of ${title()}\n${printTable(graphModule.graph)}`);
  if (graphModule !== null && isEnabled("graph_sizes"))
    emit("graph_sizes", `GRAPH SIZES of ${title()}\n${printTypes(graphModule.graph)}`);
  if (isEnabled("dynamic") && entry.sizes.length > 0)
    emit("dynamic", `SIZES of ${title()}\n${formatSizes(sizeReports(entry))}`);
  if (isEnabled("guards"))
    emit("guards", `GUARDS of ${title()}\n${formatGuardTree(guardTree(entry))}`);
}

/** Guards by the value they look at. */
function guardTree(entry: CompiledEntry): readonly GuardTreeNode[] {
  const byName = new Map<string, GuardTreeNode["guards"][number][]>();
  for (const placed of entry.guards) {
    const source = guardSource(placed.guard);
    const name = source === null ? "global state" : sourceName(source);
    const lines = byName.get(name) ?? [];
    lines.push({
      kind: placed.guard.kind,
      text: describeGuard(placed.guard),
      source: placeOfGuard(placed.place),
    });
    byName.set(name, lines);
  }
  return [...byName].map(([name, guards]) => ({ name, guards, children: [] }));
}
