import { RuntimeError } from "../../base/errors.ts";
import { Tensor } from "../tensor.ts";

/**
 * Runs `trueFn` or `falseFn` on `operands`, as `pred` says. In a compiled function both become sub-graphs and the
 * choice is made while the graph runs.
 *
 * Shape: `pred` has one element; both functions must give results of the same structure, dtype and shape.
 * @param pred A bool tensor of one element, or a boolean (then a compiled function keeps only the branch taken).
 * @throws RuntimeError if `pred` has more than one element.
 * @example
 * ```ts
 * torch.cond(x.sum().gt(0), (x) => x.add(1), (x) => x.sub(1), [x]);
 * ```
 * @see https://docs.pytorch.org/docs/stable/generated/torch.cond.html
 */
export function cond<Operands extends readonly unknown[], Result>(
  pred: Tensor | boolean,
  trueFn: (...operands: Operands) => Result,
  falseFn: (...operands: Operands) => Result,
  operands?: readonly [...Operands],
): Result {
  if (typeof trueFn !== "function" || typeof falseFn !== "function") {
    throw new RuntimeError("Expect both branches of torch.cond to be callable.");
  }
  if (operands !== undefined && !Array.isArray(operands)) {
    throw new RuntimeError(
      `Expect operands of torch.cond to be an array, but got ${typeof operands}.`,
    );
  }
  if (pred instanceof Tensor && pred.numel() !== 1) {
    throw new RuntimeError(
      `Expect pred of torch.cond to be a boolean or a one-element tensor, but got a tensor of shape [${pred.shape.join(", ")}].`,
    );
  }
  const branch = (pred instanceof Tensor ? Boolean(pred.item()) : pred) ? trueFn : falseFn;
  // Without operands the functions take none: then Operands is the empty tuple.
  return branch(...((operands ?? []) as unknown as Operands));
}
