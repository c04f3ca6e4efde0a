import { checkFunction } from "./predicate.ts";
import { scanLength, scanOrder, stackTrees } from "./scan.ts";
import { leavesOfTree, mapTree, type TensorTree } from "./tensor-tree.ts";

/**
 * Applies `f` to every slice of `xs` along the first dimension and stacks what it gives. In a compiled function `f` becomes
 * one sub-graph.
 *
 * Shape: a new first dimension of the size of `xs`'s.
 * @throws RuntimeError for an empty first dimension.
 * @example
 * ```ts
 * torch._higher_order_ops.map((row: torch.Tensor) => row.sum(), torch.ones(3, 2));
 * ```
 * @see torch._higher_order_ops.map
 */
export function map<Xs extends TensorTree, Args extends readonly unknown[], Ys extends TensorTree>(
  f: (x: Xs, ...args: Args) => Ys,
  xs: Xs,
  ...args: Args
): Ys {
  checkFunction("map", "f", f);
  const length = scanLength("map", leavesOfTree("map", xs), 0);
  const outputs = scanOrder(length, false).map((index) =>
    // Slices have the structure of `xs`.
    f(mapTree("map", xs, (leaf) => leaf.select(0, index)) as Xs, ...args),
  );
  return stackTrees("map", outputs) as Ys;
}
