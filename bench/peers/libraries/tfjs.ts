import { join } from "node:path";
import { notAvailable, type OpenPeer } from "../peer.ts";
import type { Operand } from "../operands.ts";
import { forKind, type ForEachKind } from "../workload.ts";
import { chainConstants, layerNormEpsilon, learningRate } from "../workloads.ts";
import { packageVersion, requirePackage } from "./installed-package.ts";

/** The part of TensorFlow.js that the workloads use. */
interface Tfjs {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  getBackend(): string;
  tensor(values: Float32Array | Int32Array, shape: readonly number[], dtype?: "int32"): TfTensor;
  variable(tensor: TfTensor): TfVariable;
  tidy(fn: () => TfTensor): TfTensor;
  add(a: TfTensor, b: TfTensor): TfTensor;
  erf(x: TfTensor): TfTensor;
  sigmoid(x: TfTensor): TfTensor;
  relu(x: TfTensor): TfTensor;
  rsqrt(x: TfTensor): TfTensor;
  softmax(x: TfTensor): TfTensor;
  oneHot(x: TfTensor, depth: number): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean): TfTensor;
  moments(x: TfTensor, axis: number, keepDims: boolean): { mean: TfTensor; variance: TfTensor };
  unstack(x: TfTensor): readonly TfTensor[];
  transpose(x: TfTensor, order: readonly number[]): TfTensor;
  readonly fused: {
    matMul(options: {
      a: TfTensor;
      b: TfTensor;
      bias: TfTensor;
      activation: "relu" | "linear";
    }): TfTensor;
    conv2d(options: {
      x: TfTensor;
      filter: TfTensor;
      strides: number;
      pad: "same";
      bias: TfTensor;
    }): TfTensor;
  };
  readonly train: { sgd(rate: number): { minimize(loss: () => TfTensor): void } };
  readonly losses: { softmaxCrossEntropy(labels: TfTensor, logits: TfTensor): TfTensor };
}

interface TfTensor {
  add(other: TfTensor | number): TfTensor;
  sub(other: TfTensor): TfTensor;
  mul(other: TfTensor | number): TfTensor;
  sum(axis: number): TfTensor;
  mean(axis: number): TfTensor;
  reshape(shape: readonly number[]): TfTensor;
  transpose(order: readonly number[]): TfTensor;
  toFloat(): TfTensor;
  dataSync(): Float32Array;
  dispose(): void;
}

type TfVariable = TfTensor;

interface Program {
  readonly run: () => void;
  readonly result: () => Float32Array;
}

/** TensorFlow.js, eager, with its fused matMul and conv2d, temporaries tidied up as its guide asks. */
export const openTfjs: OpenPeer = async ({ variant, directory }) => {
  // The published interface, of which Tfjs is a part.
  const tf = requirePackage(directory, "@tensorflow/tfjs") as Tfjs;
  if (variant === "wasm") {
    const name = "@tensorflow/tfjs-backend-wasm";
    const backend = requirePackage(directory, name) as { setWasmPaths(folder: string): void };
    backend.setWasmPaths(join(directory, "node_modules", name, "dist/"));
  }
  await tf.setBackend(variant);
  await tf.ready();
  if (tf.getBackend() !== variant) return notAvailable(`its backend is ${tf.getBackend()}`);
  return {
    kind: "opened",
    version: packageVersion(directory, "@tensorflow/tfjs"),
    prepare: (workload, operands) => ({
      kind: "prepared",
      ...forKind(programs(tf), workload, operands),
    }),
  };
};

