/** ONNX's node tests: one operator, its attributes, inputs and outputs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as torch from "../../src/index.ts";
import { bytesOf, type Field, floatsOf, readFields, textsOf, varintsOf } from "./protobuf.ts";

export type Attribute = number | string | readonly number[];

export interface OnnxCase {
  readonly name: string;
  readonly operator: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** null: an optional input that is left out. */
  readonly inputs: readonly (torch.Tensor | null)[];
  readonly outputs: readonly torch.Tensor[];
}

/** Element types of ONNX that have a dtype here. */
const dtypes: Readonly<
  Record<number, readonly [torch.DType, (bytes: ArrayBuffer) => ArrayLike<number | bigint>]>
> = {
  1: [torch.float32, (bytes) => new Float32Array(bytes)],
  2: [torch.uint8, (bytes) => new Uint8Array(bytes)],
  6: [torch.int32, (bytes) => new Int32Array(bytes)],
  7: [torch.int64, (bytes) => new BigInt64Array(bytes)],
  9: [torch.bool, (bytes) => new Uint8Array(bytes)],
  11: [torch.float64, (bytes) => new Float64Array(bytes)],
};

function readTensor(bytes: Uint8Array): torch.Tensor | null {
  const fields = readFields(bytes);
  const shape = varintsOf(fields, 1).map(Number);
  const entry = dtypes[Number(varintsOf(fields, 2)[0] ?? 0n)];
  const [raw] = bytesOf(fields, 9);
  if (entry === undefined || raw === undefined) return null;
  const [dtype, view] = entry;
  const values = Array.from(view(raw.slice().buffer));
  return torch.tensor(values, { dtype }).reshape(shape);
}

function readAttribute(bytes: Uint8Array): readonly [string, Attribute] {
  const fields = readFields(bytes);
  const [name = ""] = textsOf(fields, 1);
  switch (Number(varintsOf(fields, 20)[0] ?? 0n)) {
    case 1:
      return [name, floatsOf(fields, 2)[0] ?? 0];
    case 2:
      return [name, Number(varintsOf(fields, 3)[0] ?? 0n)];
    case 3:
      return [name, textsOf(fields, 4)[0] ?? ""];
    case 6:
      return [name, floatsOf(fields, 7)];
    default:
      return [name, varintsOf(fields, 8).map(Number)];
  }
}

/** The case in a folder; null if it is not one node over dtypes that exist here. */
export function readCase(root: string, name: string): OnnxCase | null {
  const folder = join(root, name);
  const data = join(folder, "test_data_set_0");
  if (!existsSync(join(folder, "model.onnx")) || !existsSync(data)) return null;
  const read = (path: string): Field[] => readFields(new Uint8Array(readFileSync(path)));
  const graph = readFields(bytesOf(read(join(folder, "model.onnx")), 7)[0] ?? new Uint8Array());
  const nodes = bytesOf(graph, 1);
  if (nodes.length !== 1 || nodes[0] === undefined) return null;
  const node = readFields(nodes[0]);
  const names = readdirSync(data);
  const tensors = (kind: string): (torch.Tensor | null)[] =>
    names
      .filter((file) => file.startsWith(kind))
      .map((_, index) =>
        readTensor(new Uint8Array(readFileSync(join(data, `${kind}_${index}.pb`)))),
      );
  const given = tensors("input");
  const outputs = tensors("output");
  if ([...given, ...outputs].includes(null)) return null;
  const inputs = textsOf(node, 1).map((input) => (input === "" ? null : (given.shift() ?? null)));
  return {
    name,
    operator: textsOf(node, 4)[0] ?? "",
    attributes: Object.fromEntries(bytesOf(node, 5).map(readAttribute)),
    inputs,
    outputs: outputs.filter((output) => output !== null),
  };
}
