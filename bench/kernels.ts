import * as torch from "fullgraph";
import type { Measurement, Unmeasured } from "./measurement.ts";
import { prepareWorkload } from "./peers/libraries/fullgraph.ts";
import { operandsOf } from "./peers/operands.ts";
import { timeRuns } from "./peers/time-runs.ts";
import { workloadById } from "./peers/workloads.ts";

/** A few of the workloads of `bench:peers` without the peers, to notice when one of our own gets slower. */
const kernels: readonly (readonly [id: string, mode: "compiled" | "eager", target: number])[] = [
  ["chain_1m", "compiled", 1.1],
  ["softmax_rows", "compiled", 2.1],
  ["layernorm", "compiled", 0.8],
  ["matmul_512", "compiled", 3.2],
  ["tiny_adds", "compiled", 0.02],
  ["tiny_adds", "eager", 0.4],
];

export async function measureKernels(): Promise<readonly (Measurement | Unmeasured)[]> {
  const results: (Measurement | Unmeasured)[] = [];
  // One after the other: each has the processor for itself.
  for (const [id, mode, target] of kernels) {
    const workload = workloadById(id);
    const name = `${workload.title}, ${mode}`;
    const options = mode === "eager" ? null : { fullgraph: true };
    const prepared = prepareWorkload(torch, options, workload, operandsOf(workload));
    if (prepared.kind === "not available") {
      results.push({ name, reason: prepared.reason });
      continue;
    }
    const begin = performance.now();
    prepared.run();
    const { median } = await timeRuns(prepared.run, performance.now() - begin, 500);
    results.push({ name, median, unit: "ms", target });
  }
  return results;
}