function programs(tf: Tfjs): ForEachKind<Operand, Program> {
  const toTensor = ({ values, shape }: Operand): TfTensor => tf.tensor(values, shape);
  const tidied = (
    compute: () => TfTensor,
    read = (result: TfTensor): Float32Array => result.dataSync(),
  ): Program => {
    let last: TfTensor | null = null;
    return {
      run: () => {
        const next = tf.tidy(compute);
        last?.dispose();
        last = next;
      },
      result: () => read(last ?? tf.tidy(compute)),
    };
  };
  const gelu = (x: TfTensor): TfTensor => tf.erf(x.mul(Math.SQRT1_2)).add(1).mul(x).mul(0.5);
  const layerNorm = (x: TfTensor, weight: TfTensor, bias: TfTensor): TfTensor => {
    const { mean, variance } = tf.moments(x, -1, true);
    return x
      .sub(mean)
      .mul(tf.rsqrt(variance.add(layerNormEpsilon)))
      .mul(weight)
      .add(bias);
  };
  const linear = (
    a: TfTensor,
    b: TfTensor,
    bias: TfTensor,
    activation: "relu" | "linear" = "linear",
  ): TfTensor => tf.fused.matMul({ a, b, bias, activation });
  return {
    chain: (operands) => {
      const [x, c] = [toTensor(operands.x), toTensor(operands.c)];
      const { scale, shift } = chainConstants;
      return tidied(() => gelu(x.mul(scale).add(shift)).mul(tf.sigmoid(c)));
    },
    rowSum: (operands) => {
      const x = toTensor(operands.x);
      return tidied(() => x.sum(1));
    },
    rowMean: (operands) => {
      const x = toTensor(operands.x);
      return tidied(() => x.mean(1));
    },
    softmax: (operands) => {
      const x = toTensor(operands.x);
      return tidied(() => tf.softmax(x));
    },
    layerNorm: (operands) => {
      const [x, weight, bias] = [operands.x, operands.weight, operands.bias].map(toTensor);
      return tidied(() => layerNorm(present(x), present(weight), present(bias)));
    },
    matmul: (operands) => {
      const [a, b] = [toTensor(operands.a), toTensor(operands.b)];
      return tidied(() => tf.matMul(a, b));
    },
    mlpForward: (operands) => {
      const x = toTensor(operands.x);
      const weights = [operands.w0, operands.w1, operands.w2].map(toTensor);
      const biases = [operands.b0, operands.b1, operands.b2].map(toTensor);
      return tidied(() =>
        weights.reduce(
          (value, weight, layer) =>
            linear(value, weight, present(biases[layer]), layer < 2 ? "relu" : "linear"),
          x,
        ),
      );
    },
    mlpTraining: (operands, { sizes }) => {
      const x = toTensor(operands.x);
      const labels = Int32Array.from(operands.labels.values);
      const wanted = tf.oneHot(tf.tensor(labels, [labels.length], "int32"), sizes[3]).toFloat();
      const { w0, b0, w1, b1, w2, b2 } = operands;
      const parameters = [w0, b0, w1, b1, w2, b2].map((one) => tf.variable(toTensor(one)));
      const optimizer = tf.train.sgd(learningRate);
      const loss = (): TfTensor => {
        const logits = [0, 1, 2].reduce((value, layer) => {
          const weight = present(parameters[2 * layer]);
          const sum = tf.matMul(value, weight).add(present(parameters[2 * layer + 1]));
          return layer < 2 ? tf.relu(sum) : sum;
        }, x);
        return tf.losses.softmaxCrossEntropy(wanted, logits);
      };
      return {
        run: () => optimizer.minimize(loss),
        result: () =>
          Float32Array.from(parameters.flatMap((parameter) => [...parameter.dataSync()])),
      };
    },
    convolution: (operands) => {
      // NHWC is its own layout: the inputs are brought into it ahead, the result back when it is looked at.
      const x = tf.transpose(toTensor(operands.x), [0, 2, 3, 1]);
      const filter = tf.transpose(toTensor(operands.weight), [2, 3, 1, 0]);
      const bias = toTensor(operands.bias);
      return tidied(
        () => tf.fused.conv2d({ x, filter, strides: 1, pad: "same", bias }),
        (result) => tf.transpose(result, [0, 3, 1, 2]).dataSync(),
      );
    },
    transformer: (operands, { tokens, features, heads }) => {
      const tensors = Object.entries(operands).map(([name, one]) => [name, toTensor(one)] as const);
      // The same names as the operands'.
      const p = Object.fromEntries(tensors) as Record<keyof typeof operands, TfTensor>;
      const size = features / heads;
      return tidied(() => {
        const qkv = linear(layerNorm(p.x, p.norm1Weight, p.norm1Bias), p.qkvWeight, p.qkvBias);
        const parts = qkv.reshape([tokens, 3, heads, size]).transpose([1, 2, 0, 3]);
        const [query, key, value] = tf.unstack(parts).map(present);
        const scaled = present(query).mul(1 / Math.sqrt(size));
        const scores = tf.softmax(tf.matMul(scaled, present(key), false, true));
        const mixed = tf.matMul(scores, present(value)).transpose([1, 0, 2]);
        const attended = linear(mixed.reshape([tokens, features]), p.outWeight, p.outBias);
        const middle = attended.add(p.x);
        const again = layerNorm(middle, p.norm2Weight, p.norm2Bias);
        return linear(gelu(linear(again, p.upWeight, p.upBias)), p.downWeight, p.downBias).add(
          middle,
        );
      });
    },
    tinyAdds: (operands, { count }) => {
      const [x, y] = [toTensor(operands.x), toTensor(operands.y)];
      return tidied(() => {
        let sum = x;
        for (let i = 0; i < count; i++) {
          const next = tf.add(sum, y);
          // Of no further use: tidy would keep a thousand of them.
          if (sum !== x) sum.dispose();
          sum = next;
        }
        return sum;
      });
    },
  };
}

function present<Item>(item: Item | undefined): Item {
  if (item === undefined) throw new Error("a list of operands is shorter than its workload says");
  return item;
}
