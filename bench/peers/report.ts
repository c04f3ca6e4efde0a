import { medianOf } from "../measurement.ts";
import type { ColdStart, Outcome, PeerRecord } from "./peer-record.ts";
import type { PeerGroup } from "./peer-rows.ts";
import type { PhysicalLimit } from "./physical-limits.ts";

/** All that one run of the benchmark found out; this is the JSON it writes. */
export interface PeersReport {
  readonly commit: string;
  readonly machine: string;
  readonly date: string;
  /** Average number of running processes in the minute before, in the order of the steps. Ours alone make about 1 to 2. */
  readonly load: readonly number[];
  readonly rounds: number;
  readonly budget: number;
  /** What our own programs were compiled with; null: the default. */
  readonly backend: string | null;
  readonly peers: Readonly<Record<string, PeerDescription>>;
  readonly workloads: Readonly<Record<string, Readonly<Record<string, Cell>>>>;
  readonly coldStarts: Readonly<Record<string, ColdStartCell>>;
  /** Milliseconds our own compiler takes for 1000 operators; null when it was not measured. */
  readonly compileTime: number | null;
  readonly limits: readonly PhysicalLimit[];
}

export interface PeerDescription {
  readonly group: PeerGroup;
  readonly version: string;
  readonly runtime: string;
  /** null: it ran. */
  readonly notAvailable: string | null;
}

export type ColdStartCell =
  | ({ readonly kind: "cold start" } & ColdStart)
  | { readonly kind: "not available"; readonly reason: string };

/** One workload of one peer over all rounds. */
export type Cell =
  | {
      readonly kind: "timed";
      /** Median of the rounds' medians. */
      readonly median: number;
      readonly best: number;
      readonly first: number;
      readonly error: number;
      readonly rounds: number;
    }
  | { readonly kind: "wrong"; readonly error: number }
  | { readonly kind: "not available"; readonly reason: string }
  | { readonly kind: "failed"; readonly message: string };

/** The rounds' outcomes of one workload as one: a wrong result in any round is a wrong result. */
export function combineOutcomes(outcomes: readonly Outcome[]): Cell {
  const timed = outcomes.filter((outcome) => outcome.kind === "timed");
  for (const outcome of outcomes) {
    if (outcome.kind === "wrong") return { kind: "wrong", error: outcome.error };
    if (outcome.kind === "not available") return outcome;
    // One lost process among good ones is no result of the library's.
    if (outcome.kind === "failed" && timed.length === 0) return outcome;
  }
  return {
    kind: "timed",
    median: medianOf(timed.map((outcome) => outcome.median)),
    best: Math.min(...timed.map((outcome) => outcome.best)),
    first: medianOf(timed.map((outcome) => outcome.first)),
    error: Math.max(...timed.map((outcome) => outcome.error)),
    rounds: timed.length,
  };
}

/** What a peer said of itself, over all its processes. */
export function describePeer(group: PeerGroup, records: readonly PeerRecord[]): PeerDescription {
  const opened = records.find((record) => record.kind === "opened");
  const closed = records.find((record) => record.kind === "closed to us");
  return {
    group,
    version: opened?.version ?? "unknown",
    runtime: opened?.runtime ?? "unknown",
    notAvailable: closed?.reason ?? (opened === undefined ? "it did not start" : null),
  };
}

/** The cells of a peer, by workload. */
export function cellsOf(records: readonly PeerRecord[]): Readonly<Record<string, Cell>> {
  const outcomes = new Map<string, Outcome[]>();
  for (const record of records) {
    if (record.kind !== "result") continue;
    const list = outcomes.get(record.workload) ?? [];
    outcomes.set(record.workload, [...list, record.outcome]);
  }
  return Object.fromEntries([...outcomes].map(([id, list]) => [id, combineOutcomes(list)]));
}

/** The process with the median time, so that its parts belong together; or why there is none. */
export function combineColdStarts(records: readonly PeerRecord[]): ColdStartCell {
  const sorted = records
    .filter((record) => record.kind === "cold start")
    .toSorted((a, b) => coldStartTime(a) - coldStartTime(b));
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle !== undefined) return middle;
  const closed = records.find((record) => record.kind === "closed to us");
  return {
    kind: "not available",
    reason: closed?.reason ?? "its processes ended without a result",
  };
}

export function coldStartTime({ importing, firstResult }: ColdStart): number {
  return importing + firstResult;
}
