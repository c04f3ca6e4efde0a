import { DType, int64 } from "../../core/dtype.ts";
import { isConvertible } from "../../core/scalar.ts";
import type { Argument } from "../../fx/node.ts";
import { type Expression, evaluateExpression, leavesOf } from "../../symbolic/expression.ts";
import { isIntegral } from "../../symbolic/number-tests.ts";
import { standInSize } from "../shapes/unbacked-shapes.ts";
import { constantRef, type ShapeRef } from "../shapes/shape-ref.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { findHandler } from "../interpreter/find-handler.ts";
import { arrayItems } from "../interpreter/contents.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { InGraphVariable, TensorVariable } from "../variables/variable.ts";
import {
  ConstantVariable,
  type ForcedVariable,
  type NumberLeaf,
  type NumberVariable,
  type TemplateVariable,
  type Variable,
  describeForUser,
  describeVariable,
} from "../variables/variable.ts";
import { knownText } from "./known-text.ts";
import { ownDataProperties } from "./own-data-properties.ts";

/** The faces of an argument: what the op sees while capturing, what the graph's node holds, and what a replay is given. */
export interface CapturedArgument {
  readonly fake: unknown;
  readonly node: Argument;
  readonly shape: ShapeRef;
}

const constantArgument = (value: unknown): CapturedArgument => ({
  fake: value,
  node: value,
  shape: constantRef(value),
});

/** The value of a size that depends on data, with the stand-in for what is not known. */
export const standInValue = (expression: Expression<NumberLeaf>): number | boolean =>
  evaluateExpression(expression, (leaf) =>
    leaf.kind === "source" || leaf.kind === "size" ? leaf.hint : standInSize,
  ) ?? standInSize;

/** Whether a number may stay a symbol where shapes depend on it: known at entry, or computed in the graph. */
function isSize({ hint, expression }: NumberVariable): boolean {
  if (isKnownAtEntry(expression)) return typeof hint === "number";
  return [...leavesOf(expression)].every(
    (leaf) => leaf.kind !== "item" && !(leaf.kind === "node" && leaf.type === "boolean"),
  );
}

/** Whether the numbers of an expression are there, or follow from sizes that are there, before the graph runs. */
export const isKnownAtEntry = (expression: Expression<NumberLeaf>): boolean =>
  [...leavesOf(expression)].every((leaf) => leaf.kind === "source" || leaf.kind === "size");

/** Number parameters whose value only takes part in the arithmetic, not in shapes: they may stay symbolic. */
const scalarKinds: ReadonlySet<string> = new Set(["operand", "scalar", "data"]);
/** A `number` is one or the other. */
const mayBeData: ReadonlySet<string> = new Set([...scalarKinds, "number"]);
/** Number parameters that shapes depend on: a symbol stays one, and what follows from it is checked by a replay. */
const sizeKinds: ReadonlySet<string> = new Set(["int", "number", "size", "sizes", "index"]);

export class ArgumentCapture {
  readonly tensors: TensorVariable[] = [];
  /** Constants that take part in the arithmetic, and dtypes that were asked for. */
  readonly #scalars: (number | bigint)[] = [];
  readonly #dtypes: DType[] = [];
  /** A number of the arithmetic stayed a symbol. */
  #hasSymbols = false;
  readonly #machine: Machine;
  readonly #callee: InGraphVariable;
  readonly #allFloating: boolean;
  /** The arrays and objects that the present argument is in. */
  readonly #around = new Set<ForcedVariable>();

  constructor(machine: Machine, callee: InGraphVariable, inputs: readonly Variable[]) {
    this.#machine = machine;
    this.#callee = callee;
    const tensors = inputs
      .map((input) => machine.force(input))
      .filter((input) => input.kind === "tensor");
    this.#allFloating =
      tensors.length > 0 && tensors.every((tensor) => tensor.fake.dtype.is_floating_point);
  }

  of(variable: Variable, position: number | string): CapturedArgument {
    const value = this.#machine.force(variable);
    switch (value.kind) {
      case "tensor":
        this.tensors.push(value);
        return {
          fake: value.fake,
          node: this.#machine.tracer.nodeOf(value),
          shape: { kind: "tensor", fake: value.fake },
        };
      case "constant":
        return this.#constant(value.value, position);
      case "number":
        return this.#number(value, position);
      case "template":
        return this.#text(value, position);
      case "array": {
        this.#enter(value);
        const items = arrayItems(this.#machine, value).map((item) =>
          this.of(item ?? new ConstantVariable(undefined), position),
        );
        this.#around.delete(value);
        return {
          fake: items.map((item) => item.fake),
          node: items.map((item) => item.node),
          shape: { kind: "list", items: items.map((item) => item.shape) },
        };
      }
      case "object":
        return this.#options(value);
      default:
        return this.#refuse(value);
    }
  }

