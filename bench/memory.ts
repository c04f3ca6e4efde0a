/**
 * Does memory stay bounded? Runs small operations, and allocates large and small tensors for ever in loops that never
 * await; then a million calls of compiled functions that recompile, throw, break and leave closures behind. Prints what
 * the process held, as JSON. `npx tsx bench/memory.ts [millions of operations] [calls]`
 */
import { cpus, loadavg } from "node:os";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as torch from "fullgraph";
import { describeCommit } from "./describe-commit.ts";
import { type CallLoopMemory, callLoops, measureCallLoop } from "./memory-of-calls.ts";

interface Round {
  readonly name: string;
  readonly operations: number;
  readonly nanosecondsEach: number;
  /** The most the process held while it ran, in MB. */
  readonly residentMegabytes: number;
  readonly heapMegabytes: number;
  readonly kernelMemoryPeakMegabytes: number;
  readonly collections: number;
}

const megabyte = 1e6;

function measure(name: string, operations: number, body: (operation: number) => void): Round {
  torch.memory.reset_peak_memory_stats();
  const before = torch.memory.stats().collections;
  let resident = 0;
  let heap = 0;
  const start = performance.now();
  for (let operation = 0; operation < operations; operation++) {
    body(operation);
    if (operation % 50_000 !== 0 && operations > 10_000) continue;
    const usage = process.memoryUsage();
    resident = Math.max(resident, usage.rss);
    heap = Math.max(heap, usage.heapUsed);
  }
  const milliseconds = performance.now() - start;
  const stats = torch.memory.stats();
  return {
    name,
    operations,
    nanosecondsEach: Math.round((milliseconds * 1e6) / operations),
    residentMegabytes: Math.round(resident / megabyte),
    heapMegabytes: Math.round(heap / megabyte),
    kernelMemoryPeakMegabytes: Math.round(stats.peakBytes / megabyte),
    collections: stats.collections - before,
  };
}

// Now: the sources may have changed by the end.
const commit = describeCommit();
const operations = Number(process.argv[2] ?? 10) * 1e6;
let small = torch.ones(10);
let medium = torch.ones(1000);
let large = torch.ones(10_000_000);
const rounds = [
  measure("additions of 10 elements", operations, () => {
    small = small.mul(0.5).add(1);
  }),
  measure("additions of 1000 elements", operations / 10, () => {
    medium = medium.mul(0.5);
  }),
  measure("tensors of 40 MB", 200, () => {
    large = torch.empty(10_000_000);
  }),
  measure("tensors of many sizes", operations / 100, (operation) => {
    medium = torch.empty(((operation * 7919) % 100_000) + 1);
  }),
];
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void; // there since the flag was set
torch._logging.set_logs({});
const calls = Number(process.argv[3] ?? 1e6);
const loops: CallLoopMemory[] = [];
for (const loop of callLoops()) loops.push(await measureCallLoop(loop, calls, collect));
console.log(
  JSON.stringify(
    {
      commit,
      machine: `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores`,
      node: process.version,
      load: loadavg()[0],
      rounds,
      loops,
      lastSizes: [small, medium, large].map((x) => x.numel()),
    },
    null,
    2,
  ),
);
