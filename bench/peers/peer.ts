import type { Run } from "./time-runs.ts";
import type { Workload } from "./workload.ts";
import type { Operand } from "./operands.ts";

/** What a library's file exports: it is imported, and its clock starts, in a process of its own. */
export type OpenPeer = (setup: PeerSetup) => Promise<OpenedPeer | NotAvailable>;

export interface PeerSetup {
  /** A library's choice: its backend or build. */
  readonly variant: string;
  readonly threads: number;
  /** Where the peers are installed. */
  readonly directory: string;
  /** Our own library's entry, built. */
  readonly library: string;
  /** A backend of our own compiler; null: its default. */
  readonly backend: string | null;
}

export interface OpenedPeer {
  readonly kind: "opened";
  readonly version: string;
  prepare(
    workload: Workload,
    operands: Readonly<Record<string, Operand>>,
  ): PreparedWorkload | NotAvailable | Promise<PreparedWorkload | NotAvailable>;
}

export interface PreparedWorkload {
  readonly kind: "prepared";
  /** Done, with its result computed, when it returns or its promise resolves. */
  readonly run: Run;
  /** The elements that the last run computed, in row-major order. */
  readonly result: () => ArrayLike<number> | Promise<ArrayLike<number>>;
}

export interface NotAvailable {
  readonly kind: "not available";
  readonly reason: string;
}

export function notAvailable(reason: string): NotAvailable {
  return { kind: "not available", reason };
}
