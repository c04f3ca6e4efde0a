import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { tolerance } from "./largest-error.ts";
import { operandPlans } from "./operands.ts";
import type { PeerTask } from "./peer-program.ts";
import { parseRecord, type PeerRecord } from "./peer-record.ts";
import type { PeerRow } from "./peer-rows.ts";
import type { Workload } from "./workload.ts";
import { chainConstants, layerNormEpsilon, learningRate, workloadById } from "./workloads.ts";

/** What all processes of a run share. */
export interface RunContext {
  /** Where the peers, the programs and the references are. */
  readonly directory: string;
  readonly library: string;
  readonly backend: string | null;
  readonly references: Readonly<Record<string, string>>;
  readonly budget: number;
  /** Node for our own library; the peers always run under the Node of this process. */
  readonly node: string;
  readonly python: string | null;
  readonly torchProgram: string;
  readonly secondsPerProcess: number;
}

export type ProgramName = "peer-program" | "cold-start-program" | "compile-time-program";

/**
 * Runs one peer in a process of its own. A workload that the process did not live to report is reported as failed,
 * with the last lines it wrote to its standard error.
 */
export async function runPeer(
  row: PeerRow,
  ids: readonly string[],
  program: ProgramName,
  context: RunContext,
  onRecord: (record: PeerRecord) => void = () => undefined,
): Promise<readonly PeerRecord[]> {
  const { command, args } = commandOf(row, ids, program, context);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const records: PeerRecord[] = [];
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    complaints.push(line);
    if (complaints.length > 5) complaints.shift();
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const record = parseRecord(line);
    if (record === null) return;
    records.push(record);
    onRecord(record);
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), 1000 * context.secondsPerProcess);
  const end = await new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  clearTimeout(limit);
  if (program !== "peer-program") return records;
  if (records.some((record) => record.kind === "closed to us")) return records;
  const reported = new Set(
    records.map((record) => (record.kind === "result" ? record.workload : "")),
  );
  const message = `the process ended (${end}) before: ${complaints.join(" ").slice(0, 300)}`;
  const lost = ids.filter((id) => !reported.has(id));
  return [
    ...records,
    ...lost.map((workload): PeerRecord => ({
      kind: "result",
      workload,
      outcome: { kind: "failed", message },
    })),
  ];
}

function commandOf(
  row: PeerRow,
  ids: readonly string[],
  program: ProgramName,
  context: RunContext,
): { readonly command: string; readonly args: readonly string[] } {
  const { variant, threads, nodeFlags, library } = row;
  const { directory, backend } = context;
  const setup = { variant, threads, directory, library: context.library, backend };
  const shared = { setup, budget: context.budget, references: context.references };
  if (library === "torch") {
    if (context.python === null) throw new Error("no Python was named");
    const constants = { ...chainConstants, epsilon: layerNormEpsilon, learningRate };
    const cold: Workload = { id: "cold", kind: "chain", title: "", size: 1000 };
    const task = {
      ...shared,
      tolerance,
      constants,
      spelt: ids.map((id) => spelt(workloadById(id))),
      ...(program === "cold-start-program" ? { cold: spelt(cold) } : {}),
    };
    return { command: context.python, args: [context.torchProgram, JSON.stringify(task)] };
  }
  const task: PeerTask = { ...shared, library, workloads: ids };
  const file = join(context.directory, "programs", "peers", `${program}.js`);
  return {
    command: library === "fullgraph" ? context.node : process.execPath,
    args: [...nodeFlags, file, JSON.stringify(task)],
  };
}

function spelt(workload: Workload): object {
  return { ...workload, operands: operandPlans(workload) };
}
