import type { Timing } from "./time-runs.ts";

/** What a peer's process says, one line of JSON each. */
export type PeerRecord =
  | { readonly kind: "opened"; readonly version: string; readonly runtime: string }
  | { readonly kind: "closed to us"; readonly reason: string }
  | { readonly kind: "begin"; readonly workload: string }
  | { readonly kind: "result"; readonly workload: string; readonly outcome: Outcome }
  | ({ readonly kind: "cold start" } & ColdStart)
  | { readonly kind: "compile time"; readonly milliseconds: number };

/** How one workload went in one process. */
export type Outcome =
  | ({ readonly kind: "timed"; readonly first: number; readonly error: number } & Timing)
  | { readonly kind: "wrong"; readonly error: number; readonly when: "first run" | "last run" }
  | { readonly kind: "not available"; readonly reason: string }
  | { readonly kind: "failed"; readonly message: string };

/** Milliseconds without the boot of the runtime. */
export interface ColdStart {
  readonly importing: number;
  readonly firstResult: number;
  readonly residentMegabytes: number;
}

export function formatRecord(record: PeerRecord): string {
  return JSON.stringify({ peerRecord: record });
}

/** null for a line that is something else: libraries print what they like. */
export function parseRecord(line: string): PeerRecord | null {
  if (!line.startsWith('{"peerRecord"')) return null;
  // Written by formatRecord, or by the Python peer in the same form.
  const { peerRecord } = JSON.parse(line) as { peerRecord: PeerRecord };
  return peerRecord;
}
