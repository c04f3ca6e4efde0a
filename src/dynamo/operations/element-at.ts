import type { Expression } from "../../symbolic/expression.ts";
import { arrayItem } from "../interpreter/contents.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  type ArrayVariable,
  LazyVariable,
  type NumberLeaf,
  type Variable,
  undefinedVariable,
} from "../variables/variable.ts";

const hasData = (array: readonly unknown[], index: number): boolean =>
  "value" in (Object.getOwnPropertyDescriptor(array, index) ?? {});

/** The element at a position, null past the end. A varying position into an untouched array from outside stays varying. */
export function elementAt(
  machine: Machine,
  target: ArrayVariable,
  position: Variable,
): Variable | null {
  const { tracer } = machine;
  const index = machine.force(position);
  if (index.kind === "constant") {
    const item = arrayItem(machine, target, Number(index.value));
    return item === undefined ? null : (item ?? undefinedVariable);
  }
  if (index.kind !== "number") return null;
  const { source, value } = target;
  const isOutside =
    source !== null &&
    value !== null &&
    !tracer.isMutated(target) &&
    typeof index.hint === "number" &&
    (index.hint >= value.length || hasData(value, index.hint));
  if (!isOutside) {
    const item = arrayItem(machine, target, Number(tracer.specialize(index, "an array index")));
    return item === undefined ? null : (item ?? undefinedVariable);
  }
  const length: Expression<NumberLeaf> = {
    kind: "leaf",
    leaf: {
      kind: "source",
      source: { kind: "member", base: source, key: "length" },
      hint: value.length,
      fromTensor: false,
    },
  };
  const { expression } = index;
  const isIndex = tracer.decideExpression({
    kind: "binary",
    operator: "===",
    left: {
      kind: "binary",
      operator: ">>>",
      left: expression,
      right: { kind: "constant", value: 0 },
    },
    right: expression,
  });
  const isInside = tracer.decideExpression({
    kind: "binary",
    operator: "<",
    left: expression,
    right: length,
  });
  if (isIndex !== true || isInside !== true) return null;
  tracer.addGuard({ kind: "DATA_ELEMENT", source, index: expression });
  return new LazyVariable(value[Number(index.hint)], {
    kind: "element",
    base: source,
    index: expression,
  });
}
