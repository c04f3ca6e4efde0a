import { Tensor } from "../../api/tensor.ts";
import type { DType } from "../../core/dtype.ts";
import { emptyTensor } from "../../core/make-tensor.ts";
import { runFake } from "../../core/fake-tensor.ts";
import { stateOf } from "../../core/tensor.ts";
import { evaluateExpression } from "../../symbolic/expression.ts";
import { UnbackedNames } from "./unbacked-names.ts";
import type { NumberLeaf } from "../variables/variable.ts";
import { type ShapePart, type ShapeRef, valueOfRef, visitRef } from "./shape-ref.ts";

/** The size that stands for one that only running the graph tells. */
export const standInSize = 3;
/** Other sizes that each call is tried with: what the interpreter relies on must not depend on the stand-in. */
const otherSizes = [0, 1, 2, 5] as const;

/** One more run of the capture's calls on fake tensors, with another size in the place of every unknown one. */
interface Trial {
  readonly size: number;
  /** What unbacked fakes are in this trial; null after an error, which running the graph would throw as well. */
  readonly tensors: Map<Tensor, Tensor | null>;
}

interface FakeCall {
  readonly fn: Function;
  readonly receiver: ShapeRef | null;
  readonly args: readonly ShapeRef[];
}

/**
 * Tensors with sizes that depend on data, and numbers out of tensors that are used as sizes. Operators run on a stand-in
 * size while capturing and on several others; results may differ in sizes only.
 */
export class UnbackedShapes {
  readonly #trials: readonly Trial[] = otherSizes.map((size) => ({ size, tensors: new Map() }));
  readonly #names = new UnbackedNames();

  /** How a size that depends on data is written; null for other sizes. */
  nameOf(fake: Tensor, dim: number): string | null {
    return this.isUnbackedDim(fake, dim) ? this.#names.ofSize(fake, dim) : null;
  }

  /** All tensors with such sizes. */
  get tensors(): readonly Tensor[] {
    return [...new Set(this.#trials.flatMap(({ tensors }) => [...tensors.keys()]))];
  }

  isUnbacked(fake: Tensor): boolean {
    return this.#trials.some(({ tensors }) => tensors.has(fake));
  }

  /** Whether the size of this dimension depends on data. */
  isUnbackedDim(fake: Tensor, dim: number): boolean {
    return this.#trials.some(({ tensors }) => {
      const other = tensors.get(fake);
      return other !== undefined && other !== null && other.shape[dim] !== fake.shape[dim];
    });
  }

