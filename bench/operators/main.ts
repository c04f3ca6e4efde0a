/**
 * `npm run bench:operators`: what operators cost an element that are neither pointwise nor matrix products, eager and
 * compiled, against plain JavaScript. `-- sort pad` runs the rows whose names have one of the words.
 */
import { cpus, loadavg } from "node:os";
import * as torch from "fullgraph";
import { describeCommit } from "../describe-commit.ts";
import { timeRuns } from "../peers/time-runs.ts";
import { howItRuns } from "./how-it-runs.ts";
import { imageRows } from "./image-rows.ts";
import { indexRows } from "./index-rows.ts";
import type { OperatorRow } from "./operator-row.ts";
import { orderRows } from "./order-rows.ts";
import { randomRows } from "./random-rows.ts";
import { shapeRows } from "./shape-rows.ts";

const budgetMilliseconds = 250;

const words = process.argv.slice(2);
const rows = [...orderRows, ...indexRows, ...shapeRows, ...imageRows, ...randomRows].filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);

interface Result {
  readonly name: string;
  /** Nanoseconds an element, the best of the runs. */
  readonly eager: number;
  readonly compiled: number;
  readonly plain: number | null;
  readonly runsAs: string;
}

torch._dynamo.config.capture_dynamic_output_shape_ops = true;
const results: Result[] = [];
// One after the other: each has the processor for itself.
for (const row of rows) {
  const result = await measureRow(row);
  results.push(result);
  const cells = [result.eager, result.compiled, result.plain ?? NaN].map((value) =>
    value.toFixed(2).padStart(8),
  );
  console.error(`${result.name.padEnd(36)}${cells.join("")}  ${result.runsAs}`);
}
console.log(
  JSON.stringify(
    {
      commit: describeCommit(),
      machine: `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores`,
      node: process.version,
      load: loadavg()[0],
      unit: "ns an element, best of the runs",
      results,
    },
    null,
    2,
  ),
);

async function measureRow({ name, elements, make }: OperatorRow): Promise<Result> {
  const { run, inputs, plain } = make(torch);
  const compiled = torch.compile(run);
  const perElement = async (timed: () => unknown): Promise<number> => {
    const begin = performance.now();
    timed();
    const once = (): void => void timed();
    const { best } = await timeRuns(once, performance.now() - begin, budgetMilliseconds);
    return Number(((best * 1e6) / elements).toPrecision(3));
  };
  return {
    name,
    runsAs: howItRuns(torch, run, inputs),
    eager: await perElement(() => run(...inputs)),
    compiled: await perElement(() => compiled(...inputs)),
    plain: plain === null ? null : await perElement(plain),
  };
}
