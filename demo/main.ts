import * as torch from "fullgraph";
import { clusterDigits, type Clustering } from "./cluster-digits.ts";
import { clusterTable, drawCentroids, purity } from "./describe-clusters.ts";
import { explainBreak } from "./explain-break.ts";
import { loadDigits, pixelsPerDigit } from "./load-digits.ts";
import { ProgressBar } from "./progress-bar.ts";

/** Clusters real handwritten digits with one function, run as plain TypeScript and compiled. */
const clusterCount = 10;
const maximumSteps = 40;

const { pixels, labels } = loadDigits();
console.log(
  `${labels.length} handwritten digits of ${pixelsPerDigit} pixels, ${clusterCount} clusters\n`,
);

torch.manual_seed(0);
const points = torch.tensor(pixels).reshape([labels.length, pixelsPerDigit]);
const start = points.index_select(0, torch.randperm(labels.length).narrow(0, 0, clusterCount));

const counter = new torch._dynamo.testing.CompileCounter();
const breaks: torch.GraphBreakRecord[] = [];
torch._dynamo.onGraphBreak((record) => breaks.push(record));
const compiled = torch.compile(clusterDigits, { backend: counter });

const eagerRun = timed("eager             ", clusterDigits);
const firstRun = timed("compiled, 1st call", compiled);
const secondRun = timed("compiled, 2nd call", compiled);

console.log("\nThe centroids the digits were sorted by:\n");
const centroids: unknown = eagerRun.result.centroids.tolist();
if (!Array.isArray(centroids)) throw new Error("a matrix is a list of rows");
console.log(drawCentroids(centroids.slice(0, 3)));
const assignment = toNumbers(eagerRun.result.assignment);
console.log(`\n${clusterTable(assignment, labels, clusterCount)}`);
console.log(`  purity ${(purity(assignment, labels, clusterCount) * 100).toFixed(1)} %`);

console.log(`\n${counter.frame_count} graphs with ${counter.op_count} operators were captured:`);
printOnce(counter.graphs.map((graph) => graph.code));
console.log(`\n${breaks.length} graph breaks:`);
printOnce(breaks.map(explainBreak));

console.log("\n                         time  processor  steps");
for (const { title, milliseconds, processor, result } of [eagerRun, firstRun, secondRun]) {
  const times = [milliseconds, processor].map((time) => `${time.toFixed(0).padStart(8)} ms`);
  console.log(`${title} ${times.join("")}  ${String(result.steps).padStart(5)}`);
}
checkSame(eagerRun.result, firstRun.result);
checkSame(eagerRun.result, secondRun.result);
console.log("\nEager and compiled gave the same clusters.");

interface TimedRun {
  readonly title: string;
  readonly result: Clustering;
  readonly milliseconds: number;
  /** Milliseconds of processor time, which other programs on the machine do not change. */
  readonly processor: number;
}

function timed(title: string, cluster: typeof clusterDigits): TimedRun {
  const bar = new ProgressBar(title, maximumSteps);
  const begin = performance.now();
  const used = process.cpuUsage();
  const report = (step: number, moved: number): void => {
    bar.update(step, `step ${step}, centroids moved by ${moved.toFixed(3)}`);
  };
  const reason = "draws on the terminal";
  const result = cluster(points, start, maximumSteps, torch.compiler.disable(report, { reason }));
  const milliseconds = performance.now() - begin;
  const { user, system } = process.cpuUsage(used);
  bar.finish(`${result.steps} steps in ${(milliseconds / 1000).toFixed(2)} s`);
  return { title, result, milliseconds, processor: (user + system) / 1000 };
}

/** Prints equal texts once: a loop meets the same break in its first round, and again with its counter symbolic. */
function printOnce(texts: readonly string[]): void {
  for (const text of new Set(texts)) {
    const times = texts.filter((other) => other === text).length;
    console.log(`\n${text}${times > 1 ? `\n  (${times} times)` : ""}`);
  }
}

function checkSame(expected: Clustering, actual: Clustering): void {
  if (!torch.equal(expected.assignment, actual.assignment)) {
    throw new Error("eager and compiled sorted some digits into different clusters");
  }
}

function toNumbers(tensor: torch.Tensor): number[] {
  const list: unknown = tensor.tolist();
  if (!Array.isArray(list)) throw new Error("a one-dimensional tensor is a list of numbers");
  return list.map(Number);
}
