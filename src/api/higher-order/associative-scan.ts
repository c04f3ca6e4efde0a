import { RuntimeError } from "../../base/errors.ts";
import type { Tensor } from "../tensor.ts";
import { checkFunction } from "./predicate.ts";
import { scanLength, scanOrder, type ScanOptions, stackTrees } from "./scan.ts";
import { leavesOfTree, mapTree, type TensorTree, withLeaves } from "./tensor-tree.ts";

export interface AssociativeScanOptions extends Omit<ScanOptions, "dim"> {
  /** `"pointwise"` promises that `combine_fn` works element by element. */
  readonly combine_mode?: "pointwise" | "generic";
}

/**
 * All prefixes of `xs` along `dim` combined by an associative function: `y[0] = x[0]`, `y[i] = combine_fn(y[i - 1], x[i])`.
 * In a compiled function the step becomes a sub-graph.
 *
 * Shape: that of `xs`.
 * @throws RuntimeError for an empty dimension.
 * @example
 * ```ts
 * torch._higher_order_ops.associative_scan((a: torch.Tensor, b: torch.Tensor) => a.add(b), torch.arange(4), 0);
 * ```
 * @see torch._higher_order_ops.associative_scan
 */
export function associative_scan<Xs extends TensorTree>(
  combine_fn: (left: Xs, right: Xs) => Xs,
  xs: Xs,
  dim: number,
  options: AssociativeScanOptions = {},
): Xs {
  checkFunction("associative_scan", "combine_fn", combine_fn);
  const { reverse = false, combine_mode = "pointwise" } = options;
  if (combine_mode !== "pointwise" && combine_mode !== "generic") {
    throw new RuntimeError(
      `Expect combine_mode of associative_scan to be "pointwise" or "generic", but got ${String(combine_mode)}.`,
    );
  }
  const length = scanLength("associative_scan", leavesOfTree("associative_scan", xs), dim);
  const outputs: Xs[] = Array.from({ length });
  let previous: Xs | null = null;
  for (const index of scanOrder(length, reverse)) {
    // Slices have the structure of `xs`.
    const slice = mapTree("associative_scan", xs, (leaf) => leaf.select(dim, index)) as Xs;
    previous = previous === null ? slice : combine_fn(previous, slice);
    outputs[index] = previous;
  }
  return alongDim(stackTrees("associative_scan", outputs), dim) as Xs; // the structure of `xs`
}

/** Stacked in front, walked along `dim`. */
function alongDim(tree: unknown, dim: number): unknown {
  const leaves: Iterator<Tensor> = leavesOfTree("associative_scan", tree).values();
  return withLeaves(tree, () => {
    const { value } = leaves.next() as { value: Tensor }; // one for each leaf
    return value.movedim(0, dim);
  });
}
