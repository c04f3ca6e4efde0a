import type { PeersReport } from "./report.ts";

/** Whom a ratio is against. */
export type Opponent = "best wasm peer" | "tfjs-wasm" | "ort-node, most threads" | "torch.compile";

/** Our own configurations that targets are set for. */
export type Contender = "compiled" | "eager" | "turbo" | "one thread";

export interface TimedPeer {
  readonly label: string;
  readonly median: number;
  readonly best: number;
}

export interface Ratio {
  readonly ours: TimedPeer;
  readonly theirs: TimedPeer;
  /** Their time by ours, of the medians: above 1 we are faster. */
  readonly ratio: number;
  /** The same of the best times, which other work on the machine disturbs less. */
  readonly ratioOfBests: number;
}

/** null when one of the two has no time for the workload. */
export function ratioOn(
  report: PeersReport,
  workload: string,
  contender: Contender,
  opponent: Opponent,
): Ratio | null {
  const ours = findOurs(report, workload, contender);
  const theirs = fastestOpponent(report, workload, opponent);
  if (ours === null || theirs === null) return null;
  return {
    ours,
    theirs,
    ratio: theirs.median / ours.median,
    ratioOfBests: theirs.best / ours.best,
  };
}

/** The configuration with the most threads that has a time. */
export function findOurs(
  report: PeersReport,
  workload: string,
  contender: Contender,
): TimedPeer | null {
  const pattern = {
    compiled: /^fullgraph-(\d+)t$/,
    "one thread": /^fullgraph-(1)t$/,
    eager: /^fullgraph-eager-(\d+)t$/,
    turbo: /^fullgraph-turbo-(\d+)t$/,
  }[contender];
  return timedPeers(report, workload, pattern).at(-1) ?? null;
}

function fastestOpponent(
  report: PeersReport,
  workload: string,
  opponent: Opponent,
): TimedPeer | null {
  switch (opponent) {
    case "best wasm peer":
      return fastest(
        timedPeers(report, workload, /(?:)/).filter(
          ({ label }) => report.peers[label]?.group === "wasm",
        ),
      );
    case "tfjs-wasm":
      return fastest(timedPeers(report, workload, /^tfjs-wasm$/));
    case "ort-node, most threads":
      return timedPeers(report, workload, /^ort-node-(\d+)t$/).at(-1) ?? null;
    case "torch.compile":
      return timedPeers(report, workload, /^torch-compile-(\d+)t$/).at(-1) ?? null;
  }
}

/** Those whose label fits, by their thread count: the group in the pattern. */
function timedPeers(report: PeersReport, workload: string, pattern: RegExp): TimedPeer[] {
  return Object.entries(report.workloads[workload] ?? {})
    .flatMap(([label, cell]) => {
      const match = pattern.exec(label);
      if (match === null || cell.kind !== "timed") return [];
      return [{ label, median: cell.median, best: cell.best, threads: Number(match[1] ?? 1) }];
    })
    .toSorted((a, b) => a.threads - b.threads)
    .map(({ label, median, best }) => ({ label, median, best }));
}

function fastest(peers: readonly TimedPeer[]): TimedPeer | null {
  return peers.toSorted((a, b) => a.median - b.median)[0] ?? null;
}
