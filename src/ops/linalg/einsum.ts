import { RuntimeError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import { isTensor, type TensorBase } from "../../core/tensor.ts";
import { type EinsumEquation, parseEinsumEquation } from "../algorithms/einsum-equation.ts";
import { arg, mismatch, type RequiredArg } from "../arg.ts";
import { defineOp, numberDTypes } from "../define-op.ts";
import { textArg } from "../index/text-arg.ts";
import { coordinatesOf, elementAt, naive } from "../naive-array.ts";
import { mul } from "../pointwise/arithmetic.ts";
import { sum } from "../reduction/sum.ts";
import { runOp } from "../run-op.ts";
import { expand } from "../view/expand.ts";
import { permute } from "../view/permute.ts";
import { reshape } from "../view/reshape.ts";
import { contractAxes } from "./contract-axes.ts";
import { diagonalOf } from "./diagonal-of.ts";

/** A tensor whose dimensions have names; the subscripts of an equation. */
interface Labelled {
  readonly tensor: TensorBase;
  readonly labels: readonly string[];
}

const operandList: RequiredArg<readonly TensorBase[]> = {
  ...arg.tensors,
  parse: (value) =>
    Array.isArray(value) && value.length > 0 && value.every(isTensor) ? value : mismatch,
  spread: true,
};

/** Sizes by label. A size of 1 broadcasts. */
function sizesOf(
  operands: readonly TensorBase[],
  { inputs }: EinsumEquation,
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  operands.forEach((operand, position) => {
    const seen = new Map<string, number>();
    at(inputs, position).forEach((label, axis) => {
      const size = at(operand.shape, axis);
      const twin = seen.get(label);
      if (twin !== undefined && twin !== size) {
        throw new RuntimeError(
          `einsum(): subscript ${label} is repeated for operand ${position} but the sizes don't match, ${size} != ${twin}`,
        );
      }
      seen.set(label, size);
      const known = sizes.get(label) ?? 1;
      if (known !== 1 && size !== 1 && known !== size) {
        throw new RuntimeError(
          `einsum(): subscript ${label} has size ${size} for operand ${position} which does not broadcast with previously seen size ${known}`,
        );
      }
      if (known === 1) sizes.set(label, size);
    });
  });
  return sizes;
}

/** Takes the diagonal where a label repeats, so that every label is one dimension. */
function withoutRepeats({ tensor, labels }: Labelled): Labelled {
  const repeated = labels.findIndex((label, axis) => labels.indexOf(label) < axis);
  if (repeated < 0) return { tensor, labels };
  const first = labels.indexOf(at(labels, repeated));
  return withoutRepeats({
    tensor: runOp(diagonalOf, { self: tensor, kept: first, dropped: repeated }),
    labels: labels.filter((_, axis) => axis !== repeated),
  });
}

/** Sums the dimensions whose labels are not needed any more. */
function summedOver({ tensor, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const dim = labels.flatMap((label, axis) => (needed.has(label) ? [] : [axis]));
  if (dim.length === 0) return { tensor, labels };
  return {
    tensor: runOp(sum, { self: tensor, dim, dtype: tensor.dtype }),
    labels: labels.filter((label) => needed.has(label)),
  };
}

/** A tensor with exactly these dimensions in this order; those it lacks have size 1. */
function arranged({ tensor, labels }: Labelled, order: readonly string[]): TensorBase {
  const present = order.filter((label) => labels.includes(label));
  const dims = present.map((label) => labels.indexOf(label));
  const permuted = runOp(permute, { self: tensor, dims });
  return runOp(reshape, {
    self: permuted,
    shape: order.map((label) => sizeIn(tensor, labels, label)),
  });
}

function sizeIn(tensor: TensorBase, labels: readonly string[], label: string): number {
  const axis = labels.indexOf(label);
  return axis < 0 ? 1 : at(tensor.shape, axis);
}

/**
 * Contracts two operands: the labels that are in both and not needed later are summed. Labels kept from both are the
 * batch, those of one side rows or columns.
 */
function contract(left: Labelled, right: Labelled, needed: ReadonlySet<string>): Labelled {
  const inBoth = left.labels.filter((label) => right.labels.includes(label));
  const inner = inBoth.filter((label) => !needed.has(label));
  if (inner.length === 0) {
    const labels = [...new Set([...left.labels, ...right.labels])];
    return {
      tensor: runOp(mul, { self: arranged(left, labels), other: arranged(right, labels) }),
      labels,
    };
  }
  const batch = inBoth.filter((label) => needed.has(label));
  const rows = left.labels.filter((label) => !inBoth.includes(label));
  const columns = right.labels.filter((label) => !inBoth.includes(label));
  const sizes = (labels: readonly string[]): readonly number[] => {
    return labels.map((label) =>
      Math.max(sizeIn(left.tensor, left.labels, label), sizeIn(right.tensor, right.labels, label)),
    );
  };
  // A label of size 1 on one side only is repeated there. All of these are views.
  const sideOf = (side: Labelled, order: readonly string[]): TensorBase =>
    runOp(expand, { self: arranged(side, order), size: sizes(order) });
  const product = runOp(contractAxes, {
    self: sideOf(left, [...batch, ...rows, ...inner]),
    other: sideOf(right, [...batch, ...inner, ...columns]),
    batch: batch.length,
    inner: inner.length,
  });
  return { tensor: product, labels: [...batch, ...rows, ...columns] };
}

function evaluate(equation: EinsumEquation, operands: readonly TensorBase[]): TensorBase {
  const { inputs, output } = equation;
  const sizes = sizesOf(operands, equation);
  const terms = operands.map((tensor, position) =>
    withoutRepeats({ tensor, labels: at(inputs, position) }),
  );
  const neededAfter = (position: number): ReadonlySet<string> =>
    new Set([...output, ...inputs.slice(position + 1).flat()]);
  let result = summedOver(at(terms, 0), neededAfter(0));
  terms.slice(1).forEach((term, before) => {
    const needed = neededAfter(before + 1);
    // Labels of one side alone that nothing needs are summed before the product.
    const left = summedOver(result, new Set([...needed, ...term.labels]));
    const right = summedOver(term, new Set([...needed, ...result.labels]));
    result = contract(left, right, needed);
  });
  const size = output.map((label) => sizes.get(label) ?? 1);
  return runOp(expand, { self: arranged(result, output), size });
}

export const einsum = defineOp({
  name: "einsum",
  api: ["torch.einsum"],
  args: { equation: textArg, operands: operandList },
  dtypes: numberDTypes,
  doc: {
    summary: "Sums of products of elements, with the dimensions named by letters.",
    details:
      "Letters that are not in the output are summed; `...` stands for dimensions without names, which broadcast.",
    example: 'torch.einsum("ij,jk->ik", torch.ones(2, 3), torch.ones(3, 2))',
  },
  decomposition: ({ equation, operands }) => {
    return evaluate(
      parseEinsumEquation(
        equation,
        operands.map((operand) => operand.ndim),
      ),
      operands,
    );
  },
  reference: ({ equation, operands }) => {
    // The definition: a sum over all values of the letters that are not in the output.
    const { inputs, output } = parseEinsumEquation(
      equation,
      operands.map((operand) => operand.ndim),
    );
    const sizes = sizesOf(operands, { inputs, output });
    const arrays = operands.map(naive);
    const sizeOf = (label: string): number => sizes.get(label) ?? 1;
    const summed = [...new Set(inputs.flat())].filter((label) => !output.includes(label));
    const shape = output.map(sizeOf);
    const values = coordinatesOf(shape).map((point) => {
      return coordinatesOf(summed.map(sizeOf)).reduce((total, rest) => {
        const value = (label: string): number =>
          point[output.indexOf(label)] ?? rest[summed.indexOf(label)] ?? 0;
        return (
          total +
          arrays.reduce(
            (product, array, position) =>
              product * elementAt(array, at(inputs, position).map(value)),
            1,
          )
        );
      }, 0);
    });
    return { shape, values };
  },
  derivative: "pending",
  samples: function* (make) {
    yield { equation: "ij,jk->ik", operands: [make.tensor([2, 3]), make.tensor([3, 4])] };
    yield { equation: "ij", operands: [make.strided([2, 3])] };
    yield { equation: "ba", operands: [make.tensor([2, 3])] };
    yield { equation: "ii->i", operands: [make.tensor([3, 3])] };
    yield { equation: "ii", operands: [make.strided([3, 3])] };
    yield {
      equation: "...ij,...jk->...ik",
      operands: [make.tensor([2, 2, 3]), make.tensor([3, 2])],
    };
    yield { equation: "i,j->ij", operands: [make.tensor([2]), make.tensor([3])] };
    yield {
      equation: "bn,anm,bm->ba",
      operands: [make.tensor([2, 3]), make.tensor([2, 3, 2]), make.tensor([2, 2])],
    };
    yield { equation: "ij,kj->ik", operands: [make.tensor([2, 1]), make.tensor([3, 2])] };
    yield { equation: "ij->", operands: [make.tensor([0, 2])] };
    yield { equation: "...i->i...", operands: [make.tensor([2, 3, 2])] };
  },
});
