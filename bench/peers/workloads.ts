import type { Workload } from "./workload.ts";

const mega = 2 ** 20;
const layers = { batch: 128, sizes: [784, 512, 256, 10] } as const;
const [inner0, inner1, inner2] = [784 * 512, 512 * 256, 256 * 10];
const image = { batch: 8, channels: 64, height: 56, width: 56, filters: 64 } as const;
const block = { tokens: 256, features: 768, heads: 12, hidden: 3072 } as const;

/** The chain: gelu(x * scale + shift) * sigmoid(c). */
export const chainConstants = { scale: 1.7, shift: 0.3 } as const;
/** Of the training step. Large enough that a wrong gradient shows in the new weights. */
export const learningRate = 0.1;
export const layerNormEpsilon = 1e-5;

/** The sixteen workloads that all peers run. */
export const workloads: readonly Workload[] = [
  chain("chain_1m", mega),
  chain("chain_10m", 10 * mega),
  rowWise("sum_rows", "rowSum", "sum of rows 4096x1024", 1024),
  rowWise("mean_rows", "rowMean", "mean of rows 4096x1024", 1024),
  rowWise("softmax_rows", "softmax", "softmax of rows 4096x1024", 1024),
  rowWise("layernorm", "layerNorm", "layer norm 4096x768", 768),
  product("matmul_256", 256, 256, 256),
  product("matmul_512", 512, 512, 512),
  product("matmul_1024", 1024, 1024, 1024),
  product("matmul_2048", 2048, 2048, 2048),
  {
    ...product("gemv_4096", 1, 4096, 4096),
    title: "gemv 1x4096x4096, constant matrix",
    weightIsConstant: true,
    bytes: 4 * 4096 * 4096,
  },
  {
    id: "mlp_fwd",
    kind: "mlpForward",
    title: "MLP forward 784-512-256-10, batch 128",
    ...layers,
    flops: 2 * layers.batch * (inner0 + inner1 + inner2),
  },
  {
    id: "mlp_train",
    kind: "mlpTraining",
    title: "MLP training step, SGD, batch 128",
    ...layers,
    // Every layer has a product forward and one for its weights; the input needs no gradient.
    flops: 2 * layers.batch * (2 * inner0 + 3 * inner1 + 3 * inner2),
  },
  {
    id: "conv3x3",
    kind: "convolution",
    title: "convolution 3x3 [8,64,56,56] to 64",
    ...image,
    flops: 2 * image.batch * image.height * image.width * image.filters * image.channels * 9,
  },
  {
    id: "transformer",
    kind: "transformer",
    title: "transformer block, 256 tokens of 768, 12 heads",
    ...block,
    flops:
      2 * block.tokens * (4 * block.features ** 2 + 2 * block.features * block.hidden) +
      4 * block.tokens ** 2 * block.features,
  },
  {
    id: "tiny_adds",
    kind: "tinyAdds",
    title: "1000 adds of 10 elements",
    size: 10,
    count: 1000,
    operations: 1000,
  },
];

export function workloadById(id: string): Workload {
  const found = workloads.find((workload) => workload.id === id);
  if (found !== undefined) return found;
  const known = workloads.map((workload) => workload.id).join(", ");
  throw new Error(`there is no workload ${JSON.stringify(id)}; there are ${known}`);
}

function chain(id: string, size: number): Workload & { readonly kind: "chain" } {
  const title = `gelu(x*a+b)*sigmoid(c) on ${size / mega}M elements`;
  return { id, kind: "chain", title, size, bytes: 12 * size };
}

function rowWise(
  id: string,
  kind: "rowSum" | "rowMean" | "softmax" | "layerNorm",
  title: string,
  columns: number,
): Workload {
  const rows = 4096;
  const writesAll = kind === "softmax" || kind === "layerNorm";
  return { id, kind, title, rows, columns, bytes: (writesAll ? 8 : 4) * rows * columns };
}

function product(
  id: string,
  m: number,
  k: number,
  n: number,
): Workload & { readonly kind: "matmul" } {
  const title = `matmul ${m}x${k}x${n}`;
  return { id, kind: "matmul", title, m, k, n, weightIsConstant: false, flops: 2 * m * k * n };
}
