/** A graph in the words of the ONNX format, and its encoding: protocol buffers, written by hand. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly constants: Readonly<Record<string, OnnxConstant>>;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

type OnnxAttribute =
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "integers"; readonly values: readonly number[] }
  | { readonly kind: "float"; readonly value: number };

export interface OnnxConstant {
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

const opset = 20;
const irVersion = 9;

/** The bytes of a `ModelProto`; the field numbers are those of onnx.proto. */
export function encodeOnnxModel({ nodes, constants, inputs, outputs }: OnnxModel): Uint8Array {
  const graph = join([
    ...nodes.map((node) => message(1, encodeNode(node))),
    text(2, "graph"),
    ...Object.entries(constants).map(([name, value]) => message(5, encodeConstant(name, value))),
    ...Object.entries(inputs).map(([name, shape]) => message(11, encodeFloatValue(name, shape))),
    ...Object.entries(outputs).map(([name, shape]) => message(12, encodeFloatValue(name, shape))),
  ]);
  const operatorSet = join([text(1, ""), integer(2, opset)]);
  return join([integer(1, irVersion), message(7, graph), message(8, operatorSet)]);
}

function encodeNode({ operator, inputs, outputs, attributes = {} }: OnnxNode): Uint8Array {
  return join([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) => message(5, encodeAttribute(name, value))),
  ]);
}

function encodeAttribute(name: string, attribute: OnnxAttribute): Uint8Array {
  const head = text(1, name);
  switch (attribute.kind) {
    case "float":
      return join([head, float(2, attribute.value), integer(20, 1)]);
    case "integer":
      return join([head, integer(3, attribute.value), integer(20, 2)]);
    case "integers":
      return join([head, ...attribute.values.map((value) => integer(8, value)), integer(20, 7)]);
  }
}

const [floatType, int64Type] = [1, 7];

function encodeConstant(name: string, { shape, values }: OnnxConstant): Uint8Array {
  return join([
    ...shape.map((size) => integer(1, size)),
    integer(2, values instanceof BigInt64Array ? int64Type : floatType),
    text(8, name),
    message(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ]);
}

function encodeFloatValue(name: string, shape: readonly number[]): Uint8Array {
  const sizes = join(shape.map((size) => message(1, integer(1, size))));
  const tensorType = join([integer(1, floatType), message(2, sizes)]);
  return join([text(1, name), message(2, message(1, tensorType))]);
}

function text(field: number, value: string): Uint8Array {
  return message(field, new TextEncoder().encode(value));
}

function message(field: number, content: Uint8Array): Uint8Array {
  return join([varint(BigInt((field << 3) | 2)), varint(BigInt(content.length)), content]);
}

function integer(field: number, value: number): Uint8Array {
  return join([varint(BigInt(field << 3)), varint(BigInt.asUintN(64, BigInt(value)))]);
}

function float(field: number, value: number): Uint8Array {
  return join([varint(BigInt((field << 3) | 5)), new Uint8Array(Float32Array.of(value).buffer)]);
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 128);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
