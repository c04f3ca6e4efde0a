import { RuntimeError } from "../../base/errors.ts";
import { float32, float64, int64 } from "../../core/dtype.ts";
import { arrayOf, copyElements } from "../../core/elements.ts";
import { adoptArray } from "../../core/make-tensor.ts";
import { fillExponential } from "../../core/random/fill-exponential.ts";
import type { Generator } from "../../core/random/generator.ts";
import { sampleWithReplacement } from "../../core/random/sample-with-replacement.ts";
import { prepareRandomKernels } from "../../core/random/kernels/random-kernels.ts";
import { at } from "../../core/shape.ts";
import { type TypedArray } from "../../core/storage.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { runOp } from "../run-op.ts";
import { topk } from "../sort/sort.ts";
import { generatorArg, generatorOrDefault } from "./generator-arg.ts";
import { floatElements } from "./memory-order.ts";

type Floats = Float32Array | Float64Array;

export const multinomial = defineOp({
  name: "multinomial",
  api: ["torch.multinomial", "Tensor.multinomial"],
  checksData: true,
  args: {
    self: arg.tensor,
    num_samples: arg.int,
    replacement: arg.withDefault(arg.bool, false),
    generator: generatorArg,
  },
  random: true,
  dtypes: floatDTypes,
  doc: {
    summary:
      "Indices drawn with the probabilities that every row of `input` gives; a row need not sum to 1.",
    example: "torch.multinomial(torch.tensor([0, 3, 0]), 1)",
  },
  meta: ({ self, num_samples, replacement }) => {
    if (self.ndim === 0 || self.ndim > 2) throw new RuntimeError("prob_dist must be 1 or 2 dim");
    if (!self.dtype.is_floating_point) {
      throw new RuntimeError(
        `multinomial only supports floating-point dtypes for input, got: ${self.dtype.scalarTypeName}`,
      );
    }
    if (num_samples <= 0) throw new RuntimeError("cannot sample n_sample <= 0 samples");
    if (!replacement && num_samples > at(self.shape, self.ndim - 1)) {
      throw new RuntimeError(
        "cannot sample n_sample > prob_dist.size(-1) samples without replacement",
      );
    }
    return { dtype: int64, shape: [...self.shape.slice(0, -1), num_samples] };
  },
  routine: ({ self, num_samples, replacement, generator }, outputs) => {
    const categories = at(self.shape, self.ndim - 1);
    const weights = floatElements(copyElements(self));
    prepareRandomKernels();
    const out = bigIntElements(arrayOf(at(outputs, 0)));
    if (out.length === 0) return;
    checkWeights(weights, categories);
    const source = generatorOrDefault(generator);
    if (!replacement) {
      drawWithoutReplacement(at(outputs, 0), weights, categories, source);
      return;
    }
    for (let row = 0; row * num_samples < out.length; row++) {
      const samples = out.subarray(row * num_samples, (row + 1) * num_samples);
      sampleWithReplacement(
        samples,
        weights.subarray(row * categories, (row + 1) * categories),
        source,
      );
    }
  },
  reference: null,
  derivative: "not-differentiable",
  samples: function* (make) {
    yield { self: make.tensor([4], { low: 0.5 }), num_samples: 2 };
    yield { self: make.strided([2, 3], { low: 0.5 }), num_samples: 1 };
    yield { self: make.tensor([2, 3], { low: 0.5 }), num_samples: 5, replacement: true };
  },
});

/**
 * The categories with the largest ratio of weight to an exponential random number: the "Gumbel top-k"
 * trick, by which PyTorch draws without replacement.
 */
function drawWithoutReplacement(
  output: TensorBase,
  weights: Floats,
  categories: number,
  generator: Generator,
): void {
  const ratios = weights.slice();
  fillExponential(ratios, 1, generator);
  for (let position = 0; position < ratios.length; position++) {
    ratios[position] = (weights[position] ?? 0) / (ratios[position] ?? 1);
  }
  const rows = weights.length / categories;
  const dtype = ratios instanceof Float32Array ? float32 : float64;
  const table = adoptArray(ratios, [rows, categories], dtype);
  const { indices } = runOp(topk, { self: table, k: output.numel() / rows });
  // Only now: the memory may have grown, which ends views of it.
  bigIntElements(arrayOf(output)).set(bigIntElements(copyElements(indices)));
}

function checkWeights(weights: Floats, categories: number): void {
  if (!weights.every((weight: number) => weight >= 0 && weight < Infinity)) {
    throw new RuntimeError("probability tensor contains either `inf`, `nan` or element < 0");
  }
  for (let start = 0; start < weights.length; start += categories) {
    if (weights.subarray(start, start + categories).every((weight: number) => weight === 0)) {
      throw new RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)");
    }
  }
}

function bigIntElements(array: TypedArray): BigInt64Array {
  if (array instanceof BigInt64Array) return array;
  throw new TypeError("the indices that multinomial draws are int64");
}
