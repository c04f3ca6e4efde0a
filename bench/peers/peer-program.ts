import { readFileSync } from "node:fs";
import { largestError, tolerance } from "./largest-error.ts";
import { openLibrary, type LibraryName } from "./libraries/open-library.ts";
import { operandsOf } from "./operands.ts";
import type { OpenedPeer, PeerSetup } from "./peer.ts";
import { formatRecord, type Outcome, type PeerRecord } from "./peer-record.ts";
import { timeRuns } from "./time-runs.ts";
import { workloadById } from "./workloads.ts";

/** Run in a process of its own: one library runs its workloads, a line of JSON for each. */
export interface PeerTask {
  readonly library: LibraryName;
  readonly setup: PeerSetup;
  readonly workloads: readonly string[];
  /** Milliseconds to time each workload for. */
  readonly budget: number;
  /** Where the references are, by workload. */
  readonly references: Readonly<Record<string, string>>;
}

// Written by run-peer.ts.
const task = JSON.parse(process.argv[2] ?? "null") as PeerTask;
await runTask();
// Pools of threads would keep the process.
process.exit(0);

async function runTask(): Promise<void> {
  const open = await openLibrary(task.library);
  const peer = await open(task.setup);
  if (peer.kind === "not available") return say({ kind: "closed to us", reason: peer.reason });
  say({ kind: "opened", version: peer.version, runtime: `Node ${process.version}` });
  for (const workload of task.workloads) {
    say({ kind: "begin", workload });
    const outcome = await runWorkload(peer, workload).catch((error: unknown): Outcome => ({
      kind: "failed",
      message: String(error).slice(0, 300),
    }));
    say({ kind: "result", workload, outcome });
  }
}

async function runWorkload(peer: OpenedPeer, id: string): Promise<Outcome> {
  const workload = workloadById(id);
  const prepared = await peer.prepare(workload, operandsOf(workload));
  if (prepared.kind === "not available") return prepared;
  const begin = performance.now();
  await prepared.run();
  const first = performance.now() - begin;
  const error = largestError(await prepared.result(), reference(id));
  if (!(error <= tolerance)) return { kind: "wrong", error, when: "first run" };
  const timing = await timeRuns(prepared.run, first, task.budget);
  // Every training step has another result; all else must still be right after a thousand runs.
  const lastError =
    workload.kind === "mlpTraining" ? error : largestError(await prepared.result(), reference(id));
  if (!(lastError <= tolerance)) return { kind: "wrong", error: lastError, when: "last run" };
  return { kind: "timed", first, error, ...timing };
}

function reference(id: string): Float32Array {
  const { buffer, byteOffset, byteLength } = readFileSync(task.references[id] ?? "");
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

function say(record: PeerRecord): void {
  process.stdout.write(`${formatRecord(record)}\n`);
}
