/** Unsigned words whose order is that of the elements: NaN is largest and -0 equals 0. */
import type { ComputeTypeName } from "../../../core/dtype.ts";
import type { FunctionBuilder, Local } from "../../../wasm/function-builder.ts";

/** Keys of 32 bits keep the records of elements small, and so sorting them quick. */
export type KeyType = "i32" | "i64";

interface ElementKeys {
  readonly key: KeyType;
  readonly elementBytes: number;
  /** Loads the element at the address on the stack and leaves its key. */
  readonly emit: (f: FunctionBuilder, bits: Local) => void;
  /** The key that every NaN has, if there are any. */
  readonly hasNaN: boolean;
}

export const elementKeys: Readonly<Record<ComputeTypeName, ElementKeys>> = {
  float32: {
    key: "i32",
    elementBytes: 4,
    hasNaN: true,
    emit: (f, bits) => {
      f.load("i32.load");
      f.set(bits);
      emitFloatKey(f, bits, "i32");
    },
  },
  float64: {
    key: "i64",
    elementBytes: 8,
    hasNaN: true,
    emit: (f, bits) => {
      f.load("i64.load");
      f.set(bits);
      emitFloatKey(f, bits, "i64");
    },
  },
  int64: {
    key: "i64",
    elementBytes: 8,
    hasNaN: false,
    emit: (f) => {
      f.load("i64.load");
      f.i64Const(-(2n ** 63n));
      f.emit("i64.xor");
    },
  },
  int32: {
    key: "i32",
    elementBytes: 4,
    hasNaN: false,
    emit: (f) => {
      f.load("i32.load");
      f.i32Const(-(2 ** 31));
      f.emit("i32.xor");
    },
  },
  uint8: byteKeys(),
  bool: byteKeys(),
};

/** In the upper bits, where the first look for a range of ranks is. */
function byteKeys(): ElementKeys {
  return {
    key: "i32",
    elementBytes: 1,
    hasNaN: false,
    emit: (f) => {
      f.load("i32.load8_u");
      f.i32Const(24);
      f.emit("i32.shl");
    },
  };
}

/**
 * Of negative numbers all bits are turned, so that larger magnitudes come first; of others the sign. Zeros are made
 * equal, and every NaN the largest key.
 */
function emitFloatKey(f: FunctionBuilder, bits: Local, type: KeyType): void {
  const constant = (value: bigint): void => {
    if (type === "i32") f.i32Const(Number(BigInt.asIntN(32, value)));
    else f.i64Const(BigInt.asIntN(64, value));
  };
  const width = type === "i32" ? 32n : 64n;
  const sign = 1n << (width - 1n);
  const infinity = type === "i32" ? 0x7f800000n : 0x7ff0000000000000n;
  constant(-1n);
  // -0 has nothing but its sign.
  constant(sign);
  f.get(bits);
  f.get(bits);
  constant(width - 1n);
  f.emit(`${type}.shr_s`);
  constant(sign);
  f.emit(`${type}.or`);
  f.emit(`${type}.xor`);
  f.get(bits);
  constant(sign);
  f.emit(`${type}.eq`);
  f.emit("select");
  f.get(bits);
  constant(sign - 1n);
  f.emit(`${type}.and`);
  constant(infinity);
  f.emit(`${type}.gt_u`);
  f.emit("select");
}
