import { readFileSync } from "node:fs";

import { fillBernoulli, fillBernoulliEach } from "../../src/core/random/fill-bernoulli.ts";
import { fillExponential } from "../../src/core/random/fill-exponential.ts";
import {
  fillIntegers,
  fillUnbounded,
  unboundedDraws,
} from "../../src/core/random/fill-integers.ts";
import type { IntegerTarget } from "../../src/core/random/fill-integers.ts";
import { fillNormal, fillNormalOneByOne } from "../../src/core/random/fill-normal.ts";
import { fillPermutation } from "../../src/core/random/fill-permutation.ts";
import { fillUniform } from "../../src/core/random/fill-uniform.ts";
import type { Generator } from "../../src/core/random/generator.ts";
import { sampleWithReplacement } from "../../src/core/random/sample-with-replacement.ts";

type DtypeName = Exclude<keyof typeof unboundedDraws, "float16" | "bfloat16">;

/** One call recorded from PyTorch; the numbers in `values` are exact (see record-random.py). */
export type RecordedCall = {
  readonly values: readonly (string | number)[];
  readonly after: EnginePosition;
} & (
  | { fill: "uniform"; length: number; dtype: DtypeName; from: number; to: number }
  | { fill: "normal"; length: number; dtype: DtypeName; mean: number; std: number }
  | { fill: "stridedNormal"; length: number; dtype: DtypeName }
  | { fill: "integers"; length: number; dtype: DtypeName; from: string; to: string }
  | { fill: "unbounded"; length: number; dtype: DtypeName }
  | { fill: "permutation"; length: number; dtype: DtypeName }
  | { fill: "bernoulli"; length: number; dtype: DtypeName; probability: number }
  | { fill: "bernoulliEach"; dtype: DtypeName; probabilities: readonly number[] }
  | { fill: "exponential"; length: number; dtype: DtypeName; lambda: number }
  | { fill: "replacement"; length: number; dtype: DtypeName; weights: readonly number[] }
);

/** Where the engine stands after a call: proves how many draws the call took. */
export interface EnginePosition {
  readonly left: number;
  readonly next: number;
  readonly hasNormal: boolean;
}

interface Recording {
  readonly sequences: readonly {
    readonly seed: string;
    readonly initialSeed: string;
    readonly calls: readonly RecordedCall[];
  }[];
  readonly fresh: { readonly initialSeed: string; readonly uniform: readonly string[] };
  readonly state: { readonly bytes: string; readonly randnAfter: readonly string[] };
}

const file = new URL("../golden-values/random.json", import.meta.url);
// The shape is that of record-random.py, which writes the file.
export const recording = JSON.parse(readFileSync(file, "utf8")) as Recording;

/** Makes the recorded call here. */
export function replay(call: RecordedCall, generator: Generator): IntegerTarget {
  switch (call.fill) {
    case "uniform": {
      const out = floats(call.dtype, call.length);
      fillUniform(out, call.from, call.to, generator);
      return out;
    }
    case "normal": {
      const out = floats(call.dtype, call.length);
      fillNormal(out, call.mean, call.std, generator);
      return out;
    }
    case "stridedNormal": {
      const out = floats(call.dtype, call.length);
      fillNormalOneByOne(out, 0, 1, generator);
      return out;
    }
    case "integers": {
      const out = memory(call.dtype, call.length);
      fillIntegers(out, BigInt(call.from), BigInt(call.to), generator);
      return out;
    }
    case "unbounded": {
      const out = memory(call.dtype, call.length);
      fillUnbounded(out, unboundedDraws[call.dtype], generator);
      return out;
    }
    case "permutation": {
      const out = memory(call.dtype, call.length);
      fillPermutation(out, generator);
      return out;
    }
    case "bernoulli": {
      const out = memory(call.dtype, call.length);
      fillBernoulli(out, call.probability, generator);
      return out;
    }
    case "bernoulliEach": {
      const probabilities = floats(call.dtype, call.probabilities.length);
      probabilities.set(call.probabilities);
      const out = memory(call.dtype, call.probabilities.length);
      fillBernoulliEach(out, probabilities, generator);
      return out;
    }
    case "exponential": {
      const out = floats(call.dtype, call.length);
      fillExponential(out, call.lambda, generator);
      return out;
    }
    case "replacement": {
      const weights = floats(call.dtype, call.weights.length);
      weights.set(call.weights);
      const out = new BigInt64Array(call.length);
      sampleWithReplacement(out, weights, generator);
      return out;
    }
  }
}

/** The recorded values as plain numbers or bigints. */
export function recordedValues(
  values: readonly (string | number)[],
  isFloat: boolean,
): readonly (number | bigint)[] {
  return values.map((value) => {
    if (typeof value === "number") return value;
    return isFloat ? Buffer.from(value, "hex").readDoubleBE(0) : BigInt(value);
  });
}

function floats(dtype: DtypeName, length: number): Float32Array | Float64Array {
  return dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
}

function memory(dtype: DtypeName, length: number): IntegerTarget {
  switch (dtype) {
    case "float32":
    case "float64":
      return floats(dtype, length);
    case "int64":
      return new BigInt64Array(length);
    case "int32":
      return new Int32Array(length);
    case "uint8":
    case "bool":
      return new Uint8Array(length);
  }
}
