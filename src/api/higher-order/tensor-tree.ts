import { RuntimeError } from "../../base/errors.ts";
import { Tensor } from "../tensor.ts";

/** A tensor, or arrays and plain objects of tensors. */
export type TensorTree = Tensor | readonly TensorTree[] | { readonly [key: string]: TensorTree };

/** The tensors of a tree, in order. */
export function leavesOfTree(operator: string, tree: unknown): readonly Tensor[] {
  if (tree instanceof Tensor) return [tree];
  if (Array.isArray(tree)) return tree.flatMap((item: unknown) => leavesOfTree(operator, item));
  if (typeof tree === "object" && tree !== null && Object.getPrototypeOf(tree) === Object.prototype)
    return Object.values(tree).flatMap((item: unknown) => leavesOfTree(operator, item));
  throw new RuntimeError(
    `Expect tensors, or arrays and plain objects of tensors, in ${operator}, but got ${tree === null ? "null" : typeof tree}.`,
  );
}

/** The tree with its tensors replaced, one after the other. */
export function withLeaves(tree: unknown, next: () => unknown): unknown {
  if (tree instanceof Tensor) return next();
  if (Array.isArray(tree)) return tree.map((item: unknown) => withLeaves(item, next));
  return Object.fromEntries(
    Object.entries(Object(tree)).map(([key, item]) => [key, withLeaves(item, next)]),
  );
}

/** The tree with every tensor replaced by what `map` makes of it. */
export function mapTree(operator: string, tree: unknown, map: (leaf: Tensor) => unknown): unknown {
  const leaves = leavesOfTree(operator, tree).values();
  return withLeaves(tree, () => {
    const { value } = leaves.next();
    if (value === undefined) throw new RuntimeError(`a tree in ${operator} changed under way`);
    return map(value);
  });
}
