import { cpus, loadavg } from "node:os";
import * as torch from "fullgraph";
import { measureBranches } from "./branches.ts";
import { measureCallCosts } from "./call-cost.ts";
import { measureCapture } from "./capture.ts";
import { measureCompile } from "./compile-time.ts";
import { describeCommit } from "./describe-commit.ts";
import { measureEagerCost } from "./eager-cost.ts";
import { measureFirstCall } from "./first-call.ts";
import { measureKernels } from "./kernels.ts";
import { measureNewSizes } from "./new-sizes.ts";
import { measureResidualSpeed } from "./residual-speed.ts";

const results = [
  ...(await measureCallCosts()),
  await measureEagerCost(),
  measureFirstCall(),
  measureCapture(),
  measureCompile(torch),
  ...measureNewSizes(),
  ...measureBranches(),
  ...measureResidualSpeed(),
  ...(await measureKernels()),
];
const report = {
  commit: describeCommit(),
  machine: `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores`,
  node: process.version,
  load: loadavg()[0],
  results: results.map((result) =>
    "median" in result ? { ...result, median: Number(result.median.toPrecision(3)) } : result,
  ),
};
console.log(JSON.stringify(report, null, 2));
