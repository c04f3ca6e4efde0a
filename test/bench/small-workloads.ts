import type { Workload } from "../../bench/peers/workload.ts";

const rows = { rows: 3, columns: 4 };
const layers = { batch: 3, sizes: [5, 4, 3, 2] } as const;
const image = { batch: 2, channels: 3, height: 4, width: 5, filters: 2 };
const block = { tokens: 3, features: 4, heads: 2, hidden: 8 };

/** One workload of each kind, small enough for a test. */
export const smallWorkloads = {
  chain: { ...named("chain"), kind: "chain", size: 9 },
  rowSum: { ...named("row sum"), kind: "rowSum", ...rows },
  rowMean: { ...named("row mean"), kind: "rowMean", ...rows },
  softmax: { ...named("softmax"), kind: "softmax", ...rows },
  layerNorm: { ...named("layer norm"), kind: "layerNorm", ...rows },
  matmul: { ...named("matmul"), kind: "matmul", m: 2, k: 5, n: 3, weightIsConstant: false },
  mlpForward: { ...named("forward"), kind: "mlpForward", ...layers },
  mlpTraining: { ...named("training"), kind: "mlpTraining", ...layers },
  convolution: { ...named("convolution"), kind: "convolution", ...image },
  transformer: { ...named("transformer"), kind: "transformer", ...block },
  tinyAdds: { ...named("tiny adds"), kind: "tinyAdds", size: 3, count: 20 },
} satisfies { readonly [Kind in Workload["kind"]]: Workload };

function named(title: string): { readonly id: string; readonly title: string } {
  return { id: title, title };
}
