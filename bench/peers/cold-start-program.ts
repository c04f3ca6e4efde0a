import { openLibrary } from "./libraries/open-library.ts";
import { operandsOf } from "./operands.ts";
import type { PeerTask } from "./peer-program.ts";
import { formatRecord, type PeerRecord } from "./peer-record.ts";
import type { Workload } from "./workload.ts";

/** Run in a process of its own: how long a library takes from its import to a first, small result. */
const size = 1000;
const workload: Workload = { id: "cold", kind: "chain", title: "the chain on 1000 elements", size };
// Written by run-peer.ts.
const task = JSON.parse(process.argv[2] ?? "null") as PeerTask;
const operands = operandsOf(workload);
const open = await openLibrary(task.library);
// From here on it is the library's own time: the runtime's boot and this program are behind us.
const begin = performance.now();
const peer = await open(task.setup);
const imported = performance.now();
if (peer.kind === "not available") say({ kind: "closed to us", reason: peer.reason });
else {
  const prepared = await peer.prepare(workload, operands);
  if (prepared.kind === "not available") say({ kind: "closed to us", reason: prepared.reason });
  else {
    await prepared.run();
    const values = await prepared.result();
    const end = performance.now();
    if (values.length !== size) throw new Error(`${values.length} values instead of ${size}`);
    say({
      kind: "cold start",
      importing: imported - begin,
      firstResult: end - imported,
      residentMegabytes: Math.round(process.memoryUsage().rss / 2 ** 20),
    });
  }
}
process.exit(0);

function say(record: PeerRecord): void {
  process.stdout.write(`${formatRecord(record)}\n`);
}
