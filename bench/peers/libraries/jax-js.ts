import type { OpenPeer } from "../peer.ts";
import type { Operand } from "../operands.ts";
import { forKind, type ForEachKind } from "../workload.ts";
import { chainConstants, layerNormEpsilon, learningRate } from "../workloads.ts";
import { installBrowserWorker } from "./browser-worker.ts";
import { importPackage, packageVersion } from "./installed-package.ts";

/** The part of jax-js that the workloads use. A function uses its arguments up; `ref` keeps one for another use. */
interface Jax {
  init(device: string): Promise<unknown>;
  defaultDevice(device: string): void;
  jit<Arguments extends readonly unknown[], Result>(
    fn: (...args: Arguments) => Result,
  ): (...args: Arguments) => Result;
  grad(
    fn: (parameters: JaxArray[], x: JaxArray, labels: JaxArray) => JaxArray,
  ): (parameters: JaxArray[], x: JaxArray, labels: JaxArray) => JaxArray[];
  blockUntilReady(arrays: readonly JaxArray[]): Promise<unknown>;
  readonly numpy: {
    array(values: Float32Array): JaxArray;
    sum(x: JaxArray, axis: number): JaxArray;
    mean(x: JaxArray, axis: number, options?: { readonly keepdims: boolean }): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    reciprocal(x: JaxArray): JaxArray;
    split(x: JaxArray, parts: number, axis: number): JaxArray[];
  };
  readonly nn: {
    gelu(x: JaxArray, options: { readonly approximate: boolean }): JaxArray;
    sigmoid(x: JaxArray): JaxArray;
    relu(x: JaxArray): JaxArray;
    softmax(x: JaxArray, axis: number): JaxArray;
    logSoftmax(x: JaxArray, axis: number): JaxArray;
  };
  readonly lax: {
    convGeneralDilated(
      x: JaxArray,
      kernel: JaxArray,
      strides: readonly number[],
      padding: "SAME",
    ): JaxArray;
  };
}

interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  sum(): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  transpose(order: readonly number[]): JaxArray;
  data(): Promise<Float32Array>;
  blockUntilReady(): Promise<unknown>;
  dispose(): void;
}

interface Program {
  readonly run: () => Promise<void>;
  readonly result: () => Promise<Float32Array>;
}

/** jax-js on its wasm device, all under jit() but the eager adds. It starts threads only where there is a `Worker`. */
export const openJaxJs: OpenPeer = async ({ threads, directory }) => {
  if (threads > 1) installBrowserWorker(threads);
  // The published interface, of which Jax is a part.
  const jax = (await importPackage(directory, "@jax-js/jax")) as Jax;
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return {
    kind: "opened",
    version: packageVersion(directory, "@jax-js/jax"),
    prepare: (workload, operands) => {
      const arrays = Object.fromEntries(
        Object.entries(operands).map(([name, operand]) => [name, toArray(jax, operand)]),
      );
      return { kind: "prepared", ...forKind(programs(jax), workload, arrays) };
    },
  };
};

function toArray({ numpy }: Jax, { values, shape }: Operand): JaxArray {
  // It keeps what it is given.
  return numpy.array(values.slice()).reshape(shape);
}