  /** A result of an operator whose sizes depend on data: fake, with the stand-in in these dimensions. */
  addOrigin(
    shape: readonly number[],
    dims: readonly number[],
    like: { readonly dtype: DType; readonly requires_grad: boolean },
  ): Tensor {
    const resized = (size: number): Tensor => {
      const sizes = shape.map((own, dim) => (dims.includes(dim) ? size : own));
      // The registered class of all tensors is Tensor.
      const made = runFake(() => emptyTensor(sizes, like.dtype)) as Tensor;
      made.requires_grad = like.requires_grad;
      return made;
    };
    const fake = resized(standInSize);
    for (const { size, tensors } of this.#trials) tensors.set(fake, resized(size));
    for (const dim of dims) this.#names.ofSize(fake, dim);
    return fake;
  }

  /** Whether anything in the call has a size that depends on data. */
  depends({ receiver, args }: FakeCall): boolean {
    let found = false;
    for (const ref of receiver === null ? args : [receiver, ...args]) {
      visitRef(ref, (part) => {
        found ||=
          part.kind === "tensor"
            ? this.isUnbacked(part.fake)
            : evaluateExpression(part.expression, knownLeaf) === undefined;
      });
    }
    return found;
  }

  /** Tries the call with other sizes. Says what differs besides sizes, or gives null and knows its results from then on. */
  check(call: FakeCall, result: unknown): string | null {
    for (const trial of this.#trials) {
      const problem = runFake(() => this.#tryCall(trial, call, result));
      if (problem !== null) return problem;
    }
    this.#nameResults(call, result);
    return null;
  }

  /** A size that is always that of an argument, or a number given, has its name. */
  #nameResults({ receiver, args }: FakeCall, result: unknown): void {
    const given: { readonly name: () => string; readonly sizes: string }[] = [];
    for (const ref of receiver === null ? args : [receiver, ...args]) {
      visitRef(ref, (part) => {
        if (part.kind === "tensor") {
          for (const dim of part.fake.shape.keys())
            if (this.isUnbackedDim(part.fake, dim))
              given.push({
                name: () => this.#names.ofSize(part.fake, dim),
                sizes: this.#sizesOf(part.fake, dim),
              });
          return;
        }
        const { expression } = part;
        given.push({
          name: () => this.#names.ofNumber(expression),
          sizes: this.#trials
            .map(({ size }) => evaluateExpression(expression, (leaf) => knownLeaf(leaf) ?? size))
            .join(),
        });
      });
    }
    for (const tensor of Array.isArray(result) ? result : [result]) {
      if (!(tensor instanceof Tensor) || this.#names.isNamed(tensor)) continue;
      for (const dim of tensor.shape.keys()) {
        if (!this.isUnbackedDim(tensor, dim)) continue;
        const sizes = this.#sizesOf(tensor, dim);
        const same = given.find((each) => each.sizes === sizes);
        this.#names.set(tensor, dim, same?.name() ?? null);
      }
    }
  }

  #sizesOf(fake: Tensor, dim: number): string {
    return this.#trials.map(({ tensors }) => tensors.get(fake)?.shape[dim]).join();
  }

  #tryCall(trial: Trial, call: FakeCall, result: unknown): string | null {
    const inputs: [Tensor, Tensor][] = [];
    let isUnknown = false;
    const valueOf = (part: ShapePart): unknown => {
      if (part.kind === "number") {
        return evaluateExpression(part.expression, (leaf) => knownLeaf(leaf) ?? trial.size);
      }
      const other = trial.tensors.get(part.fake);
      if (other === null) isUnknown = true;
      inputs.push([part.fake, other ?? part.fake]);
      return other ?? part.fake;
    };
    const receiver = call.receiver === null ? undefined : valueOfRef(call.receiver, valueOf);
    const args = call.args.map((arg) => valueOfRef(arg, valueOf));
    let other: unknown = null;
    if (!isUnknown) {
      try {
        other = Reflect.apply(call.fn, receiver, args) as unknown;
      } catch {
        isUnknown = true;
      }
    }
    return bind(result, isUnknown ? null : { value: other }, inputs, trial);
  }
}

const knownLeaf = (leaf: NumberLeaf): number | boolean | undefined =>
  leaf.kind === "source" || leaf.kind === "size" ? leaf.hint : undefined;

/** Records what the captured result is in a trial; says what differs besides sizes. */
function bind(
  captured: unknown,
  other: { readonly value: unknown } | null,
  inputs: readonly (readonly [Tensor, Tensor])[],
  { size, tensors }: Trial,
): string | null {
  if (captured instanceof Tensor) {
    const known = inputs.find(([fake]) => fake === captured);
    if (other === null) {
      // What the call itself made of an unknown size is known already.
      if (known === undefined && !tensors.has(captured)) tensors.set(captured, null);
      return null;
    }
    const { value } = other;
    if (!(value instanceof Tensor)) return `it gives no tensor for size ${size}`;
    if (known !== undefined)
      return known[1] === value ? null : `it gives another tensor for size ${size}`;
    if (inputs.some(([, input]) => input === value))
      return `it gives its argument back for size ${size}`;
    if (value.ndim !== captured.ndim)
      return `it gives ${value.ndim} dimensions for size ${size}, not ${captured.ndim}`;
    if (value.dtype !== captured.dtype) return `it gives another dtype for size ${size}`;
    for (const [fake, input] of inputs)
      if (sharesMemory(fake, captured) !== sharesMemory(input, value))
        return `it shares memory with its argument or not, for size ${size}`;
    tensors.set(captured, value);
    return null;
  }
  if (Array.isArray(captured)) {
    if (other !== null && (!Array.isArray(other.value) || other.value.length !== captured.length))
      return `it gives another number of results for size ${size}`;
    for (const [index, item] of captured.entries()) {
      const part: { readonly value: unknown } | null =
        other === null ? null : { value: Reflect.get(Object(other.value), index) };
      const problem = bind(item, part, inputs, { size, tensors });
      if (problem !== null) return problem;
    }
    return null;
  }
  return other === null || Object.is(captured, other.value)
    ? null
    : `it gives ${String(other.value)} for size ${size}`;
}

const sharesMemory = (a: Tensor, b: Tensor): boolean => stateOf(a).storage === stateOf(b).storage;
