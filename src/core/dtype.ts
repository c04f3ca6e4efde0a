/** Element types: one row per dtype, everything the project knows about it. */

import { bfloat16Words, float16Words, type WordFormat } from "./word-format.ts";

/** What values are computed in. */
export type ComputeTypeName = "float32" | "float64" | "int64" | "int32" | "uint8" | "bool";

/** Floats of 16 bits: elements are stored in them, and computed with in float32. */
export type WordTypeName = "float16" | "bfloat16";

export type DTypeName = ComputeTypeName | WordTypeName;

/** What a dtype promotes by: bool < integer < float. */
export type DTypeCategory = "bool" | "integer" | "float";

interface DTypeFacts {
  readonly category: DTypeCategory;
  readonly itemsize: number;
  readonly is_signed: boolean;
  /** The name PyTorch's messages use: "result type Float can't be cast …". */
  readonly scalarTypeName: string;
  /** The C++ name in PyTorch's conversion messages. */
  readonly cppName: string;
  /** How elements are words of 16 bits, for dtypes that are only stored. */
  readonly words?: WordFormat;
}

export function isWordType(name: DTypeName): name is WordTypeName {
  return name === "float16" || name === "bfloat16";
}

/** An element type such as `torch.float32`. There is one object per dtype: compare with `===`. */
export class DType {
  readonly name: DTypeName;
  readonly category: DTypeCategory;
  readonly itemsize: number;
  readonly is_signed: boolean;
  readonly is_floating_point: boolean;
  readonly scalarTypeName: string;
  readonly cppName: string;
  /** What its values are computed in: itself, or float32 for floats of 16 bits. */
  readonly computeName: ComputeTypeName;
  /** Null: elements are stored as themselves. */
  readonly words: WordFormat | null;

  constructor(name: DTypeName, facts: DTypeFacts) {
    this.name = name;
    this.category = facts.category;
    this.itemsize = facts.itemsize;
    this.is_signed = facts.is_signed;
    this.is_floating_point = facts.category === "float";
    this.scalarTypeName = facts.scalarTypeName;
    this.cppName = facts.cppName;
    this.computeName = isWordType(name) ? "float32" : name;
    this.words = facts.words ?? null;
    Object.freeze(this);
  }

  toString(): string {
    return `torch.${this.name}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

export const float32 = new DType("float32", {
  category: "float",
  itemsize: 4,
  is_signed: true,
  scalarTypeName: "Float",
  cppName: "float",
});
export const float64 = new DType("float64", {
  category: "float",
  itemsize: 8,
  is_signed: true,
  scalarTypeName: "Double",
  cppName: "double",
});
export const float16 = new DType("float16", {
  category: "float",
  itemsize: 2,
  is_signed: true,
  scalarTypeName: "Half",
  cppName: "c10::Half",
  words: float16Words,
});
export const bfloat16 = new DType("bfloat16", {
  category: "float",
  itemsize: 2,
  is_signed: true,
  scalarTypeName: "BFloat16",
  cppName: "c10::BFloat16",
  words: bfloat16Words,
});
export const int64 = new DType("int64", {
  category: "integer",
  itemsize: 8,
  is_signed: true,
  scalarTypeName: "Long",
  cppName: "int64_t",
});
export const int32 = new DType("int32", {
  category: "integer",
  itemsize: 4,
  is_signed: true,
  scalarTypeName: "Int",
  cppName: "int",
});
export const uint8 = new DType("uint8", {
  category: "integer",
  itemsize: 1,
  is_signed: false,
  scalarTypeName: "Byte",
  cppName: "uint8_t",
});
export const bool = new DType("bool", {
  category: "bool",
  itemsize: 1,
  is_signed: false,
  scalarTypeName: "Bool",
  cppName: "bool",
});

/** Every dtype by name. */
export const dtypes: Readonly<Record<DTypeName, DType>> = Object.freeze({
  float32,
  float64,
  float16,
  bfloat16,
  int64,
  int32,
  uint8,
  bool,
});
