import { RuntimeError } from "../../base/errors.ts";
import type { Tensor } from "../tensor.ts";
import { checkFunction, truthOfPredicate } from "./predicate.ts";

/**
 * Runs `body_fn` on `carried_inputs`, and then on what it returned, as long as `cond_fn` says. In a compiled function both
 * become sub-graphs, and the loop runs inside the graph.
 *
 * Shape: what `body_fn` returns has the structure, dtypes and shapes of `carried_inputs`. Aliasing: without a single step
 * the results are the inputs themselves.
 * @param cond_fn Gives a bool tensor of one element, or a boolean.
 * @returns What is carried in the end.
 * @throws RuntimeError for arguments of the wrong kind.
 * @example
 * ```ts
 * torch._higher_order_ops.while_loop((i) => i.lt(5), (i) => [i.add(1)], [torch.tensor(0)]);
 * ```
 * @see torch.while_loop of PyTorch
 */
export function while_loop<Carried extends readonly (Tensor | number)[]>(
  cond_fn: (...carried: Carried) => Tensor | boolean,
  body_fn: (...carried: Carried) => readonly [...Carried],
  carried_inputs: readonly [...Carried],
): readonly [...Carried] {
  checkFunction("while_loop", "cond_fn", cond_fn);
  checkFunction("while_loop", "body_fn", body_fn);
  if (!Array.isArray(carried_inputs))
    throw new RuntimeError(
      `Expect carried_inputs of while_loop to be an array, but got ${typeof carried_inputs}.`,
    );
  let carried: readonly [...Carried] = carried_inputs;
  while (truthOfPredicate("while_loop", cond_fn(...(carried as unknown as Carried)))) {
    // The same tuple type, written in two ways.
    const next = body_fn(...(carried as unknown as Carried));
    if (!Array.isArray(next) || next.length !== carried.length) {
      throw new RuntimeError(
        `Expect body_fn of while_loop to return an array of ${carried.length} values, as many as are carried.`,
      );
    }
    carried = next;
  }
  return carried;
}
