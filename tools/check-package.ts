import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import ts from "typescript";

/**
 * Builds and packs the package, checks the tarball, installs it into an empty project and runs the README's quick
 * start there: as JavaScript under node, as TypeScript under tsx, and through the type checker.
 */
const quickStart = "examples/quick-start.ts";
const maximumDependencies = 0;

const root = process.cwd();
const bin = (name: string): string => join(root, "node_modules", ".bin", name);
const workspace = mkdtempSync(join(tmpdir(), "fullgraph-package-"));
try {
  run("build", bin("tsx"), ["tools/build/main.ts"], root);
  const tarball = pack();
  run("publint", bin("publint"), ["--strict", tarball], root);
  run("attw", bin("attw"), [tarball, "--profile", "esm-only", "--no-emoji"], root);
  run("size", bin("size-limit"), [], root);
  checkManifest();
  tryQuickStart(tarball);
} finally {
  rmSync(workspace, { recursive: true, force: true });
}

function pack(): string {
  const output = run("pack", "npm", ["pack", "--json", "--pack-destination", workspace], root);
  const [packed]: unknown[] = JSON.parse(output);
  if (typeof packed !== "object" || packed === null || !("filename" in packed))
    throw new Error(`npm pack said ${output}`);
  return join(workspace, String(packed.filename));
}

function checkManifest(): void {
  const manifest: { scripts?: object; dependencies?: object } = JSON.parse(
    readFileSync("package.json", "utf8"),
  );
  const installScripts = Object.keys(manifest.scripts ?? {}).filter((name) =>
    /^(pre|post)?(install|prepare)$/.test(name),
  );
  if (installScripts.length > 0)
    throw new Error(`the package has install scripts: ${installScripts.join(", ")}`);
  const dependencies = Object.keys(manifest.dependencies ?? {});
  if (dependencies.length > maximumDependencies)
    throw new Error(`too many dependencies: ${dependencies.join(", ")}`);
  console.log(`manifest: no install script, ${dependencies.length} dependencies`);
}

function tryQuickStart(tarball: string): void {
  const project = join(workspace, "project");
  mkdirSync(project);
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "empty-project", private: true, type: "module" }),
  );
  run(
    "install",
    "npm",
    ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball],
    project,
  );
  copyFileSync(quickStart, join(project, "quick-start.ts"));
  writeFileSync(join(project, "quick-start.js"), withoutTypes(readFileSync(quickStart, "utf8")));
  const [fromJavaScript, fromTypeScript] = [
    run("quick start under node", process.execPath, ["quick-start.js"], project),
    run("quick start under tsx", bin("tsx"), ["quick-start.ts"], project),
  ];
  checkCapture("quick-start.js", process.execPath, ["quick-start.js"], project);
  checkCapture("quick-start.ts:5:7", bin("tsx"), ["quick-start.ts"], project);
  const noEval = ["--disallow-code-generation-from-strings", "quick-start.js"];
  checkCapture("quick-start.js", process.execPath, noEval, project);
  const register = ["--import", "fullgraph/register", "quick-start.js"];
  checkCapture("quick-start.js", process.execPath, register, project, { FULLGRAPH_TIER: "T" });
  checkStart(project);
  checkKernelCache(project);
  if (fromJavaScript !== fromTypeScript) {
    throw new Error(`node printed\n${fromJavaScript}\nbut tsx printed\n${fromTypeScript}`);
  }
  const options = [
    "--noEmit",
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    // What `Disposable` needs comes with the package; `console` is the program's own.
    "--lib",
    "es2022,dom",
  ];
  run(
    "quick start's types",
    process.execPath,
    [resolve("node_modules/typescript/bin/tsc"), ...options, "quick-start.ts"],
    project,
  );
  // In a project without "type": "module" tsx puts a function of its own around the module; it must not show.
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true }));
  checkCapture("quick-start.ts:5:7", bin("tsx"), ["quick-start.ts"], project);
}

