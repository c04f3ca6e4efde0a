import type { TensorBase } from "../../core/tensor.ts";
import type { SampleMaker, SampleOptions } from "../sample-maker.ts";

export interface ReductionSample {
  readonly self: TensorBase;
  readonly dim?: readonly number[];
  readonly keepdim?: boolean;
}

/** Inputs of reductions over one, several and all dimensions. */
export function* reductionSamples(
  make: SampleMaker,
  options: SampleOptions = {},
): Generator<ReductionSample> {
  yield { self: make.tensor([2, 3], options) };
  yield { self: make.tensor([], options) };
  yield { self: make.tensor([2, 3], options), dim: [1] };
  yield { self: make.tensor([2, 3], options), dim: [-2], keepdim: true };
  yield { self: make.strided([2, 3, 4], options), dim: [0, 2] };
  yield { self: make.strided([3, 4], options) };
  yield { self: make.tensor([0, 3], options), dim: [1] };
}

/** Reductions over nothing, for ops that have a value there. */
export function* emptyReductionSamples(make: SampleMaker): Generator<ReductionSample> {
  yield { self: make.tensor([0, 3]), dim: [0], keepdim: true };
  yield { self: make.tensor([0]) };
}
