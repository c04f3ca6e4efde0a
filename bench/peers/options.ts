import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { workloadById, workloads } from "./workloads.ts";

export interface Options {
  readonly rounds: number;
  /** Milliseconds to time a workload for, in each round. */
  readonly budget: number;
  readonly ids: readonly string[];
  /** Beginnings of labels; our own library is always in. Empty: all. */
  readonly peers: readonly string[];
  readonly threads: readonly number[];
  readonly directory: string;
  readonly json: string | null;
  readonly python: string | null;
  readonly node: string;
  readonly backend: string | null;
  readonly turbo: boolean;
  readonly build: boolean;
  readonly cold: boolean;
  readonly limits: boolean;
  readonly strict: boolean;
}

export const helpText = `npm run bench:peers -- [options]

Times our library and its peers on sixteen workloads, interleaved, and checks every result.
It installs the peers into a folder of their own; give the machine to it alone, for ten minutes or more.

  --rounds N       rounds, each with a fresh process for each peer (3)
  --ms N           milliseconds to time each workload for, in each round (400)
  --ids A,B        only these workloads
  --peers A,B      only peers whose label begins so (tfjs, ort-web, ort-node, jax-js, torch), beside our own
  --threads A,B    thread counts (1 and the number of cores)
  --python PATH    a Python with torch: PyTorch's eager mode and torch.compile join as peers
  --node PATH      run our own library under another Node
  --backend NAME   compile our own programs with this backend (torch.compile's default)
  --turbo          also run our own library with torch.backends.wasm.turbo
  --dir PATH       where the peers are installed (a folder of the system's temporary directory)
  --json PATH      write the report as JSON, too
  --no-build       time dist/ as it is
  --no-cold        without cold starts and compile time
  --no-limits      without the physical limits
  --strict         fail when a target is missed or was not measured
  --help           this text`;

/** null asks for the help text. */
export function parseOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      rounds: { type: "string", default: "3" },
      ms: { type: "string", default: "400" },
      ids: { type: "string", default: workloads.map(({ id }) => id).join(",") },
      peers: { type: "string", default: "" },
      threads: { type: "string", default: [...new Set([1, cpus().length])].join(",") },
      dir: { type: "string", default: join(tmpdir(), "fullgraph-bench-peers") },
      json: { type: "string" },
      python: { type: "string" },
      node: { type: "string", default: process.execPath },
      backend: { type: "string" },
      turbo: { type: "boolean", default: false },
      build: { type: "boolean", default: true },
      cold: { type: "boolean", default: true },
      limits: { type: "boolean", default: true },
      strict: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  return {
    rounds: positiveInteger("--rounds", values.rounds),
    budget: positiveInteger("--ms", values.ms),
    ids: values.ids.split(",").map((id) => workloadById(id).id),
    peers: values.peers === "" ? [] : values.peers.split(","),
    threads: values.threads.split(",").map((count) => positiveInteger("--threads", count)),
    directory: values.dir,
    json: values.json ?? null,
    python: values.python ?? null,
    node: values.node,
    backend: values.backend ?? null,
    turbo: values.turbo,
    build: values.build,
    cold: values.cold,
    limits: values.limits,
    strict: values.strict,
  };
}

function positiveInteger(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${option} takes whole numbers from 1, not ${JSON.stringify(text)}`);
}
