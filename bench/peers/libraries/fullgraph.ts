import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type * as Torch from "fullgraph";
import { notAvailable, type NotAvailable, type OpenPeer, type PreparedWorkload } from "../peer.ts";
import type { Operand } from "../operands.ts";
import { forKind, type ForEachKind, type Workload } from "../workload.ts";
import { chainConstants, layerNormEpsilon } from "../workloads.ts";

type Tensor = Torch.Tensor;
type Program = () => Tensor;

/**
 * Our own library as its users write for it: plain functions over tensors, compiled with the default backend, results
 * left to the garbage collector. The variant "eager" runs the same functions without compiling them.
 */
export const openFullgraph: OpenPeer = async ({ variant, threads, library, backend }) => {
  // The built package: its types are those of the sources.
  const torch = (await import(pathToFileURL(library).href)) as typeof Torch;
  const unset = configure(torch, variant, threads);
  if (unset !== null) return unset;
  const choice = backend === null ? {} : { backend };
  const compile = variant === "eager" ? null : { fullgraph: true, ...choice };
  return {
    kind: "opened",
    version: versionOf(library),
    prepare: (workload, operands) => prepareWorkload(torch, compile, workload, operands),
  };
};

/** Nothing of ours has to be waited for. */
interface OwnWorkload extends PreparedWorkload {
  readonly run: () => void;
  readonly result: () => readonly number[];
}

/** A workload with our own library, eager without compile options; or the reason why it cannot be run yet. */
export function prepareWorkload(
  torch: typeof Torch,
  compile: Torch.CompileOptions | null,
  workload: Workload,
  operands: Readonly<Record<string, Operand>>,
): OwnWorkload | NotAvailable {
  if (workload.kind === "mlpTraining") return notAvailable("there is no autograd yet");
  const needed = neededFunctions[workload.kind] ?? [];
  const missing = needed.filter((name) => functionOf(torch.nn.functional, name) === null);
  if (missing.length > 0) {
    return notAvailable(missing.map((name) => `no torch.nn.functional.${name}`).join(", "));
  }
  const tensors = Object.fromEntries(
    Object.entries(operands).map(([name, operand]) => [name, toTensor(torch, operand)]),
  );
  const run = forKind(programs(torch, compile), workload, tensors);
  let last: Tensor | null = null;
  return {
    kind: "prepared",
    run: () => void (last = run()),
    result: () => {
      const list: unknown = (last ?? run()).reshape([-1]).tolist();
      if (!Array.isArray(list)) throw new Error("a one-dimensional tensor is a list");
      return list.map(Number);
    },
  };
}

/** Functions of PyTorch's that a workload is written with. */
const neededFunctions: Partial<Record<string, readonly (keyof Functional)[]>> = {
  chain: ["gelu"],
  layerNorm: ["layer_norm"],
  convolution: ["conv2d"],
  transformer: ["gelu", "layer_norm", "scaled_dot_product_attention"],
};

interface Functional {
  readonly gelu: (input: Tensor) => Tensor;
  readonly layer_norm: (
    input: Tensor,
    normalized_shape: readonly number[],
    weight: Tensor,
    bias: Tensor,
    eps: number,
  ) => Tensor;
  readonly conv2d: (
    input: Tensor,
    weight: Tensor,
    bias: Tensor,
    options: { readonly padding: number },
  ) => Tensor;
  readonly scaled_dot_product_attention: (query: Tensor, key: Tensor, value: Tensor) => Tensor;
}

