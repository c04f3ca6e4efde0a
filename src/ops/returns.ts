/** What ops give back, as values that carry the TypeScript type and the text for generated signatures. */
import { type NamedTuple, namedTuple } from "../core/named-tuple.ts";
import type { TensorBase } from "../core/tensor.ts";

export interface Returns<Result> {
  /** The type in generated signatures. */
  readonly type: string;
  /** Puts the outputs of a lowering together. */
  readonly assemble: (outputs: readonly TensorBase[]) => Result;
}

export const returns = {
  tensor: {
    type: "Tensor",
    assemble: (outputs) => {
      const output = outputs[0];
      if (output === undefined) throw new RangeError("an op without outputs");
      return output;
    },
  } satisfies Returns<TensorBase>,
  tensors: {
    type: "readonly Tensor[]",
    assemble: (outputs) => Object.freeze([...outputs]),
  } satisfies Returns<readonly TensorBase[]>,
  /** `torch.return_types.<typeName>`. */
  named: <const Names extends readonly string[]>(
    typeName: string,
    names: Names,
  ): Returns<NamedTuple<Names[number], TensorBase>> => ({
    type: `NamedTuple<${names.map((name) => JSON.stringify(name)).join(" | ")}, Tensor>`,
    assemble: (outputs) => namedTuple<Names[number], TensorBase>(typeName, names, outputs),
  }),
  /** Something that is not made of outputs: only for decompositions. */
  value: <Result>(type: string): Returns<Result> => ({
    type,
    assemble: () => {
      throw new TypeError(`a result of type ${type} is not assembled from tensors`);
    },
  }),
};
