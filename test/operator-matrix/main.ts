/**
 * `npm run conformance:operators`: every operator in every way it can run, as JSON.
 *
 *   --only conv,sum    operators with these words in their names
 *   --every 7          every seventh of their samples, in all dtypes and layouts
 *   --json FILE        where the findings go
 *   --configuration N  only the Nth of the four kinds of engines (0: shared memory and relaxed SIMD)
 *
 * Each kind of engine is a process of its own, as they are chosen when the first kernel runs.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { kernelRuntime } from "../../src/runtime/kernel-runtime.ts";
import { opTable } from "../../src/ops/op-table.ts";
import { checkOperator, type Finding } from "./check-operator.ts";
import { layouts } from "./samples.ts";
import { startThreads } from "./start-threads.ts";

const configurations = [
  { FULLGRAPH_SHARED_MEMORY: "1", FULLGRAPH_RELAXED_SIMD: "1" },
  { FULLGRAPH_SHARED_MEMORY: "1", FULLGRAPH_RELAXED_SIMD: "0" },
  { FULLGRAPH_SHARED_MEMORY: "0", FULLGRAPH_RELAXED_SIMD: "1" },
  { FULLGRAPH_SHARED_MEMORY: "0", FULLGRAPH_RELAXED_SIMD: "0" },
] as const;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    every: { type: "string", default: "1" },
    json: { type: "string" },
    configuration: { type: "string" },
    child: { type: "boolean", default: false },
  },
});

if (values.child) await runHere();
else runAll();

function runAll(): void {
  const chosen = configurations.filter(
    (_, index) => values.configuration === undefined || index === Number(values.configuration),
  );
  const results = chosen.map((environment) => {
    console.log(
      Object.entries(environment)
        .map((pair) => pair.join("="))
        .join(" "),
    );
    const { stdout, status } = spawnSync(
      process.execPath,
      [
        "--import",
        "tsx",
        import.meta.filename,
        "--child",
        "--only",
        values.only,
        "--every",
        values.every,
      ],
      {
        env: { ...process.env, ...environment },
        stdio: ["ignore", "pipe", "inherit"],
        maxBuffer: 2 ** 30,
        encoding: "utf8",
      },
    );
    if (status !== 0) throw new Error(`the process ended with ${status}`);
    const { runs, findings }: { runs: number; findings: Finding[] } = JSON.parse(stdout);
    console.log(`  ${runs} comparisons, ${findings.length} differences`);
    return { environment, runs, findings };
  });
  const text = JSON.stringify(results, null, 1);
  if (values.json === undefined) console.log(text);
  else writeFileSync(values.json, `${text}\n`);
  if (results.some(({ findings }) => findings.length > 0)) process.exitCode = 1;
}

async function runHere(): Promise<void> {
  await startThreads();
  const words = values.only.split(",");
  const every = Number(values.every);
  let count = 0;
  const findings: Finding[] = [];
  let runs = 0;
  const operators = opTable().filter(({ name }) => words.some((word) => name.includes(word)));
  operators.forEach((op, index) => {
    const started = performance.now();
    for (const dtype of op.dtypes)
      for (const layout of Object.keys(layouts) as (keyof typeof layouts)[]) {
        const checked = checkOperator(
          { op, dtype, layout, factor: 7 },
          () => count++ % every === 0,
        );
        runs += checked.runs;
        findings.push(...checked.findings);
      }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.error(
      `  ${index + 1}/${operators.length} ${op.name}: ${seconds} s, ${findings.length} differences so far`,
    );
  });
  process.stdout.write(JSON.stringify({ runs, findings }));
  kernelRuntime().pool?.terminate();
}
