import { cpus } from "node:os";
import { measureCallCosts } from "./call-cost.ts";
import { measureCapture } from "./capture.ts";
import { describeCommit } from "./describe-commit.ts";
import { measureFirstCall } from "./first-call.ts";

const results = [...(await measureCallCosts()), measureFirstCall(), measureCapture()];
const report = {
  commit: describeCommit(),
  machine: `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores`,
  node: process.version,
  results: results.map((result) => ({ ...result, median: Number(result.median.toPrecision(3)) })),
};
console.log(JSON.stringify(report, null, 2));
