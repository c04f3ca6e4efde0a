import { arrayItems } from "../../interpreter/contents.ts";
import type { Machine } from "../../interpreter/machine.ts";
import {
  ArrayVariable,
  NumberVariable,
  ObjectVariable,
  type TensorVariable,
  type Variable,
  describeVariable,
  undefinedVariable,
} from "../../variables/variable.ts";
import { refuseOutput } from "./checks.ts";
import { ownDataProperties } from "../own-data-properties.ts";

export type TreeLeaf = TensorVariable | NumberVariable;

/** A value made of arrays and plain objects, as its structure and the tensors and numbers in it. */
export interface ResultTree {
  /** The same text for the same structure: `[tensor, { n: number }]`. */
  readonly structure: string;
  readonly leaves: readonly TreeLeaf[];
  readonly value: Variable;
}

export function flattenResult(machine: Machine, operator: string, value: Variable): ResultTree {
  const leaves: TreeLeaf[] = [];
  const structure = structureOf(machine, value, leaves, (shown) => refuseOutput(operator, shown));
  return { structure, leaves, value };
}

/** The structure of operands: as of results, but what does not fit is reported by the caller. */
export function structureOf(
  machine: Machine,
  variable: Variable,
  leaves: TreeLeaf[],
  refuse: (shown: string) => never,
): string {
  const value = machine.force(variable);
  switch (value.kind) {
    case "tensor":
      leaves.push(value);
      return "tensor";
    case "number":
      leaves.push(value);
      return "number";
    case "array":
      return `[${arrayItems(machine, value)
        .map((item) => structureOf(machine, item ?? undefinedVariable, leaves, refuse))
        .join(", ")}]`;
    case "object": {
      if (value.source !== null || value.prototype !== Object.prototype) break;
      const entries = ownDataProperties(machine, value).map(
        ([key, item]) => `${String(key)}: ${structureOf(machine, item, leaves, refuse)}`,
      );
      return `{${entries.join(", ")}}`;
    }
    case "constant":
      if (typeof value.value === "boolean") return String(value.value);
      if (typeof value.value === "number" && Number.isInteger(value.value)) {
        leaves.push(new NumberVariable({ kind: "constant", value: value.value }, value.value));
        return "number";
      }
      break;
    default:
      break;
  }
  return refuse(describeVariable(value));
}

/** The tree with its leaves replaced, one after the other. */
export function withLeaves(machine: Machine, variable: Variable, next: () => Variable): Variable {
  const value = machine.force(variable);
  switch (value.kind) {
    case "array":
      return new ArrayVariable({
        items: arrayItems(machine, value).map((item) =>
          withLeaves(machine, item ?? undefinedVariable, next),
        ),
      });
    case "object": {
      const object = new ObjectVariable({ prototype: Object.prototype });
      for (const [key, item] of ownDataProperties(machine, value)) {
        object.properties.set(key, {
          kind: "data",
          value: withLeaves(machine, item, next),
          enumerable: true,
        });
      }
      return object;
    }
    case "constant":
      return typeof value.value === "boolean" ? value : next();
    default:
      return next();
  }
}
