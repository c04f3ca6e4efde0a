import { Tensor } from "../../api/tensor.ts";
import type { Node } from "../../fx/node.ts";
import { customOpOf } from "../../api/custom-op.ts";
import { leafName } from "../leaf-function.ts";
import { checkedCustomOp } from "./checked-custom-op.ts";
import { isAllowedInGraph } from "../opaque-functions.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { InGraphVariable } from "../variables/variable.ts";
import {
  ArrayVariable,
  ConstantVariable,
  ObjectVariable,
  TensorVariable,
  type Variable,
} from "../variables/variable.ts";
import type { CapturedArgument } from "./captured-argument.ts";

/** Turns the results on fakes into variables, adding the node only if there is something for the graph to do. */
export class ResultWrapper {
  readonly #machine: Machine;
  readonly #callee: InGraphVariable;
  readonly #captured: readonly CapturedArgument[];
  readonly #inputs: readonly TensorVariable[];
  #node: Node | null = null;

  constructor(
    machine: Machine,
    callee: InGraphVariable,
    captured: readonly CapturedArgument[],
    inputs: readonly TensorVariable[],
  ) {
    this.#machine = machine;
    this.#callee = callee;
    this.#captured = captured;
    this.#inputs = inputs;
  }

  wrap(result: unknown): Variable {
    // The fake's number is not the implementation's, and nothing can be computed with one that is not there yet.
    if (customOpOf(this.#callee.value) !== null && hasPlainValue(result)) {
      return breakGraph(
        "notATensorResult",
        { operator: this.#callee.name, result: String(result) },
        `call ${this.#callee.name}`,
      );
    }
    if (result instanceof Tensor) return this.#tensor(result, () => this.#call(result));
    if (Array.isArray(result) && result.some((item) => item instanceof Tensor) && isFlat(result))
      return this.#tuple(result);
    if (isAllowedInGraph(this.#callee.value) && holdsTensor(result))
      return this.#tree(result, () => this.#call(result));
    if (this.#callee.function.hasEffects) this.#call(result);
    if (Array.isArray(result)) {
      const items = result.map((item: unknown) => new ConstantVariable(item));
      return new ArrayVariable({ items, frozen: Object.isFrozen(result) });
    }
    if (
      (typeof result === "object" && result !== null && !isMetadata(result)) ||
      typeof result === "function"
    ) {
      return breakGraph(
        "notATensorResult",
        { operator: this.#callee.name, result: String(result) },
        `call ${this.#callee.name}`,
      );
    }
    return new ConstantVariable(result);
  }

  #tensor(fake: Tensor, node: () => Node): Variable {
    const same = this.#inputs.find((input) => input.fake === fake);
    if (same === undefined) return new TensorVariable(fake, node(), null, null);
    // An in-place op gives its receiver back; an op that merely returns an input (x.contiguous()) needs no node.
    if (this.#callee.function.hasEffects) node();
    return same;
  }

  #tuple(results: readonly unknown[]): Variable {
    const items: Variable[] = results.map((item, index) => {
      if (!(item instanceof Tensor)) return new ConstantVariable(item);
      return this.#tensor(item, () =>
        this.#machine.tracer.graph.getItem(this.#call(results), index, item, this.#machine.place()),
      );
    });
    const named = new Map<string, Variable>();
    for (const key of Object.keys(results)) {
      if (/^\d+$/.test(key)) continue;
      const position = results.indexOf(Reflect.get(results, key));
      const item = items[position];
      if (item !== undefined) named.set(key, item);
    }
    return new ArrayVariable({ items, named, frozen: Object.isFrozen(results) });
  }

  /** Arrays and plain objects of tensors, as functions that are not looked into may give them; all else is taken as it is. */
  #tree(value: unknown, node: () => Node): Variable {
    if (value instanceof Tensor) return this.#tensor(value, node);
    const part = (key: number | string, item: unknown): Variable =>
      this.#tree(item, () =>
        this.#machine.tracer.graph.getItem(node(), key, item, this.#machine.place()),
      );
    if (Array.isArray(value))
      return new ArrayVariable({ items: value.map((item: unknown, index) => part(index, item)) });
    if (!isPlainObject(value)) return this.wrap(value);
    const object = new ObjectVariable({ prototype: Object.prototype });
    for (const [key, item] of Object.entries(value))
      object.properties.set(key, { kind: "data", value: part(key, item), enumerable: true });
    return object;
  }

  #call(result: unknown): Node {
    const { graph } = this.#machine.tracer;
    const args = this.#captured.map((argument) => argument.node);
    this.#node ??= this.#callee.isMethod
      ? graph.callMethod(this.#callee.name, args, result, this.#machine.place())
      : graph.callFunction(
          this.#target(result),
          this.#callee.name,
          args,
          result,
          this.#machine.place(),
        );
    return this.#node;
  }

  /** What the graph calls: of a custom operator, or a leaf function, a check that its fake told the truth belongs to the call. */
  #target(result: unknown): Function {
    const { value } = this.#callee;
    if (customOpOf(value) === null && leafName(value) === null) return value;
    const { shapes, unbacked } = this.#machine.tracer;
    const mayVary = [result, ...this.#inputs.map(({ fake }) => fake)]
      .flat()
      .some(
        (part) => part instanceof Tensor && (shapes.isDynamic(part) || unbacked.isUnbacked(part)),
      );
    return checkedCustomOp(value, result, mayVary);
  }
}

function hasPlainValue(result: unknown): boolean {
  if (Array.isArray(result)) return result.some(hasPlainValue);
  return result !== undefined && result !== null && !(result instanceof Tensor);
}

const isFlat = (results: readonly unknown[]): boolean =>
  results.every((item) => item instanceof Tensor || (!Array.isArray(item) && !isPlainObject(item)));

const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function holdsTensor(value: unknown): boolean {
  if (value instanceof Tensor) return true;
  if (Array.isArray(value)) return value.some(holdsTensor);
  return isPlainObject(value) && Object.values(value).some(holdsTensor);
}

/** Objects that stand for themselves: dtypes and devices. */
const isMetadata = (value: object): boolean => Object.isFrozen(value) && !Array.isArray(value);