/** A wrong capture would run natively and print the same: the log shows that the bundle really compiles. */
function checkCapture(
  place: string,
  command: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): void {
  const env = { ...cleanEnvironment(), ...environment, TORCH_LOGS: "graph_breaks,graph_code" };
  const { stderr } = spawnSync(command, args, { cwd, encoding: "utf8", env });
  const wanted = [
    `Graph break in user code at ${place}`,
    "Data-dependent branching",
    "x_.abs()",
    ".div(",
  ];
  const missing = wanted.filter((text) => !stderr.includes(text));
  if (missing.length > 0)
    throw new Error(`the log of ${place} lacks ${missing.join(", ")}:\n${stderr}`);
  const frames = stderr.split("\n").filter((line) => line.startsWith("    at ")).length;
  if (frames !== 2)
    throw new Error(`the call and the function are 2 frames, not ${frames}:\n${stderr}`);
}

/** Starts with and without compiled code from an earlier start; namespaces of a bundle are objects, and must be captured too. */
function checkStart(project: string): void {
  const program = `import * as torch from "fullgraph";
const fn = torch.compile((x) => torch.nn.functional.relu(torch.linalg.vector_norm(x)).add(x), { fullgraph: true });
console.log(String(fn(torch.tensor([3, 4]))), torch.add.name, torch.Tensor.name);\n`;
  writeFileSync(join(project, "start.js"), program);
  const kept = join(project, "node_modules/fullgraph/dist/.code-cache");
  rmSync(kept, { recursive: true, force: true });
  const start = (flags: readonly string[] = []): string =>
    run("start", process.execPath, [...flags, "start.js"], project);
  const first = start();
  if (readdirSync(kept).length !== 1) throw new Error(`${kept} is not one file`);
  // Other flags of the engine, other code.
  const inLittleMemory = start(["--max-semi-space-size=1"]);
  if (readdirSync(kept).length !== 2) throw new Error(`${kept} is not two files`);
  const outputs = [first, inLittleMemory, start(), start(["-C", "bun"]), start(["-C", "module"])];
  if (outputs.some((output) => output !== "tensor([8., 9.]) add Tensor\n"))
    throw new Error(`starts differ: ${outputs.join("")}`);
}

/** A later process finds the kernels of an earlier one, where that is asked for. */
function checkKernelCache(project: string): void {
  const folder = join(project, "kernels");
  const program = `import * as torch from "fullgraph";
process.env.TORCHINDUCTOR_CACHE_DIR = ${JSON.stringify(folder)};
const fn = torch.compile((x) => x.mul(2).add(1).sum(), { options: { fx_graph_cache: true } });
console.log(fn(torch.ones(1000)).item());\n`;
  writeFileSync(join(project, "kernels.js"), program);
  const start = (): string => run("kernel cache", process.execPath, ["kernels.js"], project);
  const written = (): readonly number[] =>
    readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs);
  const [first, times] = [start(), written()];
  if (times.length !== 1) throw new Error(`${folder} is not one file`);
  if (start() !== first || first !== "3000\n") throw new Error(`not 3000: ${first}`);
  if (written().join() !== times.join()) throw new Error("kernels that were kept are not found");
}

function withoutTypes(source: string): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

function run(step: string, command: string, args: readonly string[], cwd: string): string {
  const start = performance.now();
  try {
    const output = execFileSync(command, args, {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: cleanEnvironment(),
    });
    console.log(`${step}: ok (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    return output;
  } catch (error) {
    const details =
      error instanceof Error && "stdout" in error && "stderr" in error
        ? `${String(error.stdout)}${String(error.stderr)}`
        : "";
    throw new Error(`${step} failed: ${command} ${args.join(" ")}\n${details}`, { cause: error });
  }
}

/** Without the settings of an outer npm, and without anyone's wishes about logs. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(TORCH|npm_)/.test(name)),
  );
}
