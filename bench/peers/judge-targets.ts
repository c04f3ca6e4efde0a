import { findOurs, ratioOn } from "./compare-peers.ts";
import { multiplyAdd128 } from "./physical-limits.ts";
import { coldStartTime, type PeersReport } from "./report.ts";
import { formatNumber, geometricMean } from "./statistics.ts";
import { targets, type Target } from "./targets.ts";
import { workloadById } from "./workloads.ts";

export interface Verdict {
  readonly verdict: "pass" | "falls short" | "not measured";
  readonly claim: string;
  /** What was measured, or why nothing was. */
  readonly found: string;
}

/** The targets that a run with these workloads and configurations can say something about. */
export function relevantTargets(report: PeersReport): readonly Target[] {
  const hasTurbo = Object.keys(report.peers).some((label) => label.startsWith("fullgraph-turbo"));
  return targets.filter(
    (target) =>
      target.kind !== "ratio" ||
      (target.workload in report.workloads && (hasTurbo || target.contender !== "turbo")),
  );
}

/** How a run stands to a target. What has not been measured is neither a pass nor a failure. */
export function judgeTarget(report: PeersReport, target: Target): Verdict {
  switch (target.kind) {
    case "ratio": {
      const { workload, contender, opponent, atLeast } = target;
      const claim = `${workload}, ${contender}: ${atLeast}x ${opponent}`;
      const ratio = ratioOn(report, workload, contender, opponent);
      if (ratio === null) return missing(claim, reasonWithout(report, workload));
      const { ours, theirs } = ratio;
      const times = `${theirs.label} ${formatNumber(theirs.median)} ms, ${ours.label} ${formatNumber(ours.median)} ms`;
      return judged(claim, ratio.ratio >= atLeast, `${formatNumber(ratio.ratio)}x (${times})`);
    }
    case "geometric mean": {
      const { contender, opponent, atLeast } = target;
      const ratios = ratiosOfRows(report, target);
      const mean = geometricMean(ratios.map(({ ratio }) => ratio));
      const claim = `geometric mean, ${contender}: ${atLeast}x ${opponent}`;
      if (mean === null) return missing(claim, "no workload has both times");
      const wanted = rowCount(target);
      const found = `${formatNumber(mean)}x over ${ratios.length} of ${wanted} workloads`;
      return ratios.length < wanted ? missing(claim, found) : judged(claim, mean >= atLeast, found);
    }
    case "every row": {
      const claim = `every workload, ${target.contender}: ${target.atLeast}x ${target.opponent}`;
      return judgedByLowest(claim, ratiosOfRows(report, target), target.atLeast, rowCount(target));
    }
    case "thread speedup": {
      const { aboveMilliseconds, atLeast } = target;
      const claim =
        aboveMilliseconds > 0
          ? `threads: ${atLeast}x one thread above ${aboveMilliseconds} ms`
          : `threads: ${atLeast}x one thread on every workload`;
      return judgedByLowest(claim, threadSpeedups(report, aboveMilliseconds), atLeast, 1);
    }
    case "share of peak": {
      const claim = `matrix products: ${target.atLeast} of the 128-bit multiply-add peak`;
      const { workloads, atLeast } = target;
      return judgedByLowest(claim, sharesOfPeak(report, workloads), atLeast, workloads.length);
    }
    case "cold start": {
      const claim = `import and first compiled result: ${target.atMost} ms`;
      const start = report.coldStarts["fullgraph-1t"];
      if (start === undefined) return missing(claim, "not run");
      if (start.kind === "not available") return missing(claim, start.reason);
      const time = coldStartTime(start);
      return judged(claim, time <= target.atMost, `${formatNumber(time)} ms`);
    }
    case "compile time": {
      const claim = `compile of 1000 operators: ${target.atMost} ms`;
      if (report.compileTime === null) return missing(claim, "not run");
      const found = `${formatNumber(report.compileTime)} ms`;
      return judged(claim, report.compileTime <= target.atMost, found);
    }
  }
}

interface RowRatio {
  readonly workload: string;
  readonly ratio: number;
}

function ratiosOfRows(
  report: PeersReport,
  { contender, opponent }: Extract<Target, { kind: "geometric mean" | "every row" }>,
): readonly RowRatio[] {
  return Object.keys(report.workloads).flatMap((workload) => {
    const ratio = ratioOn(report, workload, contender, opponent)?.ratio;
    return ratio === undefined ? [] : [{ workload, ratio }];
  });
}

function threadSpeedups(report: PeersReport, above: number): readonly RowRatio[] {
  return Object.keys(report.workloads).flatMap((workload) => {
    const one = findOurs(report, workload, "one thread");
    const all = findOurs(report, workload, "compiled");
    if (one === null || all === null || one.label === all.label || one.median <= above) return [];
    return [{ workload, ratio: one.median / all.median }];
  });
}

function sharesOfPeak(report: PeersReport, workloads: readonly string[]): readonly RowRatio[] {
  return workloads.flatMap((workload) => {
    const ours = findOurs(report, workload, "compiled");
    const { flops } = workloadById(workload);
    const threads = Number(/(\d+)t$/.exec(ours?.label ?? "")?.[1]);
    const peak = report.limits.find(
      (limit) => limit.name === multiplyAdd128 && limit.threads === threads,
    );
    if (ours === null || flops === undefined || peak === undefined) return [];
    return [{ workload, ratio: flops / ours.median / 1e6 / peak.value }];
  });
}

/** One row below is enough to fall short; to pass, there must be all `wanted` rows. */
function judgedByLowest(
  claim: string,
  ratios: readonly RowRatio[],
  atLeast: number,
  wanted: number,
): Verdict {
  const lowest = ratios.toSorted((a, b) => a.ratio - b.ratio)[0];
  if (lowest === undefined) return missing(claim, "no workload has both times");
  const count = wanted > ratios.length ? `${ratios.length} of ${wanted}` : `${ratios.length}`;
  const found = `lowest ${formatNumber(lowest.ratio)} (${lowest.workload}), over ${count} workloads`;
  if (lowest.ratio < atLeast) return judged(claim, false, found);
  return ratios.length < wanted ? missing(claim, found) : judged(claim, true, found);
}

/** How many workloads a target over all of them is about: those that have one of their own. */
function rowCount({
  contender,
  opponent,
}: Extract<Target, { kind: "geometric mean" | "every row" }>): number {
  return targets.filter(
    (target) =>
      target.kind === "ratio" && target.contender === contender && target.opponent === opponent,
  ).length;
}

function judged(claim: string, passes: boolean, found: string): Verdict {
  return { verdict: passes ? "pass" : "falls short", claim, found };
}

function missing(claim: string, found: string): Verdict {
  return { verdict: "not measured", claim, found };
}

/** Why one of our own configurations has no time, if one of them says so. */
function reasonWithout(report: PeersReport, workload: string): string {
  const cells = Object.entries(report.workloads[workload] ?? {});
  const reasons = cells.flatMap(([label, cell]) =>
    label.startsWith("fullgraph") && cell.kind === "not available" ? [cell.reason] : [],
  );
  return reasons[0] ?? "one of the two has no time";
}
