import { execFileSync } from "node:child_process";
import { join } from "node:path";

/**
 * What the transform of tier T costs functions that are never compiled (reference: variant E). Processes of each kind take
 * turns, the best of each counts; "plain again" says how far two identical builds differ. `npm run bench:transform`.
 */
const register = ["--import", join(import.meta.dirname, "../../src/transform/register.ts")];
const variants = {
  plain: { options: [], closures: "" },
  "plain again": { options: [], closures: "" },
  none: { options: register, closures: "none" },
  "compile-sites": { options: register, closures: "compile-sites" },
  probe: { options: register, closures: "probe" },
} as const;
const rounds = Number(process.argv[2] ?? 5);

const best: Record<string, Record<string, number>> = {};
for (let round = 0; round < rounds; round++) {
  for (const [variant, { options, closures }] of Object.entries(variants)) {
    const output = execFileSync(
      process.execPath,
      ["--import", "tsx", ...options, join(import.meta.dirname, "run.ts")],
      { encoding: "utf8", env: { ...process.env, FULLGRAPH_CLOSURES: closures } },
    );
    // What run.ts prints.
    for (const [workload, time] of Object.entries(JSON.parse(output) as Record<string, number>)) {
      const times = (best[workload] ??= {});
      times[variant] = Math.min(times[variant] ?? Infinity, time);
    }
  }
}

for (const [workload, times] of Object.entries(best)) {
  const plain = times["plain"] ?? 1;
  const columns = Object.keys(variants).slice(1);
  const changes = columns.map(
    (variant) => `${variant} ${percent((times[variant] ?? plain) / plain - 1)}`,
  );
  console.log(
    `${workload.padEnd(20)} ${(plain * 1000).toFixed(1).padStart(8)} µs  ${changes.join("  ")}`,
  );
}

function percent(change: number): string {
  return `${change >= 0 ? "+" : ""}${(change * 100).toFixed(1)} %`;
}
