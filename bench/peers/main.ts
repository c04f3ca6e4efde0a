import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeCommit } from "../describe-commit.ts";
import { medianOf } from "../measurement.ts";
import { emitPrograms } from "./emit-programs.ts";
import { installPeers } from "./install-peers.ts";
import { judgeTarget, relevantTargets } from "./judge-targets.ts";
import { helpText, parseOptions, type Options } from "./options.ts";
import type { PeerRecord } from "./peer-record.ts";
import { peerRows, type PeerRow } from "./peer-rows.ts";
import { measureLimits } from "./physical-limits.ts";
import { Progress } from "./progress.ts";
import { cellsOf, describePeer, combineColdStarts, type Cell, type PeersReport } from "./report.ts";
import { reportText } from "./report-text.ts";
import { runPeer, type RunContext } from "./run-peer.ts";
import { writeReferences } from "./write-references.ts";

/** The library against its peers: `npm run bench:peers -- --help`. */
const coldStartRuns = 5;
const compileTimeRuns = 3;

/** Ctrl-C ends the measuring, and what there is is reported; a second one ends everything. */
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());

const options = parseOptions(process.argv.slice(2));
if (options === null) console.log(helpText);
else await comparePeers(options);

async function comparePeers(options: Options): Promise<void> {
  const progress = new Progress();
  const rows = chosenRows(options);
  // Before the build: the checkout may move on while the run goes on for many minutes.
  const commit = describeCommit();
  const context = await prepare(options, progress);
  const load: number[] = [];
  const records = await runRounds(rows, options, context, progress, load);
  const report: PeersReport = {
    commit,
    machine: `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`,
    date: new Date().toISOString().slice(0, 10),
    rounds: options.rounds,
    budget: options.budget,
    backend: options.backend,
    peers: Object.fromEntries(
      rows.map((row) => [row.label, describePeer(row.group, records.get(row.label) ?? [])]),
    ),
    workloads: cellsByWorkload(rows, options.ids, records),
    coldStarts: options.cold ? await measureColdStarts(rows, context, progress) : {},
    compileTime: options.cold ? await measureCompileTime(rows, context) : null,
    limits: options.limits ? measureLimits(options.directory, options.threads) : [],
    load: [...load, loadavg()[0] ?? NaN].map((value) => Number(value.toFixed(2))),
  };
  progress.end();
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
  console.log(reportText(report));
  const verdicts = relevantTargets(report).map((target) => judgeTarget(report, target).verdict);
  if (options.strict && verdicts.some((verdict) => verdict !== "pass")) process.exitCode = 1;
}

function chosenRows({ peers, threads, turbo, python }: Options): readonly PeerRow[] {
  const nodeMajor = Number(process.versions.node.split(".")[0]);
  const rows = peerRows({ threads, turbo, torch: python !== null, nodeMajor });
  if (peers.length === 0) return rows;
  return rows.filter(
    ({ label, group }) => group === "ours" || peers.some((start) => label.startsWith(start)),
  );
}

async function prepare(options: Options, progress: Progress): Promise<RunContext> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  if (options.build) {
    progress.begin("building the library");
    execFileSync("npm", ["run", "--silent", "build", "--", "--log-level", "warn"], {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  await installPeers(options.directory, progress);
  emitPrograms(join(root, "bench"), join(options.directory, "programs"));
  return {
    directory: options.directory,
    library: join(root, "dist/node.js"),
    backend: options.backend,
    references: writeReferences(options.directory, options.ids, progress),
    budget: options.budget,
    node: options.node,
    python: options.python,
    torchProgram: fileURLToPath(new URL("libraries/torch_peer.py", import.meta.url)),
    secondsPerProcess: 240,
  };
}

/** Round by round and peer by peer, each in a fresh process: what disturbs the machine disturbs all alike. */
async function runRounds(
  rows: readonly PeerRow[],
  { rounds, ids }: Options,
  context: RunContext,
  progress: Progress,
  load: number[],
): Promise<ReadonlyMap<string, readonly PeerRecord[]>> {
  const records = new Map<string, readonly PeerRecord[]>();
  const steps = Array.from({ length: rounds }, (_, round) =>
    rows.filter((row) => round === 0 || !row.firstRoundOnly).map((row) => ({ round, row })),
  ).flat();
  progress.expect(steps.length);
  for (const { round, row } of steps) {
    if (interrupted.signal.aborted) break;
    const title = `round ${round + 1} of ${rounds}, ${row.label}`;
    const chosen = ids.filter(
      (id) => row.skip[id] === undefined && (row.only?.includes(id) ?? true),
    );
    const found = await runPeer(row, chosen, "peer-program", context, (record) => {
      if (record.kind === "begin") progress.note(`${title}: ${record.workload}`);
    });
    records.set(row.label, [...(records.get(row.label) ?? []), ...found]);
    const [average = NaN] = loadavg();
    load.push(average);
    progress.finishStep(`${title}, load ${average.toFixed(1)}`);
  }
  return records;
}

function cellsByWorkload(
  rows: readonly PeerRow[],
  ids: readonly string[],
  records: ReadonlyMap<string, readonly PeerRecord[]>,
): Readonly<Record<string, Readonly<Record<string, Cell>>>> {
  const cells = new Map(rows.map(({ label }) => [label, cellsOf(records.get(label) ?? [])]));
  return Object.fromEntries(
    ids.map((id) => [
      id,
      Object.fromEntries(
        rows.flatMap(({ label, skip }): readonly (readonly [string, Cell])[] => {
          const reason = skip[id];
          if (reason !== undefined) return [[label, { kind: "not available", reason }]];
          const cell = cells.get(label)?.[id];
          return cell === undefined ? [] : [[label, cell]];
        }),
      ),
    ]),
  );
}

async function measureColdStarts(
  rows: readonly PeerRow[],
  context: RunContext,
  progress: Progress,
): Promise<PeersReport["coldStarts"]> {
  const records = new Map<string, readonly PeerRecord[]>();
  progress.expect(coldStartRuns * rows.length);
  for (let run = 0; run < coldStartRuns; run++) {
    for (const row of rows) {
      if (interrupted.signal.aborted) break;
      const found = await runPeer(row, [], "cold-start-program", context);
      records.set(row.label, [...(records.get(row.label) ?? []), ...found]);
      progress.finishStep(`cold start ${run + 1} of ${coldStartRuns}, ${row.label}`);
    }
  }
  return Object.fromEntries(
    rows.map(({ label }) => [label, combineColdStarts(records.get(label) ?? [])]),
  );
}

async function measureCompileTime(
  rows: readonly PeerRow[],
  context: RunContext,
): Promise<number | null> {
  const row = rows.find(({ library }) => library === "fullgraph");
  if (row === undefined) return null;
  const times: number[] = [];
  for (let run = 0; run < compileTimeRuns; run++) {
    for (const record of await runPeer(row, [], "compile-time-program", context)) {
      if (record.kind === "compile time") times.push(record.milliseconds);
    }
  }
  return times.length === 0 ? null : medianOf(times);
}
