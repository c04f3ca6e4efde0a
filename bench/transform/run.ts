/** Times the workloads of this process as it was started: plain, or with the loader of tier T. */
import { workloads } from "./workload.ts";

const result: Record<string, number> = {};
for (const [name, work] of Object.entries(workloads)) {
  for (let i = 0; i < 50; i++) work();
  let best = Infinity;
  for (let round = 0; round < 100; round++) {
    const start = performance.now();
    let count = 0;
    do {
      work();
      count++;
    } while (performance.now() - start < 2); // short: some windows are not interrupted
    best = Math.min(best, (performance.now() - start) / count);
  }
  result[name] = best;
}
console.log(JSON.stringify(result));