/** Inputs are arguments; weights are closed over, as a module's are. */
function programs(
  torch: typeof Torch,
  compile: Torch.CompileOptions | null,
): ForEachKind<Tensor, Program> {
  // prepareWorkload has asked for each function that a workload needs; the names and arguments are PyTorch's.
  const functional: unknown = torch.nn.functional;
  const { gelu, layer_norm, conv2d, scaled_dot_product_attention } = functional as Functional;
  const { scale, shift } = chainConstants;
  const ready = (fn: (...args: Tensor[]) => Tensor, ...args: readonly Tensor[]): Program => {
    const call = compile === null ? fn : torch.compile(fn, compile);
    return () => call(...args);
  };
  return {
    chain: ({ x, c }) =>
      ready((x: Tensor, c: Tensor) => gelu(x.mul(scale).add(shift)).mul(torch.sigmoid(c)), x, c),
    rowSum: ({ x }) => ready((x: Tensor) => x.sum(1), x),
    rowMean: ({ x }) => ready((x: Tensor) => x.mean(1), x),
    softmax: ({ x }) => ready((x: Tensor) => torch.softmax(x, 1), x),
    layerNorm: ({ x, weight, bias }, { columns }) =>
      ready((x: Tensor) => layer_norm(x, [columns], weight, bias, layerNormEpsilon), x),
    matmul: ({ a, b }, { weightIsConstant }) =>
      weightIsConstant
        ? ready((a: Tensor) => a.matmul(b), a)
        : ready((a: Tensor, b: Tensor) => a.matmul(b), a, b),
    mlpForward: ({ x, w0, b0, w1, b1, w2, b2 }) =>
      ready((x: Tensor) => {
        const first = torch.addmm(b0, x, w0).relu();
        const second = torch.addmm(b1, first, w1).relu();
        return torch.addmm(b2, second, w2);
      }, x),
    mlpTraining: () => {
      throw new Error("prepareWorkload says that there is no autograd");
    },
    convolution: ({ x, weight, bias }) =>
      ready((x: Tensor) => conv2d(x, weight, bias, { padding: 1 }), x),
    transformer: (p, { tokens, features, heads }) => {
      const perHead = (part: Tensor): Tensor =>
        part.reshape([tokens, heads, features / heads]).transpose(0, 1);
      return ready((x: Tensor) => {
        const { norm1Weight, norm1Bias, norm2Weight, norm2Bias } = p;
        const normalised = layer_norm(x, [features], norm1Weight, norm1Bias, layerNormEpsilon);
        const qkv = torch.addmm(p.qkvBias, normalised, p.qkvWeight);
        const query = perHead(qkv.narrow(1, 0, features));
        const key = perHead(qkv.narrow(1, features, features));
        const value = perHead(qkv.narrow(1, 2 * features, features));
        const attended = scaled_dot_product_attention(query, key, value)
          .transpose(0, 1)
          .reshape([tokens, features]);
        const middle = torch.addmm(p.outBias, attended, p.outWeight).add(x);
        const again = layer_norm(middle, [features], norm2Weight, norm2Bias, layerNormEpsilon);
        const up = gelu(torch.addmm(p.upBias, again, p.upWeight));
        return torch.addmm(p.downBias, up, p.downWeight).add(middle);
      }, p.x);
    },
    tinyAdds: ({ x, y }, { count }) =>
      ready(
        (x: Tensor, y: Tensor) => {
          let sum = x;
          for (let i = 0; i < count; i++) sum = sum.add(y);
          return sum;
        },
        x,
        y,
      ),
  };
}

/** null when the library now runs as asked. */
function configure(torch: typeof Torch, variant: string, threads: number): NotAvailable | null {
  const setThreads = functionOf(torch, "set_num_threads");
  if (setThreads !== null) setThreads(threads);
  else if (threads > 1) return notAvailable("no torch.set_num_threads: there is one thread");
  if (variant !== "turbo") return null;
  const wasm = property(property(torch, "backends"), "wasm");
  if (typeof wasm !== "object" || wasm === null)
    return notAvailable("no torch.backends.wasm.turbo");
  Reflect.set(wasm, "turbo", true);
  return property(wasm, "turbo") === true ? null : notAvailable("turbo stays off in this engine");
}

function functionOf(namespace: object, name: string): ((...args: unknown[]) => unknown) | null {
  const found = property(namespace, name);
  return typeof found === "function" ? (...args) => Reflect.apply(found, undefined, args) : null;
}

function property(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
}

function toTensor(torch: typeof Torch, { values, shape }: Operand): Tensor {
  return torch.tensor(values).reshape([...shape]);
}

function versionOf(library: string): string {
  const manifest = new URL("../package.json", pathToFileURL(library));
  // Our own package.json.
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
