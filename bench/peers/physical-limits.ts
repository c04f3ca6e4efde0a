import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What the machine can do at most, measured by a program in C. */
export interface PhysicalLimit {
  readonly name: string;
  readonly threads: number;
  readonly unit: "GB/s" | "GFLOP/s";
  readonly value: number;
}

/** The name in physical-limits.c. */
export const multiplyAdd128 = "multiply-add 128 bit";

const flags = ["-O3", "-march=native", "-ffp-contract=fast", "-fno-tree-slp-vectorize", "-pthread"];

/** The limits for each thread count; empty where there is no C compiler. */
export function measureLimits(
  directory: string,
  threadCounts: readonly number[],
): readonly PhysicalLimit[] {
  const source = fileURLToPath(new URL("physical-limits.c", import.meta.url));
  const program = join(directory, "physical-limits");
  mkdirSync(directory, { recursive: true });
  const { status } = spawnSync("cc", [...flags, source, "-o", program], { stdio: "ignore" });
  if (status !== 0) return [];
  return threadCounts.flatMap((threads) => {
    const { stdout } = spawnSync(program, [String(threads)], { encoding: "utf8" });
    const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
    // Printed by `print` in physical-limits.c.
    return lines.map((line) => JSON.parse(line) as PhysicalLimit);
  });
}
