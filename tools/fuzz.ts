import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { generateProgram, type RandomProgram } from "../test/fuzz/generate-program.ts";
import { programText, runProgram } from "../test/fuzz/run-program.ts";
import { shrinkTree } from "../test/fuzz/shrink.ts";

/**
 * Runs random programs eager and compiled: `npm run fuzz -- --seeds 0..2000`. A worker process runs many; the program
 * of one that stops answering is reported as a hang, and a new worker goes on behind it.
 * `--resume file.json` keeps the counts and what was found there, and goes on from it the next time.
 * `--seeds 7..8 --show` prints one program.
 */
interface Report {
  readonly seed: number;
  readonly status: "same" | "different" | "hang";
  readonly signature?: string;
  readonly message?: string;
  readonly program?: string;
  readonly options?: string;
  readonly counts?: Readonly<Record<"calls" | "errors" | "graphs" | "breaks", number>>;
}

interface Progress {
  /** Seeds before it are done. */
  next: number;
  same: number;
  different: number;
  hang: number;
  /** Calls in all, and how many of them ended in an error (the same one, compiled). */
  calls: number;
  errors: number;
  graphs: number;
  breaks: number;
  seconds: number;
  readonly found: Report[];
}

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "0..200" },
    resume: { type: "string" },
    shrink: { type: "string", default: "15" },
    worker: { type: "boolean", default: false },
    show: { type: "boolean", default: false },
  },
});
const [first = 0, end = 0] = values.seeds.split("..").map(Number);
const programsPerWorker = 500;

if (values.show) console.log(programText(generateProgram(first)));
else if (values.worker) runWorker();
else await runAll();

function runWorker(): void {
  for (let seed = first; seed < end; seed++) {
    process.send?.({ begin: seed });
    process.send?.(checkSeed(seed));
  }
  process.disconnect?.();
}

function checkSeed(seed: number): Report {
  const program = generateProgram(seed);
  const failure = failureOf(program);
  if (typeof failure !== "string") return { seed, status: "same", counts: failure };
  const signature = signatureOf(failure);
  const tree = shrinkTree(
    program.tree,
    (candidate) => {
      const message = failureOf({ ...program, tree: candidate });
      return typeof message === "string" && signatureOf(message) === signature;
    },
    Date.now() + 1000 * Number(values.shrink),
  );
  const small = { ...program, tree };
  const message = failureOf(small);
  return {
    seed,
    status: "different",
    signature,
    message: typeof message === "string" ? message : failure,
    program: programText(small),
    options: JSON.stringify({ ...program, tree: undefined }),
  };
}

function failureOf(program: RandomProgram): string | NonNullable<Report["counts"]> {
  try {
    const { frames, breaks, outcomes } = runProgram(program);
    const errors = outcomes.filter(({ kind }) => kind === "error").length;
    return { calls: outcomes.length, errors, graphs: frames, breaks: breaks.length };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return overflowsBothWays(message) ? { calls: 0, errors: 0, graphs: 0, breaks: 0 } : message;
  }
}

/** How far a program gets before the stack ends is no part of its meaning: what differs is what it had done by then. */
function overflowsBothWays(message: string): boolean {
  const overflows = message.includes("compiled error: RangeError: Maximum call stack");
  return overflows && !/^call \d+\.outcome/m.test(message);
}

/** Differences of one kind: shrinking must not wander from one bug to another. */
function signatureOf(message: string): string {
  const internal = /InternalTorchDynamoError: ([^\n]*)/.exec(message)?.[1];
  if (internal !== undefined) return `internal: ${internal.slice(0, 60)}`;
  if (!message.startsWith("compiled differs")) return `broken: ${message.slice(0, 60)}`;
  const compiledError = /compiled error: ([^\n]*)/.exec(message)?.[1];
  return compiledError === undefined
    ? "difference"
    : `error: ${compiledError.replace(/\d+/g, "#").slice(0, 40)}`;
}

function startingPoint(): Progress {
  if (values.resume !== undefined && existsSync(values.resume))
    return JSON.parse(readFileSync(values.resume, "utf8")) as Progress; // written below
  const counts = { same: 0, different: 0, hang: 0, calls: 0, errors: 0, graphs: 0, breaks: 0 };
  return { next: first, ...counts, seconds: 0, found: [] };
}

async function runAll(): Promise<void> {
  const progress = startingPoint();
  const started = Date.now() - 1000 * progress.seconds;
  while (progress.next < end) {
    progress.next = await runFrom(progress.next, (report) => count(report, progress));
    progress.seconds = Math.round((Date.now() - started) / 1000);
    if (values.resume !== undefined)
      writeFileSync(values.resume, `${JSON.stringify(progress, null, 2)}\n`);
    process.stderr.write(`${summary(progress)}\n`);
  }
  console.log(JSON.stringify({ seeds: values.seeds, ...progress, found: progress.found.length }));
  if (progress.different + progress.hang > 0) process.exitCode = 1;
}

function count(report: Report, progress: Progress): void {
  progress[report.status] += 1;
  for (const kind of ["calls", "errors", "graphs", "breaks"] as const)
    progress[kind] += report.counts?.[kind] ?? 0;
  if (report.status === "same") return;
  progress.found.push(report);
  console.log(
    `\nseed ${report.seed}: ${report.signature ?? report.status} ${report.options ?? ""}\n${report.program ?? ""}\n${report.message ?? ""}`,
  );
}

function summary({ next, same, different, hang, graphs, breaks, seconds }: Progress): string {
  const rate = ((next - first) / Math.max(seconds, 1)).toFixed(1);
  return `up to seed ${next} of ${end}: ${same} same, ${different} different, ${hang} hang; ${graphs} graphs, ${breaks} breaks; ${seconds} s, ${rate} programs/s`;
}

/** Runs seeds in one worker until it is done or hangs; gives the seed to go on from. */
function runFrom(seed: number, report: (report: Report) => void): Promise<number> {
  const stop = Math.min(seed + programsPerWorker, end);
  const worker = spawn(
    process.execPath,
    [
      ...process.execArgv,
      import.meta.filename,
      "--worker",
      "--seeds",
      `${seed}..${stop}`,
      "--shrink",
      values.shrink,
    ],
    { stdio: ["ignore", "inherit", "pipe", "ipc"] },
  );
  const noise: string[] = [];
  createInterface({ input: worker.stderr ?? process.stdin }).on("line", (line) => {
    noise.push(line);
    if (noise.length > 40) noise.shift();
  });
  return new Promise((resolve) => {
    let current = seed;
    let isHung = false;
    const limit = 1000 * (300 + Number(values.shrink)); // a busy machine is no hang
    let timer = setTimeout(hang, limit);
    function hang(): void {
      isHung = true;
      worker.kill("SIGKILL");
    }
    worker.on("message", (message: Report | { begin: number }) => {
      clearTimeout(timer);
      timer = setTimeout(hang, limit);
      if ("begin" in message) current = message.begin;
      else {
        report(message);
        current = message.seed + 1;
      }
    });
    worker.on("close", () => {
      clearTimeout(timer);
      if (current < stop) {
        report({
          seed: current,
          status: "hang",
          signature: isHung ? "hang" : "crash",
          message: noise.join("\n"),
        });
        current += 1;
      }
      resolve(current);
    });
  });
}
