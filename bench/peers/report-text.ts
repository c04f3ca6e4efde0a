import { ratioOn, type Opponent } from "./compare-peers.ts";
import { judgeTarget, relevantTargets } from "./judge-targets.ts";
import { coldStartTime, type Cell, type PeersReport } from "./report.ts";
import { formatNumber, geometricMean } from "./statistics.ts";

/** A report as Markdown: times, ratios, cold starts, limits, and how it stands to the targets. */
export function reportText(report: PeersReport): string {
  return [
    headText(report),
    section(
      "Times",
      "Milliseconds, median of the rounds; the best in brackets where it is a quarter lower",
    ),
    timesTable(report),
    section(
      "Ratios",
      "Their time by ours, of the medians (of the best times); above 1 we are faster",
    ),
    ratiosTable(report),
    section(
      "Cold start",
      "Milliseconds from the import to the first result, without the runtime's own boot",
    ),
    coldStartTable(report),
    section("Physical limits", "Of this machine, in this run"),
    limitsTable(report),
    section("Targets", "For two cores"),
    targetsTable(report),
    notesText(report),
  ].join("\n");
}

function headText({ commit, machine, date, rounds, budget, backend, load }: PeersReport): string {
  const loads = load.length === 0 ? "unknown" : `${least(load)} to ${most(load)}`;
  return `fullgraph ${commit}${backend === null ? "" : `, backend ${backend},`} on ${machine}, ${date}
${rounds} rounds of ${budget} ms a workload, load average ${loads}`;
}

function least(values: readonly number[]): string {
  return Math.min(...values).toFixed(1);
}

function most(values: readonly number[]): string {
  return Math.max(...values).toFixed(1);
}

function section(title: string, explanation: string): string {
  return `\n## ${title}\n\n${explanation}.\n`;
}

function timesTable({ peers, workloads }: PeersReport): string {
  const labels = Object.keys(peers);
  const rows = Object.entries(workloads).map(([id, cells]) => [
    id,
    ...labels.map((label) => cellText(cells[label])),
  ]);
  return table(["workload", ...labels], rows);
}

function cellText(cell: Cell | undefined): string {
  switch (cell?.kind) {
    case undefined:
      return "–";
    case "timed": {
      const median = formatNumber(cell.median);
      return cell.median > 1.25 * cell.best ? `${median} (${formatNumber(cell.best)})` : median;
    }
    case "wrong":
      return "wrong";
    case "not available":
      return "n/a";
    case "failed":
      return "failed";
  }
}

const comparisons: readonly (readonly [title: string, opponent: Opponent])[] = [
  ["best wasm peer", "best wasm peer"],
  ["ort-node", "ort-node, most threads"],
  ["torch.compile", "torch.compile"],
];

function ratiosTable(report: PeersReport): string {
  const ids = Object.keys(report.workloads);
  const rows = ids.map((id) => [
    id,
    ...comparisons.map(([, opponent]) => {
      const ratio = ratioOn(report, id, "compiled", opponent);
      if (ratio === null) return "–";
      return `${formatNumber(ratio.ratio)} (${formatNumber(ratio.ratioOfBests)}) ${ratio.theirs.label}`;
    }),
  ]);
  const means = comparisons.map(([, opponent]) => {
    const ratios = ids.flatMap((id) => ratioOn(report, id, "compiled", opponent) ?? []);
    const mean = geometricMean(ratios.map(({ ratio }) => ratio));
    return mean === null ? "–" : `${formatNumber(mean)}, ${ratios.length} workloads`;
  });
  const titles = comparisons.map(([title]) => title);
  return table(["workload", ...titles], [...rows, ["geometric mean", ...means]]);
}

function coldStartTable({ coldStarts }: PeersReport): string {
  const rows = Object.entries(coldStarts).map(([label, start]) =>
    start.kind === "not available"
      ? [label, "n/a", "–", "–", "–"]
      : [
          label,
          formatNumber(coldStartTime(start)),
          formatNumber(start.importing),
          formatNumber(start.firstResult),
          String(start.residentMegabytes),
        ],
  );
  return rows.length === 0
    ? "Not measured."
    : table(["peer", "together", "import", "first result", "memory, MB"], rows);
}

function limitsTable({ limits }: PeersReport): string {
  const rows = limits.map(({ name, threads, value, unit }) => [
    name,
    String(threads),
    `${formatNumber(value)} ${unit}`,
  ]);
  return rows.length === 0 ? "Not measured." : table(["limit", "threads", "measured"], rows);
}

function targetsTable(report: PeersReport): string {
  const verdicts = relevantTargets(report).map((target) => judgeTarget(report, target));
  const rows = verdicts.map(({ verdict, claim, found }) => [verdict, claim, found]);
  const count = (wanted: string): number =>
    verdicts.filter(({ verdict }) => verdict === wanted).length;
  return `${table(["verdict", "target", "found"], rows)}

${count("pass")} pass, ${count("falls short")} fall short, ${count("not measured")} not measured.`;
}

/** Everything that is not a time, with its reason: nothing is left out silently. */
function notesText({ peers, workloads, coldStarts }: PeersReport): string {
  const versions = Object.entries(peers).map(([label, { version, runtime, notAvailable }]) =>
    notAvailable === null
      ? `- ${label}: version ${version}, ${runtime}`
      : `- ${label}: not available, ${notAvailable}`,
  );
  const gaps = Object.entries(workloads).flatMap(([id, cells]) =>
    Object.entries(cells).flatMap(([label, cell]) => {
      const reason = gapReason(cell);
      return reason === null ? [] : [`- ${id}, ${label}: ${reason}`];
    }),
  );
  const coldGaps = Object.entries(coldStarts).flatMap(([label, start]) =>
    start.kind === "not available"
      ? [`- cold start, ${label}: not available, ${start.reason}`]
      : [],
  );
  const title = section("Notes", "Versions, and why a time is missing");
  return [title, ...versions, ...gaps, ...coldGaps].join("\n");
}

function gapReason(cell: Cell): string | null {
  switch (cell.kind) {
    case "timed":
      return null;
    case "wrong":
      return `a wrong result, off by ${cell.error === null ? "NaN" : cell.error.toExponential(1)}`;
    case "not available":
      return `not available, ${cell.reason}`;
    case "failed":
      return `failed, ${cell.message}`;
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
