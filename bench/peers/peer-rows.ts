import type { LibraryName } from "./libraries/open-library.ts";

/** One column of the table: a library in one configuration. */
export interface PeerRow {
  readonly label: string;
  readonly library: LibraryName | "torch";
  readonly group: PeerGroup;
  readonly variant: string;
  readonly threads: number;
  readonly nodeFlags: readonly string[];
  /** Far from the front: one round is enough. */
  readonly firstRoundOnly: boolean;
  /** null: all workloads. */
  readonly only: readonly string[] | null;
  /** Workload to the reason why it is left out. */
  readonly skip: Readonly<Record<string, string>>;
}

/** Whom we compare with: ratios are against the best of a group. */
export type PeerGroup = "ours" | "javascript" | "wasm" | "native" | "torch";

const tooSlow = "takes tens of seconds a run";
const relaxedSimd = "--experimental-wasm-relaxed-simd";

export interface RowChoice {
  readonly threads: readonly number[];
  readonly turbo: boolean;
  readonly torch: boolean;
  /** The engine's own flags change from version to version: those of the running Node. */
  readonly nodeMajor: number;
}

/** All rows, in the order in which a round runs them: ours stands between the peers it is compared with. */
export function peerRows({ threads, turbo, torch, nodeMajor }: RowChoice): readonly PeerRow[] {
  const most = Math.max(...threads);
  return [
    row({
      label: "tfjs-cpu",
      library: "tfjs",
      group: "javascript",
      variant: "cpu",
      firstRoundOnly: true,
      skip: {
        matmul_1024: tooSlow,
        matmul_2048: tooSlow,
        conv3x3: tooSlow,
        transformer: tooSlow,
        gemv_4096: tooSlow,
      },
    }),
    // Its threads are switched off under Node (tensorflow/tfjs#3830).
    row({ label: "tfjs-wasm", library: "tfjs", group: "wasm", variant: "wasm" }),
    ...threads.map((count) =>
      row({
        label: `ort-web-${count}t`,
        library: "onnxruntime",
        group: "wasm",
        variant: "web",
        threads: count,
      }),
    ),
    ...threads.map((count) =>
      row({
        label: `jax-js-${count}t`,
        library: "jax-js",
        group: "wasm",
        threads: count,
        nodeFlags: nodeMajor < 22 ? [relaxedSimd] : [],
        skip: { conv3x3: "takes about ten seconds a run: its convolution is not tiled" },
      }),
    ),
    ...threads.map((count) =>
      row({ label: `fullgraph-${count}t`, library: "fullgraph", group: "ours", threads: count }),
    ),
    ...threads.map((count) =>
      row({
        label: `fullgraph-eager-${count}t`,
        library: "fullgraph",
        group: "ours",
        variant: "eager",
        threads: count,
        only: ["chain_1m", "softmax_rows", "matmul_512", "tiny_adds"],
      }),
    ),
    ...(turbo ? [most] : []).map((count) =>
      row({
        label: `fullgraph-turbo-${count}t`,
        library: "fullgraph",
        group: "ours",
        variant: "turbo",
        threads: count,
      }),
    ),
    ...threads.map((count) =>
      row({
        label: `ort-node-${count}t`,
        library: "onnxruntime",
        group: "native",
        variant: "node",
        threads: count,
      }),
    ),
    ...(torch ? ["eager", "compile"] : []).map((variant) =>
      row({
        label: `torch-${variant}-${most}t`,
        library: "torch",
        group: "torch",
        variant,
        threads: most,
      }),
    ),
  ];
}

function row(facts: Pick<PeerRow, "label" | "library" | "group"> & Partial<PeerRow>): PeerRow {
  return {
    variant: "default",
    threads: 1,
    nodeFlags: [],
    firstRoundOnly: false,
    only: null,
    skip: {},
    ...facts,
  };
}
