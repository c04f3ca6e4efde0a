import type { Cell, PeersReport } from "../../bench/peers/report.ts";

/** A small run: two workloads, one of which our library cannot do yet. */
export const exampleReport: PeersReport = {
  commit: "abc1234",
  machine: "a processor, 2 cores",
  date: "2026-11-23",
  load: [0.5, 2.25],
  rounds: 3,
  budget: 400,
  backend: null,
  peers: {
    "ort-web-2t": peer("wasm", "1.30.0"),
    "jax-js-2t": peer("wasm", "0.1.25"),
    "fullgraph-1t": peer("ours", "0.1.0"),
    "fullgraph-2t": peer("ours", "0.1.0"),
    "ort-node-2t": peer("native", "1.30.0"),
    "torch-compile-2t": { ...peer("torch", "unknown"), notAvailable: "it did not start" },
  },
  workloads: {
    matmul_512: {
      "ort-web-2t": timed(9, 8),
      "jax-js-2t": timed(8, 6),
      "fullgraph-1t": timed(6, 6),
      "fullgraph-2t": timed(4, 3),
      "ort-node-2t": timed(2, 2),
    },
    layernorm: {
      "ort-web-2t": timed(16, 16),
      "jax-js-2t": { kind: "wrong", error: 0.5 },
      "fullgraph-1t": { kind: "not available", reason: "no torch.nn.functional.layer_norm" },
      "fullgraph-2t": { kind: "failed", message: "the process ended (SIGKILL)" },
      "ort-node-2t": timed(4, 4),
    },
  },
  coldStarts: {
    "fullgraph-1t": { kind: "cold start", importing: 20, firstResult: 5, residentMegabytes: 60 },
    "ort-node-2t": { kind: "not available", reason: "its processes ended without a result" },
  },
  compileTime: 250,
  limits: [{ name: "multiply-add 128 bit", threads: 2, unit: "GFLOP/s", value: 100 }],
};

function peer(
  group: "wasm" | "ours" | "native" | "torch",
  version: string,
): PeersReport["peers"][string] {
  return { group, version, runtime: "Node v20.20.2", notAvailable: null };
}

function timed(median: number, best: number): Cell {
  return { kind: "timed", median, best, first: 2 * median, error: 1e-7, rounds: 3 };
}
