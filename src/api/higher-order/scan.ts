import { RuntimeError } from "../../base/errors.ts";
import { stack } from "../functions.ts";
import type { Tensor } from "../tensor.ts";
import { checkFunction } from "./predicate.ts";
import { leavesOfTree, mapTree, type TensorTree, withLeaves } from "./tensor-tree.ts";

export interface ScanOptions {
  /** The dimension of `xs` that is walked along. */
  readonly dim?: number;
  /** From the last slice to the first. */
  readonly reverse?: boolean;
}

/** The length of `xs` along `dim`, which all of its tensors share and which is not 0. */
export function scanLength(operator: string, leaves: readonly Tensor[], dim: number): number {
  const [first] = leaves;
  if (first === undefined) throw new RuntimeError(`${operator} needs at least one tensor in xs.`);
  const length = first.size(dim);
  if (length === 0)
    throw new RuntimeError(`${operator}: the scanned dimension must not have size 0.`);
  for (const leaf of leaves) {
    if (leaf.size(dim) !== length) {
      throw new RuntimeError(
        `All xs leaves of ${operator} must have the same size in the scanned dimension, but got ${length} and ${leaf.size(dim)}.`,
      );
    }
  }
  return length;
}

/** Numbers from 0, or the same backwards. */
export const scanOrder = (length: number, reverse: boolean): readonly number[] => {
  const order = Array.from({ length }, (_, index) => index);
  return reverse ? order.reverse() : order;
};

/**
 * Carries a value along the slices of `xs`: `combine_fn(carry, slice)` gives the next carry and one output. In a compiled
 * function the step becomes a sub-graph, however long `xs` is.
 *
 * Shape: outputs are stacked in a new first dimension; the carry keeps its shapes and dtypes.
 * @returns The last carry, and the outputs in the order of `xs`.
 * @throws RuntimeError for an empty dimension or a step that does not return a pair.
 * @example
 * ```ts
 * torch._higher_order_ops.scan((sum: torch.Tensor, x: torch.Tensor) => [sum.add(x), sum.mul(1)], torch.tensor(0), torch.arange(4));
 * ```
 * @see torch._higher_order_ops.scan
 */
export function scan<Carry extends TensorTree, Xs extends TensorTree, Ys extends TensorTree>(
  combine_fn: (carry: Carry, x: Xs) => readonly [Carry, Ys],
  init: Carry,
  xs: Xs,
  options: ScanOptions = {},
): readonly [Carry, Ys] {
  checkFunction("scan", "combine_fn", combine_fn);
  const { dim = 0, reverse = false } = options;
  const length = scanLength("scan", leavesOfTree("scan", xs), dim);
  let carry = init;
  const outputs: Ys[] = Array.from({ length });
  for (const index of scanOrder(length, reverse)) {
    // Slices have the structure of `xs`.
    const slice = mapTree("scan", xs, (leaf) => leaf.select(dim, index)) as Xs;
    const pair: unknown = combine_fn(carry, slice);
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new RuntimeError("Expect combine_fn of scan to return a pair: [carry, output].");
    [carry, outputs[index] as Ys] = pair as [Carry, Ys]; // checked above
  }
  return [carry, stackTrees("scan", outputs) as Ys];
}

/** Trees of one structure as one tree of stacked tensors. */
export function stackTrees(operator: string, trees: readonly unknown[]): unknown {
  const columns = trees.map((tree) => leavesOfTree(operator, tree));
  let leaf = 0;
  return withLeaves(trees[0], () => {
    const column = columns.flatMap((leaves) => {
      const tensor = leaves[leaf];
      return tensor === undefined ? [] : [tensor];
    });
    leaf += 1;
    return stack(column);
  });
}
