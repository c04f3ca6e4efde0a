import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { medianOf, type Measurement } from "./measurement.ts";

/** Time from the first call of a small compiled function to its result, in fresh processes. */
export function measureFirstCall(): Measurement {
  const program = fileURLToPath(new URL("first-call-program.ts", import.meta.url));
  const samples = Array.from({ length: 7 }, () =>
    Number(execFileSync(process.execPath, ["--import", "tsx", program], { encoding: "utf8" })),
  );
  return {
    name: "first call to first result, fresh process",
    median: medianOf(samples),
    unit: "ms",
    target: 50,
  };
}