function programs(jax: Jax): ForEachKind<JaxArray, Program> {
  const { numpy, nn, lax } = jax;
  const gelu = (x: JaxArray): JaxArray => nn.gelu(x, { approximate: false });
  const layerNorm = (x: JaxArray, weight: JaxArray, bias: JaxArray): JaxArray => {
    const mean = numpy.mean(x.ref, -1, { keepdims: true });
    const centred = x.sub(mean);
    const variance = numpy.mean(centred.ref.mul(centred.ref), -1, { keepdims: true });
    return centred
      .mul(numpy.reciprocal(numpy.sqrt(variance.add(layerNormEpsilon))))
      .mul(weight)
      .add(bias);
  };
  const keeping = (call: () => JaxArray): Program => {
    let last: JaxArray | null = null;
    return {
      run: async () => {
        const next = call();
        await next.blockUntilReady();
        last?.dispose();
        last = next;
      },
      result: () => (last ?? call()).ref.data(),
    };
  };
  const jitted = (fn: (...args: JaxArray[]) => JaxArray, ...args: readonly JaxArray[]): Program => {
    const call = jax.jit(fn);
    return keeping(() => call(...args.map((arg) => arg.ref)));
  };
  return {
    chain: ({ x, c }) =>
      jitted(
        (x: JaxArray, c: JaxArray) =>
          gelu(x.mul(chainConstants.scale).add(chainConstants.shift)).mul(nn.sigmoid(c)),
        x,
        c,
      ),
    rowSum: ({ x }) => jitted((x: JaxArray) => numpy.sum(x, 1), x),
    rowMean: ({ x }) => jitted((x: JaxArray) => numpy.mean(x, 1), x),
    softmax: ({ x }) => jitted((x: JaxArray) => nn.softmax(x, -1), x),
    layerNorm: ({ x, weight, bias }) => jitted(layerNorm, x, weight, bias),
    matmul: ({ a, b }) => jitted((a: JaxArray, b: JaxArray) => numpy.matmul(a, b), a, b),
    mlpForward: ({ x, w0, b0, w1, b1, w2, b2 }) =>
      jitted((x: JaxArray, ...p: JaxArray[]) => logits(jax, x, p), x, w0, b0, w1, b1, w2, b2),
    mlpTraining: ({ x, w0, b0, w1, b1, w2, b2, labels }, { batch }) => {
      const loss = (p: JaxArray[], x: JaxArray, wanted: JaxArray): JaxArray =>
        nn
          .logSoftmax(logits(jax, x, p), -1)
          .mul(wanted)
          .sum()
          .mul(-1 / batch);
      const gradient = jax.grad(loss);
      const step = jax.jit((p: JaxArray[], x: JaxArray, wanted: JaxArray): JaxArray[] => {
        const gradients = gradient(
          p.map((one) => one.ref),
          x,
          wanted,
        );
        return p.map((one, i) => one.sub(present(gradients[i]).mul(learningRate)));
      });
      let parameters = [w0, b0, w1, b1, w2, b2];
      let wanted: JaxArray | null = null;
      return {
        run: async () => {
          wanted ??= await oneHot(jax, labels, batch);
          parameters = step(parameters, x.ref, wanted.ref);
          await jax.blockUntilReady(parameters);
        },
        result: async () => {
          const values = await Promise.all(parameters.map((parameter) => parameter.ref.data()));
          return Float32Array.from(values.flatMap((part) => [...part]));
        },
      };
    },
    convolution: ({ x, weight, bias }, { filters }) =>
      jitted(
        (x: JaxArray, weight: JaxArray, bias: JaxArray) =>
          lax.convGeneralDilated(x, weight, [1, 1], "SAME").add(bias.reshape([1, filters, 1, 1])),
        x,
        weight,
        bias,
      ),
    transformer: (operands, { tokens, features, heads }) => {
      const size = features / heads;
      const { x, ...p } = operands;
      const block = (
        x: JaxArray,
        norm1Weight: JaxArray,
        norm1Bias: JaxArray,
        qkvWeight: JaxArray,
        qkvBias: JaxArray,
        outWeight: JaxArray,
        outBias: JaxArray,
        norm2Weight: JaxArray,
        norm2Bias: JaxArray,
        upWeight: JaxArray,
        upBias: JaxArray,
        downWeight: JaxArray,
        downBias: JaxArray,
      ): JaxArray => {
        const normalised = layerNorm(x.ref, norm1Weight, norm1Bias);
        const qkv = numpy.matmul(normalised, qkvWeight).add(qkvBias);
        const [query, key, value] = numpy
          .split(qkv.reshape([tokens, 3, heads, size]), 3, 1)
          .map((part) => part.reshape([tokens, heads, size]).transpose([1, 0, 2]));
        const scaled = present(query).mul(1 / Math.sqrt(size));
        const scores = numpy.matmul(scaled, present(key).transpose([0, 2, 1]));
        const mixed = numpy.matmul(nn.softmax(scores, -1), present(value));
        const attended = mixed.transpose([1, 0, 2]).reshape([tokens, features]);
        const middle = numpy.matmul(attended, outWeight).add(outBias).add(x);
        const again = layerNorm(middle.ref, norm2Weight, norm2Bias);
        const up = gelu(numpy.matmul(again, upWeight).add(upBias));
        return numpy.matmul(up, downWeight).add(downBias).add(middle);
      };
      const { norm1Weight, norm1Bias, qkvWeight, qkvBias, outWeight, outBias } = p;
      const { norm2Weight, norm2Bias, upWeight, upBias, downWeight, downBias } = p;
      return jitted(
        block,
        x,
        norm1Weight,
        norm1Bias,
        qkvWeight,
        qkvBias,
        outWeight,
        outBias,
        norm2Weight,
        norm2Bias,
        upWeight,
        upBias,
        downWeight,
        downBias,
      );
    },
    // Eager, as tfjs's are.
    tinyAdds: ({ x, y }, { count }) =>
      keeping(() => {
        let sum = x.ref;
        for (let i = 0; i < count; i++) sum = sum.add(y.ref);
        return sum;
      }),
  };
}

function logits({ numpy, nn }: Jax, x: JaxArray, parameters: readonly JaxArray[]): JaxArray {
  // In the order of the operands: weight, bias, weight, bias, weight, bias.
  return [0, 1, 2].reduce((value, layer) => {
    const product = numpy.matmul(value, present(parameters[2 * layer]));
    const sum = product.add(present(parameters[2 * layer + 1]));
    return layer < 2 ? nn.relu(sum) : sum;
  }, x);
}

async function oneHot({ numpy }: Jax, labels: JaxArray, batch: number): Promise<JaxArray> {
  const classes = await labels.ref.data();
  const count = Math.max(...classes) + 1;
  const values = new Float32Array(batch * count);
  classes.forEach((label, i) => (values[i * count + label] = 1));
  return numpy.array(values).reshape([batch, count]);
}

function present<Item>(item: Item | undefined): Item {
  if (item === undefined) throw new Error("a list of arrays is shorter than its workload says");
  return item;
}
