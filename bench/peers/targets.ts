import type { Contender, Opponent } from "./compare-peers.ts";

/** What the project aims at on two cores, as data; judge-targets.ts says how far a run is from it. */
export type Target =
  | {
      readonly kind: "ratio";
      readonly workload: string;
      readonly contender: Contender;
      readonly opponent: Opponent;
      readonly atLeast: number;
    }
  /** Over all workloads that have a ratio target of this contender and opponent. */
  | {
      readonly kind: "geometric mean" | "every row";
      readonly contender: Contender;
      readonly opponent: Opponent;
      readonly atLeast: number;
    }
  /** All threads against one: the speedup on what takes longer than `aboveMilliseconds` on one. */
  | {
      readonly kind: "thread speedup";
      readonly aboveMilliseconds: number;
      readonly atLeast: number;
    }
  /** Share of the machine's 128-bit multiply-adds on every workload that a matrix product limits. */
  | {
      readonly kind: "share of peak";
      readonly workloads: readonly string[];
      readonly atLeast: number;
    }
  | { readonly kind: "cold start"; readonly atMost: number }
  | { readonly kind: "compile time"; readonly atMost: number };

type Row = readonly [workloads: string, wasm: number | null, native: number, turbo: number | null];

const matmuls = "matmul_256 matmul_512 matmul_1024 matmul_2048";

/** Their time by ours, at least: best wasm peer, native ONNX Runtime, and that with turbo. */
const rows: readonly Row[] = [
  ["chain_1m", 8, 2.5, 4.5],
  ["chain_10m", 10, 5, 8],
  ["sum_rows mean_rows", 2.5, 2, 2],
  ["softmax_rows", 2.5, 2.3, 2.5],
  ["layernorm", 15, 4.5, 4.5],
  [matmuls, 2.5, 0.55, 1],
  ["gemv_4096", 1.15, 1.05, 1.05],
  ["mlp_fwd", 2.7, 0.48, 0.95],
  ["conv3x3", 2.5, 0.5, 1.2],
  ["transformer", 2.5, 0.5, 0.95],
  ["tiny_adds", 29, 20, null],
];

export const targets: readonly Target[] = [
  ...rows.flatMap(([workloads, wasm, native, turbo]) =>
    workloads
      .split(" ")
      .flatMap((workload) => [
        ...ratioTarget(workload, "compiled", "best wasm peer", wasm),
        ...ratioTarget(workload, "compiled", "ort-node, most threads", native),
        ...ratioTarget(workload, "turbo", "ort-node, most threads", turbo),
      ]),
  ),
  ...ratioTarget("tiny_adds", "eager", "tfjs-wasm", 10),
  ...ratioTarget("tiny_adds", "eager", "ort-node, most threads", 1),
  { kind: "geometric mean", contender: "compiled", opponent: "best wasm peer", atLeast: 3.5 },
  {
    kind: "geometric mean",
    contender: "compiled",
    opponent: "ort-node, most threads",
    atLeast: 1.3,
  },
  { kind: "every row", contender: "compiled", opponent: "best wasm peer", atLeast: 1.1 },
  {
    kind: "share of peak",
    workloads: [...matmuls.split(" "), "mlp_fwd", "conv3x3", "transformer"],
    atLeast: 0.8,
  },
  { kind: "thread speedup", aboveMilliseconds: 1, atLeast: 1.7 },
  // Never slower than one thread; what is left is the noise of two measurements.
  { kind: "thread speedup", aboveMilliseconds: 0, atLeast: 0.95 },
  { kind: "cold start", atMost: 30 },
  { kind: "compile time", atMost: 200 },
];

function ratioTarget(
  workload: string,
  contender: Contender,
  opponent: Opponent,
  atLeast: number | null,
): readonly Target[] {
  return atLeast === null ? [] : [{ kind: "ratio", workload, contender, opponent, atLeast }];
}
