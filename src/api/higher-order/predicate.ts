import { RuntimeError } from "../../base/errors.ts";
import { Tensor } from "../tensor.ts";

/** The truth of a predicate: a boolean, or a tensor of one element. */
export function truthOfPredicate(operator: string, predicate: unknown): boolean {
  if (typeof predicate === "boolean") return predicate;
  if (!(predicate instanceof Tensor)) {
    throw new RuntimeError(
      `Expect the predicate of ${operator} to be a boolean or a one-element tensor, but got ${typeof predicate}.`,
    );
  }
  if (predicate.numel() !== 1) {
    throw new RuntimeError(
      `Expect the predicate of ${operator} to be a boolean or a one-element tensor, but got a tensor of shape [${predicate.shape.join(", ")}].`,
    );
  }
  return Boolean(predicate.item());
}

export function checkFunction(operator: string, name: string, value: unknown): void {
  if (typeof value !== "function")
    throw new RuntimeError(
      `Expect ${name} of ${operator} to be callable, but got ${typeof value}.`,
    );
}