  /** Whether running the call may find that a number does not fit a dtype, which fakes do not tell. */
  get mayOverflow(): boolean {
    const dtypes = [...this.tensors.map(({ fake }) => fake.dtype), ...this.#dtypes];
    if (!dtypes.some((dtype) => dtype.is_floating_point)) dtypes.push(int64);
    if (this.#hasSymbols && this.#dtypes.some(({ category }) => category === "integer"))
      return true;
    return this.#scalars.some((value) => dtypes.some((dtype) => !isConvertible(value, dtype)));
  }

  #constant(value: unknown, position: number | string): CapturedArgument {
    if (value instanceof DType) this.#dtypes.push(value);
    const isNumber = typeof value === "number" || typeof value === "bigint";
    if (isNumber && mayBeData.has(this.#callee.function.parameterKind(position)))
      this.#scalars.push(value);
    return constantArgument(value);
  }

  #number(value: NumberVariable, position: number | string): CapturedArgument {
    const { tracer } = this.#machine;
    const kind = this.#callee.function.parameterKind(position);
    const isOperand =
      kind === "number" && !this.#allFloating && findHandler(tracer.frames) !== null;
    if (sizeKinds.has(kind) && isSize(value) && !isOperand) return this.#size(value);
    if (!scalarKinds.has(kind))
      return this.#constant(tracer.specialize(value, "a size, dimension or index"), position);
    // A symbolic number's stand-in: fractional, so that nothing is taken for an integer by accident.
    let standIn: unknown = typeof value.hint === "boolean" ? true : 0.5;
    if (!this.#allFloating && typeof standIn === "number") {
      // Some integers do not fit a dtype or an operation (`x.pow(-1)`): an error of the running graph could not be caught.
      if (findHandler(tracer.frames) !== null) {
        const constant = tracer.specialize(value, "an operand of integers where errors are caught");
        return this.#constant(constant, position);
      }
      // Typing is value-based: an integral number keeps an integer tensor's dtype. Which it is becomes a guard.
      const integral = tracer.decideExpression(isIntegral(value.expression));
      if (integral === undefined) return this.#refuse(value);
      if (integral) standIn = 2;
    }
    this.#hasSymbols = true;
    return {
      fake: standIn,
      node: tracer.graph.scalar(value.expression),
      shape: constantRef(standIn),
    };
  }

  #size({ hint, expression }: NumberVariable): CapturedArgument {
    return {
      fake: isKnownAtEntry(expression) ? hint : standInValue(expression),
      node: this.#machine.tracer.graph.scalar(expression),
      shape: { kind: "number", expression },
    };
  }

  /** A slice keeps its symbols; every other text is a constant or has no place in a graph. */
  #text(value: TemplateVariable, position: number | string): CapturedArgument {
    if (this.#callee.function.parameterKind(position) === "index") {
      const parts = value.parts.flatMap((part) => {
        if (typeof part === "string") return [constantArgument(part)];
        return part.kind === "number" && isSize(part) ? [this.#size(part)] : [];
      });
      if (parts.length === value.parts.length)
        return {
          fake: parts.map(({ fake }) => fake).join(""),
          node: this.#machine.tracer.graph.text(parts.map(({ node }) => node)),
          shape: { kind: "text", parts: parts.map(({ shape }) => shape) },
        };
    }
    const text = knownText(this.#machine, value);
    return text.kind === "constant" ? constantArgument(text.value) : this.#refuse(value);
  }

  #options(value: Extract<ForcedVariable, { kind: "object" }>): CapturedArgument {
    const fake: Record<string, unknown> = {};
    const node: Record<string, Argument> = {};
    const entries: [string, ShapeRef][] = [];
    this.#enter(value);
    for (const [key, property] of ownDataProperties(this.#machine, value)) {
      if (typeof key === "symbol") return this.#refuse(value);
      const captured = this.of(property, key === "__proto__" ? "" : String(key));
      fake[key] = captured.fake;
      node[key] = captured.node;
      entries.push([String(key), captured.shape]);
    }
    this.#around.delete(value);
    return { fake, node, shape: { kind: "options", entries } };
  }

  /** An array or object that holds itself has no end. */
  #enter(value: ForcedVariable): void {
    if (this.#around.has(value)) this.#refuse(value);
    this.#around.add(value);
  }

  #refuse(value: ForcedVariable): never {
    return breakGraph(
      "argumentNotInGraph",
      {
        operator: this.#machine.expressionText(),
        argument: describeVariable(value),
        kind: describeForUser(value),
      },
      `convert ${describeVariable(value)}`,
    );
  }
}
