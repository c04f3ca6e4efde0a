import type { Operand } from "../operands.ts";
import { forKind, type ForEachKind, type Workload } from "../workload.ts";
import { chainConstants, layerNormEpsilon } from "../workloads.ts";
import type { OnnxConstant, OnnxModel, OnnxNode } from "./onnx-model.ts";

/** A workload as an ONNX graph with the output "result"; null where ONNX has no words for it. Weights are constants. */
export function onnxWorkload(
  workload: Workload,
  operands: Readonly<Record<string, Operand>>,
): OnnxModel | null {
  const graph = forKind(graphs, workload, operands);
  if (graph === null) return null;
  const given = Object.entries(operands);
  const shapes = given.filter(([, { role }]) => role === "input");
  const weights = given.filter(([, { role }]) => role === "weight");
  return {
    nodes: graph.nodes,
    constants: { ...graph.constants, ...Object.fromEntries(weights) },
    inputs: Object.fromEntries(shapes.map(([name, { shape }]) => [name, shape])),
    outputs: { result: graph.shape },
  };
}

interface OnnxGraph {
  readonly shape: readonly number[];
  readonly nodes: readonly OnnxNode[];
  readonly constants?: Readonly<Record<string, OnnxConstant>>;
}

const graphs: ForEachKind<Operand, OnnxGraph | null> = {
  chain: (_, { size }) => ({
    shape: [size],
    nodes: [
      node("Mul", "x scale", "scaled"),
      node("Add", "scaled shift", "shifted"),
      node("Gelu", "shifted", "activated"),
      node("Sigmoid", "c", "gate"),
      node("Mul", "activated gate", "result"),
    ],
    constants: { scale: scalar(chainConstants.scale), shift: scalar(chainConstants.shift) },
  }),
  rowSum: (_, { rows }) => reduction("ReduceSum", rows),
  rowMean: (_, { rows }) => reduction("ReduceMean", rows),
  softmax: (_, { rows, columns }) => ({
    shape: [rows, columns],
    nodes: [node("Softmax", "x", "result", { axis: { kind: "integer", value: 1 } })],
  }),
  layerNorm: (_, { rows, columns }) => ({
    shape: [rows, columns],
    nodes: [layerNorm("x weight bias", "result")],
  }),
  matmul: (_, { m, n }) => ({ shape: [m, n], nodes: [node("MatMul", "a b", "result")] }),
  mlpForward: (_, { batch, sizes }) => ({
    shape: [batch, sizes[3]],
    nodes: [
      node("Gemm", "x w0 b0", "sum0"),
      node("Relu", "sum0", "relu0"),
      node("Gemm", "relu0 w1 b1", "sum1"),
      node("Relu", "sum1", "relu1"),
      node("Gemm", "relu1 w2 b2", "result"),
    ],
  }),
  mlpTraining: () => null,
  convolution: (_, { batch, filters, height, width }) => ({
    shape: [batch, filters, height, width],
    nodes: [
      node("Conv", "x weight bias", "result", {
        pads: { kind: "integers", values: [1, 1, 1, 1] },
        kernel_shape: { kind: "integers", values: [3, 3] },
      }),
    ],
  }),
  transformer: (_, { tokens, features, heads }) => {
    const size = features / heads;
    // [tokens, 1, heads, size] as the three thirds of qkv leave the split.
    const byHead = { perm: { kind: "integers", values: [1, 2, 0, 3] } } as const;
    const transposedByHead = { perm: { kind: "integers", values: [1, 2, 3, 0] } } as const;
    return {
      shape: [tokens, features],
      nodes: [
        layerNorm("x norm1Weight norm1Bias", "normalised"),
        node("MatMul", "normalised qkvWeight", "qkvProduct"),
        node("Add", "qkvProduct qkvBias", "qkv"),
        node("Reshape", "qkv splitShape", "parts"),
        node("Split", "parts", "queryPart keyPart valuePart", {
          axis: { kind: "integer", value: 1 },
          num_outputs: { kind: "integer", value: 3 },
        }),
        node("Transpose", "queryPart", "query", byHead),
        node("Transpose", "keyPart", "key", transposedByHead),
        node("Transpose", "valuePart", "value", byHead),
        node("Mul", "query queryScale", "scaledQuery"),
        node("MatMul", "scaledQuery key", "scores"),
        node("Softmax", "scores", "shares", { axis: { kind: "integer", value: -1 } }),
        node("MatMul", "shares value", "mixed"),
        node("Transpose", "mixed", "mixedByToken", {
          perm: { kind: "integers", values: [0, 2, 1, 3] },
        }),
        node("Reshape", "mixedByToken joinedShape", "attended"),
        node("MatMul", "attended outWeight", "outProduct"),
        node("Add", "outProduct outBias", "out"),
        node("Add", "out x", "middle"),
        layerNorm("middle norm2Weight norm2Bias", "again"),
        node("MatMul", "again upWeight", "upProduct"),
        node("Add", "upProduct upBias", "up"),
        node("Gelu", "up", "activated"),
        node("MatMul", "activated downWeight", "downProduct"),
        node("Add", "downProduct downBias", "down"),
        node("Add", "down middle", "result"),
      ],
      constants: {
        splitShape: integers([tokens, 3, heads, size]),
        joinedShape: integers([tokens, features]),
        queryScale: scalar(1 / Math.sqrt(size)),
      },
    };
  },
  tinyAdds: (_, { size, count }) => ({
    shape: [size],
    nodes: Array.from({ length: count }, (__, i) =>
      node("Add", `${i === 0 ? "x" : `sum${i}`} y`, i === count - 1 ? "result" : `sum${i + 1}`),
    ),
  }),
};

function reduction(operator: "ReduceSum" | "ReduceMean", rows: number): OnnxGraph {
  const attributes = { keepdims: { kind: "integer", value: 0 } } as const;
  return {
    shape: [rows],
    nodes: [node(operator, "x axes", "result", attributes)],
    constants: { axes: integers([1]) },
  };
}

function layerNorm(inputs: string, output: string): OnnxNode {
  return node("LayerNormalization", inputs, output, {
    axis: { kind: "integer", value: -1 },
    epsilon: { kind: "float", value: layerNormEpsilon },
  });
}

/** Names are separated by spaces. */
function node(
  operator: string,
  inputs: string,
  outputs: string,
  attributes: NonNullable<OnnxNode["attributes"]> = {},
): OnnxNode {
  return { operator, inputs: inputs.split(" "), outputs: outputs.split(" "), attributes };
}

function scalar(value: number): OnnxConstant {
  return { shape: [], values: Float32Array.of(value) };
}

function integers(values: readonly number[]): OnnxConstant {
  return { shape: [values.length], values: BigInt64Array.from(values.map(BigInt)) };
}
