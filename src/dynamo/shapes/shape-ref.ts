import type { Tensor } from "../../api/tensor.ts";
import type { Expression } from "../../symbolic/expression.ts";
import type { NumberLeaf } from "../variables/variable.ts";

interface ShapeTensor {
  readonly kind: "tensor";
  readonly fake: Tensor;
}

interface ShapeNumber {
  readonly kind: "number";
  readonly expression: Expression<NumberLeaf>;
}

/** The parts of an argument that may differ with the sizes. */
export type ShapePart = ShapeTensor | ShapeNumber;

/** An argument of a captured call as a replay needs it: what may differ with the sizes is named, all else is a constant. */
export type ShapeRef =
  | ShapePart
  | { readonly kind: "constant"; readonly value: unknown }
  /** A slice with numbers in it. */
  | { readonly kind: "text"; readonly parts: readonly ShapeRef[] }
  | { readonly kind: "list"; readonly items: readonly ShapeRef[] }
  | { readonly kind: "options"; readonly entries: readonly (readonly [string, ShapeRef])[] };

export const constantRef = (value: unknown): ShapeRef => ({ kind: "constant", value });

/** The argument with other parts. */
export function mapRef(ref: ShapeRef, replace: (part: ShapePart) => ShapeRef): ShapeRef {
  const map = (inner: ShapeRef): ShapeRef => mapRef(inner, replace);
  switch (ref.kind) {
    case "constant":
      return ref;
    case "tensor":
    case "number":
      return replace(ref);
    case "text":
      return { kind: "text", parts: ref.parts.map(map) };
    case "list":
      return { kind: "list", items: ref.items.map(map) };
    case "options":
      return { kind: "options", entries: ref.entries.map(([key, item]) => [key, map(item)]) };
  }
}

/** Every tensor and every expression in an argument. */
export function visitRef(ref: ShapeRef, visit: (part: ShapePart) => void): void {
  mapRef(ref, (part) => {
    visit(part);
    return part;
  });
}

/** The value of an argument, given those of its tensors and expressions. */
export function valueOfRef(ref: ShapeRef, valueOf: (part: ShapePart) => unknown): unknown {
  const value = (inner: ShapeRef): unknown => valueOfRef(inner, valueOf);
  switch (ref.kind) {
    case "constant":
      return ref.value;
    case "tensor":
    case "number":
      return valueOf(ref);
    case "text":
      return ref.parts.map(value).join("");
    case "list":
      return ref.items.map(value);
    case "options":
      return Object.fromEntries(ref.entries.map(([key, item]) => [key, value(item)] as const));
  }
}
