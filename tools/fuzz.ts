import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { generateProgram, type RandomProgram } from "../test/fuzz/generate-program.ts";
import { programText, runProgram } from "../test/fuzz/run-program.ts";
import { shrinkTree } from "../test/fuzz/shrink.ts";

/**
 * Runs random programs eager and compiled: `npx tsx tools/fuzz.ts --seeds 0..2000 --json`. A worker process runs them;
 * the program of one that stops answering is reported as a hang, and a new worker goes on behind it.
 */
interface Report {
  readonly seed: number;
  readonly status: "same" | "different" | "hang";
  readonly signature?: string;
  readonly message?: string;
  readonly program?: string;
  readonly options?: string;
  readonly frames?: number;
  readonly breaks?: number;
}

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "0..200" },
    json: { type: "boolean", default: false },
    shrink: { type: "string", default: "15" },
    worker: { type: "boolean", default: false },
    show: { type: "boolean", default: false },
  },
});
const [first = 0, end = 0] = values.seeds.split("..").map(Number);

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
  if (typeof failure !== "string") return { seed, status: "same", ...failure };
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

function failureOf(program: RandomProgram): string | { frames: number; breaks: number } {
  try {
    const { frames, breaks } = runProgram(program);
    return { frames, breaks: breaks.length };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
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

async function runAll(): Promise<void> {
  const counts = { same: 0, different: 0, hang: 0, frames: 0, breaks: 0 };
  const started = Date.now();
  let next = first;
  while (next < end)
    next = await runFrom(next, (report) => {
      counts[report.status] += 1;
      counts.frames += report.frames ?? 0;
      counts.breaks += report.breaks ?? 0;
      if (report.status !== "same") {
        if (values.json) console.log(JSON.stringify(report));
        else
          console.log(
            `\nseed ${report.seed}: ${report.signature ?? report.status} ${report.options ?? ""}\n${report.program ?? ""}\n${report.message ?? ""}`,
          );
      }
      const done = counts.same + counts.different + counts.hang;
      if (done % 50 === 0)
        process.stderr.write(
          `${done}/${end - first} programs, ${counts.different} different, ${counts.hang} hang, ${counts.frames} graphs, ${counts.breaks} breaks, ${((Date.now() - started) / 1000).toFixed(0)} s\n`,
        );
    });
  console.log(
    JSON.stringify({ seeds: values.seeds, ...counts, seconds: (Date.now() - started) / 1000 }),
  );
  if (counts.different + counts.hang > 0) process.exitCode = 1;
}

/** Runs seeds in one worker until it is done or hangs; gives the seed to go on from. */
function runFrom(seed: number, report: (report: Report) => void): Promise<number> {
  const stop = Math.min(seed + 250, end);
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
    const limit = 1000 * (30 + Number(values.shrink));
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
