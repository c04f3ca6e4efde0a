import { readFileSync } from "node:fs";

import * as torch from "fullgraph";

/** A value as recorder.py writes it. */
export type Encoded =
  | number
  | boolean
  | string
  | null
  | { readonly number: string }
  | { readonly bigint: string }
  | { readonly dtype: string }
  | EncodedTensor
  | readonly Encoded[];

export interface EncodedTensor {
  readonly tensor: string;
  readonly shape: readonly number[];
  readonly values: readonly Encoded[];
}

/** A call of real PyTorch and what came of it. A name with a dot is a method of the first argument. */
export interface RecordedCall {
  readonly call: string;
  readonly args: readonly Encoded[];
  readonly kwargs?: Readonly<Record<string, Encoded>>;
  readonly gives?: Encoded;
  readonly raises?: string;
  readonly message?: string;
  /** The seed that was set before the call. */
  readonly seed?: number;
  /** The arguments as the call left them, for functions that write to them. */
  readonly after?: readonly Encoded[];
}

interface Recording {
  readonly groups: Readonly<Record<string, readonly RecordedCall[]>>;
}

export const groups = {
  ...readRecording("calls.json"),
  ...readRecording("nn.json"),
  ...readRecording("half.json"),
};

function readRecording(name: string): Recording["groups"] {
  // The shape is that of recorder.py, which writes the file.
  const recording = JSON.parse(
    readFileSync(new URL(`./${name}`, import.meta.url), "utf8"),
  ) as Recording;
  return recording.groups;
}

/** One line that tells calls apart in test reports. */
export function titleOf({ call, args, kwargs, seed }: RecordedCall): string {
  const words = args.map(describeEncoded);
  if (seed !== undefined) words.push(`seed ${seed}`);
  if (kwargs !== undefined) words.push(JSON.stringify(kwargs));
  return `${call}(${words.join(", ")})`;
}

function describeEncoded(value: Encoded): string {
  if (Array.isArray(value)) return `[${value.map(describeEncoded).join(", ")}]`;
  if (isTensor(value)) {
    const values = value.values.length > 8 ? "…" : value.values.map(describeEncoded).join(" ");
    return `${value.tensor}[${value.shape.join(",")}](${values})`;
  }
  return JSON.stringify(value);
}

/** `inputs`: the positional arguments, after the call. */
type Outcome =
  | { readonly returned: unknown; readonly inputs: readonly unknown[] }
  | { readonly thrown: unknown };

/** Makes the call here; gives what it returned, or the error it threw. */
export function perform({ call, args, kwargs, seed }: RecordedCall): Outcome {
  const values = args.map(decode);
  const inputs = [...values];
  if (kwargs !== undefined) {
    values.push(
      Object.fromEntries(Object.entries(kwargs).map(([name, value]) => [name, decode(value)])),
    );
  }
  if (seed !== undefined) torch.manual_seed(seed);
  try {
    if (!call.startsWith(".")) return { returned: publicFunction(call)(...values), inputs };
    const [self, ...rest] = values;
    return { returned: functionNamed(self, call.slice(1)).apply(self, rest), inputs };
  } catch (error) {
    return { thrown: error };
  }
}

/** Functions that PyTorch has in two places are here in one. */
function publicFunction(name: string): AnyFunction {
  if (name.startsWith("nn.functional."))
    return functionNamed(torch.nn.functional, name.slice("nn.functional.".length));
  return name in torch ? functionNamed(torch, name) : functionNamed(torch.nn.functional, name);
}

type AnyFunction = (...values: readonly unknown[]) => unknown;

function functionNamed(owner: unknown, name: string): AnyFunction {
  const value: unknown =
    typeof owner === "object" && owner !== null ? Reflect.get(owner, name) : undefined;
  if (typeof value !== "function") throw new Error(`there is no ${name}`);
  return value as AnyFunction; // a function, by the line above; the calls come from the recording
}

function decode(value: Encoded): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null) return value;
  if ("tensor" in value) return decodeTensor(value);
  if ("dtype" in value) return Reflect.get(torch, value.dtype);
  if ("number" in value) return Number(value.number);
  if ("bigint" in value) return BigInt(value.bigint);
  return value;
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
} as const;

function decodeTensor({ tensor, shape, values }: EncodedTensor): torch.Tensor {
  const flat = values.map(decode);
  if (tensor === "bool")
    return torch.tensor(flat.map(Boolean), { dtype: torch.bool }).reshape([...shape]);
  if (tensor === "int64") {
    return torch
      .tensor(
        BigInt64Array.from(
          flat.map((value) => BigInt(Number(value) === value ? value : String(value))),
        ),
      )
      .reshape([...shape]);
  }
  if (tensor === "float16" || tensor === "bfloat16") {
    const dtype = tensor === "float16" ? torch.float16 : torch.bfloat16;
    return torch.tensor(flat.map(Number), { dtype }).reshape([...shape]);
  }
  // The other dtypes of a recording are those of `arrays`.
  const TypedArray = arrays[tensor as Exclude<keyof typeof arrays, "int64">];
  return torch.tensor(TypedArray.from(flat.map(Number))).reshape([...shape]);
}

function isTensor(value: Encoded): value is EncodedTensor {
  return typeof value === "object" && value !== null && "tensor" in value;
}

/** What a result is, in the form of the recording, with numbers decoded. */
export function describe(value: unknown): unknown {
  if (value instanceof torch.Tensor) {
    const flat = [...value.detach().reshape(-1).toTypedArray()].map((raw) => {
      return value.dtype === torch.bool ? Boolean(raw) : plain(raw);
    });
    return { tensor: value.dtype.name, shape: [...value.shape], values: flat };
  }
  if (value instanceof torch.DType) return value;
  if (Array.isArray(value)) return value.map(describe);
  return value;
}

/** The recorded result with its numbers decoded. */
export function describeRecorded(value: Encoded | undefined): unknown {
  if (Array.isArray(value)) return value.map(describeRecorded);
  if (value !== undefined && isTensor(value)) {
    return {
      tensor: value.tensor,
      shape: value.shape,
      values: value.values.map((element) => plain(decode(element))),
    };
  }
  return value === undefined ? undefined : decode(value);
}

function plain(value: unknown): unknown {
  return typeof value === "bigint" &&
    BigInt(Number(value)) === value &&
    Math.abs(Number(value)) < 2 ** 53
    ? Number(value)
    : value;
}
