/** Numbers that kernels draw in their memory against the same distributions drawn by plain JavaScript. */
import { expect, test } from "vitest";

import * as torch from "fullgraph";
import { fillBernoulli } from "../../src/core/random/fill-bernoulli.ts";
import { fillExponential } from "../../src/core/random/fill-exponential.ts";
import { fillIntegers } from "../../src/core/random/fill-integers.ts";
import { fillNormal } from "../../src/core/random/fill-normal.ts";
import { fillPermutation } from "../../src/core/random/fill-permutation.ts";
import { fillUniform } from "../../src/core/random/fill-uniform.ts";
import { Generator } from "../../src/core/random/generator.ts";
import type { TypedArray } from "../../src/core/storage.ts";

interface Distribution {
  readonly name: string;
  readonly draw: (count: number, generator: torch.Generator) => torch.Tensor;
  /** The same on an array that kernels cannot reach. */
  readonly plain: (count: number, generator: Generator) => TypedArray;
}

function filled<Out extends TypedArray>(out: Out, fill: (out: Out) => void): Out {
  fill(out);
  return out;
}

const distributions: readonly Distribution[] = [
  {
    name: "rand",
    draw: (count, generator) => torch.rand(count, { generator }),
    plain: (count, generator) =>
      filled(new Float32Array(count), (out) => fillUniform(out, 0, 1, generator)),
  },
  {
    name: "uniform_ between bounds",
    draw: (count, generator) => torch.empty(count).uniform_(-1, 3, { generator }),
    plain: (count, generator) =>
      filled(new Float32Array(count), (out) => fillUniform(out, -1, 3, generator)),
  },
  {
    name: "rand float64",
    draw: (count, generator) => torch.rand(count, { generator, dtype: torch.float64 }),
    plain: (count, generator) =>
      filled(new Float64Array(count), (out) => fillUniform(out, 0, 1, generator)),
  },
  {
    name: "randn",
    draw: (count, generator) => torch.randn(count, { generator }),
    plain: (count, generator) =>
      filled(new Float32Array(count), (out) => fillNormal(out, 0, 1, generator)),
  },
  {
    name: "normal_ with mean and deviation",
    draw: (count, generator) => torch.empty(count).normal_(2, 0.3, { generator }),
    plain: (count, generator) =>
      filled(new Float32Array(count), (out) => fillNormal(out, 2, 0.3, generator)),
  },
  {
    name: "randint",
    draw: (count, generator) => torch.randint(-5, 1000, [count], { generator }),
    plain: (count, generator) =>
      filled(new BigInt64Array(count), (out) => fillIntegers(out, -5n, 1000n, generator)),
  },
  {
    name: "randint beyond 32 bits",
    draw: (count, generator) => torch.randint(-(2 ** 40), 2 ** 40, [count], { generator }),
    plain: (count, generator) =>
      filled(new BigInt64Array(count), (out) =>
        fillIntegers(out, -(2n ** 40n), 2n ** 40n, generator),
      ),
  },
  {
    name: "randperm",
    draw: (count, generator) => torch.randperm(count, { generator }),
    plain: (count, generator) =>
      filled(new BigInt64Array(count), (out) => fillPermutation(out, generator)),
  },
  {
    name: "bernoulli_",
    draw: (count, generator) => torch.empty(count).bernoulli_(0.3, { generator }),
    plain: (count, generator) =>
      filled(new Float32Array(count), (out) => fillBernoulli(out, 0.3, generator)),
  },
  {
    name: "exponential_",
    draw: (count, generator) => torch.empty(count).exponential_(2, { generator }),
    plain: (count, generator) =>
      filled(new Float32Array(count), (out) => fillExponential(out, 2, generator)),
  },
];

// Around the sizes of a cycle of the engine, a chunk and a block, and long enough for several threads.
const counts = [300, 623, 624, 625, 1247, 1249, 2048, 4099, 40_003];

test.each(distributions)("$name of any length is what it is without kernels", ({ draw, plain }) => {
  const inKernels = new torch.Generator().manual_seed(7);
  const outside = new Generator().manual_seed(7);
  for (const count of counts) {
    const drawn = draw(count, inKernels).toTypedArray();
    expect(Buffer.compare(bytesOf(drawn), bytesOf(plain(count, outside))), `${count}`).toBe(0);
  }
  expect(inKernels.stateBytes()).toEqual(outside.stateBytes());
});

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
