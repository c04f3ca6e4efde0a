import { describeValue as describeTensor } from "../../fx/describe-value.ts";
import { metaOf } from "../../core/tensor-meta.ts";
import type { Machine } from "../interpreter/machine.ts";
import { isPlainData } from "./plain-data.ts";
import type { TreeLeaf } from "../operations/higher-order/result-tree.ts";
import { scalarExpression } from "../operations/scalar-expression.ts";
import { typeOf } from "../operations/operators.ts";
import { ownDataProperties } from "../operations/own-data-properties.ts";
import {
  ArrayVariable,
  CursorVariable,
  type ForcedVariable,
  NumberVariable,
  ObjectVariable,
  type Variable,
  describeForUser,
  isSamePlace,
} from "../variables/variable.ts";

/** Where the value of one variable comes from once both sides have ended. */
export type Merged = (outputs: readonly Variable[]) => Variable;

/**
 * Finds out how the values that a variable has in the two sides become one: the same value stays, tensors and numbers
 * become outputs of the operator, arrays and plain objects made in the sides are made again around them.
 */
export class MergePlan {
  /** What each side gives, position by position. */
  readonly leaves: readonly [TreeLeaf[], TreeLeaf[]] = [[], []];
  readonly #machine: Machine;
  readonly #births: readonly [number, number];
  readonly #known = new Map<ForcedVariable, { other: ForcedVariable; merged: Merged }>();
  readonly #others = new Set<ForcedVariable>();

  constructor(machine: Machine, births: readonly [number, number]) {
    this.#machine = machine;
    this.#births = births;
  }

  /** A text says why the two cannot become one. */
  merge(first: Variable, second: Variable): Merged | string {
    if (first === second) return () => first;
    const a = this.#machine.force(first);
    const b = this.#machine.force(second);
    if (a === b) return () => first;
    if (a.kind === "constant" && b.kind === "constant" && Object.is(a.value, b.value))
      return () => a;
    if ((a.kind === "builtin" || a.kind === "inGraph") && b.kind === a.kind && a.value === b.value)
      return () => a;
    // An object that both sides hold more than once stays one object.
    const known = this.#known.get(a);
    if (known?.other === b) return known.merged;
    const merged = this.#mergeNew(a, b);
    if (typeof merged === "string") return merged;
    if (a.kind === "array" || a.kind === "object") {
      if (known !== undefined || this.#others.has(b))
        return `${describeForUser(a)} is the same as another in one way, but not in the other`;
      this.#others.add(b);
      const built = once(merged);
      this.#known.set(a, { other: b, merged: built });
      return built;
    }
    if (a.kind === "tensor") this.#known.set(a, { other: b, merged });
    return merged;
  }

  #mergeNew(a: ForcedVariable, b: ForcedVariable): Merged | string {
    if (a.kind === "tensor" && b.kind === "tensor") return this.#tensors([a, b]);
    const x = scalarExpression(a);
    const y = scalarExpression(b);
    if (x !== null && y !== null) {
      const [typeOfA, typeOfB] = [typeOf(this.#machine, a), typeOf(this.#machine, b)];
      if (typeOfA !== typeOfB)
        return `it is a ${typeOfA} in one way, and a ${typeOfB} in the other`;
      const number = (expression: typeof x): NumberVariable =>
        new NumberVariable(expression, undefined);
      return this.#leaf(number(x), number(y));
    }
    if (a.kind === "array" && b.kind === "array") return this.#arrays(a, b);
    if (a.kind === "object" && b.kind === "object") return this.#objects(a, b);
    if (a instanceof CursorVariable && b instanceof CursorVariable && isSamePlace(a, b))
      return () => a;
    return differ(a, b);
  }

  #leaf(a: TreeLeaf, b: TreeLeaf): Merged | string {
    const index = this.leaves[0].push(a) - 1;
    this.leaves[1].push(b);
    return (outputs) => {
      const output = outputs[index];
      if (output === undefined) throw new Error(`the operator has no output ${index}`);
      return output;
    };
  }

  #tensors([a, b]: readonly [TreeLeaf & { kind: "tensor" }, TreeLeaf & { kind: "tensor" }]):
    | Merged
    | string {
    const [first, second] = [metaOf(a.fake), metaOf(b.fake)];
    const isSameShape = first.shape.join() === second.shape.join();
    const { unbacked } = this.#machine.tracer;
    const isKnown = !unbacked.isUnbacked(a.fake) && !unbacked.isUnbacked(b.fake);
    const isSameLayout =
      isSameShape && isKnown
        ? first.strides.join() === second.strides.join()
        : a.fake.is_contiguous() && b.fake.is_contiguous();
    const shown = `it is ${describeTensor(a.fake) ?? "?"} in one way, and ${describeTensor(b.fake) ?? "?"} in the other`;
    if (first.dtype !== second.dtype || first.shape.length !== second.shape.length) return shown;
    if (!isSameLayout) return `${shown}, with another layout in memory (strides)`;
    if (first.requires_grad !== second.requires_grad)
      return "it requires gradients in one way, and not in the other";
    return this.#leaf(a, b);
  }

  #arrays(a: ArrayVariable, b: ArrayVariable): Merged | string {
    const [x, y] = [this.#items(a, 0), this.#items(b, 1)];
    if (x === null || y === null || x.length !== y.length) return differ(a, b);
    const items: Merged[] = [];
    for (const [index, item] of x.entries()) {
      const other = y[index];
      const merged = other === undefined ? "" : this.merge(item, other);
      if (typeof merged === "string") return `element ${index}: ${merged}`;
      items.push(merged);
    }
    return (outputs) => new ArrayVariable({ items: items.map((item) => item(outputs)) });
  }

  #items(array: ArrayVariable, side: 0 | 1): readonly Variable[] | null {
    const isOwn = array.birth > this.#births[side] && isPlainData(array);
    if (!isOwn || array.items === null) return null;
    const items = array.items.filter((item) => item !== null);
    return items.length === array.items.length ? items : null;
  }

  #objects(a: ObjectVariable, b: ObjectVariable): Merged | string {
    const [x, y] = [this.#entries(a, 0), this.#entries(b, 1)];
    if (x === null || y === null || x.length !== y.length) return differ(a, b);
    const entries: [PropertyKey, Merged][] = [];
    for (const [index, [key, value]] of x.entries()) {
      const other = y[index];
      if (other?.[0] !== key) return "its properties differ";
      const merged = this.merge(value, other[1]);
      if (typeof merged === "string") return `property ${String(key)}: ${merged}`;
      entries.push([key, merged]);
    }
    return (outputs) => {
      const object = new ObjectVariable({ prototype: Object.prototype });
      for (const [key, merged] of entries) {
        const value = merged(outputs);
        object.properties.set(key, { kind: "data", value, enumerable: true });
      }
      return object;
    };
  }

  #entries(
    object: ObjectVariable,
    side: 0 | 1,
  ): readonly (readonly [PropertyKey, Variable])[] | null {
    const isOwn = object.birth > this.#births[side] && isPlainData(object);
    return isOwn ? ownDataProperties(this.#machine, object) : null;
  }
}

const differ = (a: ForcedVariable, b: ForcedVariable): string =>
  `it is ${describeForUser(a)} in one way, and ${describeForUser(b)} in the other`;

function once(merged: Merged): Merged {
  let value: Variable | null = null;
  return (outputs) => (value ??= merged(outputs));
}
