import { RuntimeError } from "../../base/errors.ts";
import { Tensor } from "../tensor.ts";
import { checkFunction } from "./predicate.ts";

/** The place of the branch that `index` means: out of range it is the first or the last. */
export function branchIndex(index: unknown, count: number): number {
  const value = index instanceof Tensor && index.numel() === 1 ? Number(index.item()) : index;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new RuntimeError(
      "Expect the index of switch to be an integer or a one-element integer tensor.",
    );
  }
  return Math.min(Math.max(value, 0), count - 1);
}

/**
 * Runs the branch of that number on `operands`; a number out of range means the first or the last. In a compiled function
 * all branches become sub-graphs.
 *
 * @throws RuntimeError for an index that is no integer, or without branches.
 * @example
 * ```ts
 * torch._higher_order_ops.switch_(torch.tensor(1n), [(x: torch.Tensor) => x.sin(), (x: torch.Tensor) => x.cos()], [torch.ones(3)]);
 * ```
 * @see torch._higher_order_ops.switch
 */
export function switch_<Operands extends readonly unknown[], Result>(
  index: Tensor | number,
  branches: readonly ((...operands: Operands) => Result)[],
  operands: readonly [...Operands],
): Result {
  if (!Array.isArray(branches) || branches.length === 0)
    throw new RuntimeError("Expect branches of switch to be an array of at least one function.");
  branches.forEach((branch, place) => checkFunction("switch", `branch ${place}`, branch));
  const branch = branches[branchIndex(index, branches.length)];
  if (branch === undefined) throw new RuntimeError("switch has no such branch");
  return branch(...(operands as unknown as Operands)); // the same tuple type, written in two ways
}
