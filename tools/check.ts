import { spawnSync } from "node:child_process";

/** Everything that must hold before a commit, cheapest first. All steps run; the exit code says whether all passed. */
const steps: readonly Step[] = [
  { name: "format", command: "npm run --silent format:check" },
  { name: "lint", command: "npm run --silent lint" },
  { name: "types (TypeScript 6)", command: "node node_modules/typescript/bin/tsc --noEmit" },
  { name: "types (TypeScript 7)", command: "node node_modules/typescript-7/bin/tsc --noEmit" },
  { name: "layers", command: "npm run --silent layers" },
  { name: "dead code", command: "npm run --silent dead-code" },
  { name: "generated files", command: "npm run --silent generate:check" },
  { name: "packaging", command: "npm run --silent package" },
];

interface Step {
  readonly name: string;
  readonly command: string;
}

const results = steps.map((step) => {
  const start = performance.now();
  const run = spawnSync(step.command, { shell: true, encoding: "utf8", maxBuffer: 2 ** 28 });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const passed = run.status === 0;
  console.log(`${passed ? "ok    " : "FAILED"} ${step.name} (${seconds} s)`);
  if (!passed) console.log(indent(`$ ${step.command}\n${run.stdout}${run.stderr}`));
  return passed;
});

const failed = results.filter((passed) => !passed).length;
console.log(
  failed === 0 ? "check: all steps passed" : `check: ${failed} of ${steps.length} steps failed`,
);
process.exitCode = failed === 0 ? 0 : 1;

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "       ");
}
