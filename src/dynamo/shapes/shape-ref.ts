import type { Tensor } from "../../api/tensor.ts";
import type { Expression } from "../../symbolic/expression.ts";
import type { NumberLeaf } from "../variables/variable.ts";

/** An argument of a captured call as a replay needs it: what may differ with the sizes is named, all else is a constant. */
export type ShapeRef =
  | { readonly kind: "constant"; readonly value: unknown }
  | { readonly kind: "tensor"; readonly fake: Tensor }
  | { readonly kind: "number"; readonly expression: Expression<NumberLeaf> }
  | { readonly kind: "list"; readonly items: readonly ShapeRef[] }
  | { readonly kind: "options"; readonly entries: readonly (readonly [string, ShapeRef])[] };

export const constantRef = (value: unknown): ShapeRef => ({ kind: "constant", value });

/** Every tensor and every expression in an argument. */
export function visitRef(
  ref: ShapeRef,
  visit: (part: Extract<ShapeRef, { kind: "tensor" | "number" }>) => void,
): void {
  switch (ref.kind) {
    case "constant":
      return;
    case "tensor":
    case "number":
      visit(ref);
      return;
    case "list":
      for (const item of ref.items) visitRef(item, visit);
      return;
    case "options":
      for (const [, item] of ref.entries) visitRef(item, visit);
  }
}

/** The value of an argument, given those of its tensors and expressions. */
export function valueOfRef(
  ref: ShapeRef,
  valueOf: (part: Extract<ShapeRef, { kind: "tensor" | "number" }>) => unknown,
): unknown {
  switch (ref.kind) {
    case "constant":
      return ref.value;
    case "tensor":
    case "number":
      return valueOf(ref);
    case "list":
      return ref.items.map((item) => valueOfRef(item, valueOf));
    case "options":
      return Object.fromEntries(
        ref.entries.map(([key, item]) => [key, valueOfRef(item, valueOf)] as const),
      );
  }
}
