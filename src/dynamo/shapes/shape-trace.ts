import { Tensor } from "../../api/tensor.ts";
import { withGradMode } from "../../core/grad-mode-flag.ts";
import { fakeTensor, runFake } from "../../core/fake-tensor.ts";
import { emptyTensor } from "../../core/make-tensor.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { metaOf, type TensorMeta } from "../../core/tensor-meta.ts";
import {
  type Expression,
  evaluateExpression,
  leavesOf,
  printExpression,
  type Scalar,
} from "../../symbolic/expression.ts";
import type { GuardPlace } from "../guards/guard-set.ts";
import { type Source, sourceKey, sourceName } from "../variables/source.ts";
import type { NumberLeaf } from "../variables/variable.ts";
import { ReplayMemo } from "./replay-memo.ts";
import {
  firstWithMemoryOf,
  matchPattern,
  patternOf,
  type ResultPattern,
  type SlotTable,
} from "./result-pattern.ts";
import { standInSize } from "./unbacked-shapes.ts";
import { type ShapePart, type ShapeRef, valueOfRef, visitRef } from "./shape-ref.ts";

type Step =
  | {
      readonly kind: "call";
      readonly name: string;
      readonly fn: Function;
      readonly receiver: ShapeRef | null;
      readonly args: readonly ShapeRef[];
      readonly result: ResultPattern;
    }
  | { readonly kind: "sameSizes"; readonly first: ShapeRef; readonly second: ShapeRef }
  | { readonly kind: "fact"; readonly expression: Expression<NumberLeaf>; readonly truth: boolean };

/** A step that does not hold for other sizes, and where in the program it stands. */
export interface ShapeFailure {
  readonly text: string;
  readonly place: GuardPlace | null;
}

/**
 * Everything a capture learnt about tensors whose sizes may vary, so that it can be checked for other sizes by running the
 * same calls on fake tensors again: ranks, dtypes, aliasing, lengths of lists, decisions on sizes. Sizes themselves are not
 * facts. No rule about any operator is needed, and sizes 0 and 1 are special only where they make a difference.
 */
export class ShapeTrace implements SlotTable {
  readonly #tensors: Tensor[] = [];
  readonly #slots = new Map<Tensor, number>();
  /** Tensors of fixed sizes that calls gave back. */
  readonly #fixed = new Map<Tensor, number>();
  /** Dynamic tensors from outside: their metadata is given to a replay. */
  readonly #inputs: {
    readonly source: Source;
    readonly slot: number;
    readonly hidden: readonly number[];
  }[] = [];
  /** Numbers from outside that take part in sizes, with their values in the call being captured. */
  readonly #numbers = new Map<string, { readonly source: Source; readonly hint: Scalar }>();
  readonly #steps: { readonly step: Step; readonly place: GuardPlace | null }[] = [];
  readonly #memo = new ReplayMemo();

  /** Whether sizes of this fake tensor may vary. */
  isDynamic(fake: Tensor): boolean {
    return this.#slots.has(fake);
  }

  get isEmpty(): boolean {
    return this.#steps.length === 0;
  }

  slotOf(tensor: Tensor): number | undefined {
    return this.#slots.get(tensor) ?? this.#fixed.get(tensor);
  }

  add(tensor: Tensor): number {
    const slot = this.#tensors.push(tensor) - 1;
    this.#slots.set(tensor, slot);
    return slot;
  }

  firstWithMemoryOf(tensor: Tensor): number {
    return firstWithMemoryOf(tensor, this.#tensors);
  }

  /** `hidden`: dimensions in which a replay keeps the stand-in of the capture, whatever the size is. */
  addInput(source: Source, fake: Tensor, hidden: readonly number[] = []): void {
    this.#inputs.push({ source, slot: this.add(fake), hidden });
  }

  /** Notes a call on fakes, if anything in it depends on sizes that may vary. */
  addCall(
    call: {
      readonly name: string;
      readonly fn: Function;
      readonly receiver: ShapeRef | null;
      readonly args: readonly ShapeRef[];
    },
    result: unknown,
    place: GuardPlace | null,
  ): void {
    const parts = call.receiver === null ? call.args : [call.receiver, ...call.args];
    // Every part is looked at: a replay needs the numbers of all of them.
    if (!parts.map((part) => this.#depends(part)).includes(true)) return;
    // What changes in place is given back: no new tensor, though its sizes do not vary.
    for (const tensor of Array.isArray(result) ? result : [result])
      if (tensor instanceof Tensor && parts.some((part) => isTensorRef(part, tensor)))
        this.#addFixed(tensor);
    this.#push({ kind: "call", ...call, result: patternOf(result, this) }, place);
  }

  /** Two tensors must go on to have the same dtype and sizes. */
  addSameSizes(first: Tensor, second: Tensor, place: GuardPlace | null): void {
    if (!this.isDynamic(first) && !this.isDynamic(second)) return;
    this.#push(
      {
        kind: "sameSizes",
        first: { kind: "tensor", fake: first },
        second: { kind: "tensor", fake: second },
      },
      place,
    );
  }

  /** A decision that was made on sizes. */
  addFact(expression: Expression<NumberLeaf>, truth: boolean, place: GuardPlace | null): void {
    this.#noteNumbers(expression);
    this.#push({ kind: "fact", expression, truth }, place);
  }

  /** The places outside whose metadata or value `holds` is given, in this order. */
  get sources(): { readonly tensors: readonly Source[]; readonly numbers: readonly Source[] } {
    return {
      tensors: this.#inputs.map(({ source }) => source),
      numbers: [...this.#numbers.values()].map(({ source }) => source),
    };
  }

  /** The value of a number among the sources in the call being captured. */
  hintOf(source: Source): Scalar | undefined {
    return this.#numbers.get(sourceKey(source))?.hint;
  }

  /** Whether all that was learnt is true for other metadata and numbers. Hot path (bench: dispatch). */
  holds(key: readonly unknown[]): boolean {
    return this.#memo.verdict(key, () => this.failure(key) === null);
  }

  /** The first step that does not hold for the given metadata and numbers. */
  failure(key: readonly unknown[]): ShapeFailure | null {
    // Whether an operation may write to a leaf does not depend on sizes: that was checked by the capture.
    return withGradMode(false, () => runFake(() => this.#replay(key, [])));
  }

  /** The tensors of the trace as the capture saw them. */
  get tensors(): readonly Tensor[] {
    return this.#tensors;
  }

  /** The sizes that all tensors of the trace have for other metadata and numbers; null where the trace does not hold. */
  sizesFor(key: readonly unknown[]): readonly (readonly number[] | undefined)[] | null {
    const tensors: (Tensor | undefined)[] = [];
    const failure = runFake(() => this.#replay(key, tensors));
    return failure === null ? this.#tensors.map((_, slot) => tensors[slot]?.shape) : null;
  }

  #addFixed(tensor: Tensor): void {
    if (this.slotOf(tensor) === undefined) this.#fixed.set(tensor, this.#tensors.push(tensor) - 1);
  }

  #push(step: Step, place: GuardPlace | null): void {
    this.#steps.push({ step, place });
  }

  #depends(ref: ShapeRef): boolean {
    let found = false;
    visitRef(ref, (part) => {
      if (part.kind === "tensor") found ||= this.isDynamic(part.fake);
      else {
        found = true;
        this.#noteNumbers(part.expression);
      }
    });
    return found;
  }

  #noteNumbers(expression: Expression<NumberLeaf>): void {
    for (const leaf of leavesOf(expression)) {
      if (leaf.kind === "source" && leaf.source.kind !== "size")
        this.#numbers.set(sourceKey(leaf.source), leaf);
    }
  }

  /** Fills `tensors` by slot. */
  #replay(key: readonly unknown[], tensors: (Tensor | undefined)[]): ShapeFailure | null {
    for (const [index, { slot, hidden }] of this.#inputs.entries()) {
      const meta = key[index] as TensorMeta; // the guard gives metadata of tensors first
      tensors[slot] = (hidden.length === 0 ? fakeTensor(meta) : hiding(meta, hidden)) as Tensor; // the registered class
    }
    for (const [tensor, slot] of this.#fixed) tensors[slot] = tensor;
    const numbers = new Map<string, Scalar>();
    for (const [index, name] of [...this.#numbers.keys()].entries())
      numbers.set(name, key[this.#inputs.length + index] as Scalar); // then the numbers
    const valueOfLeaf = (leaf: NumberLeaf): Scalar | undefined => {
      if (leaf.kind === "size")
        return tensors[this.#slots.get(leaf.tensor.fake) ?? -1]?.shape[leaf.dim];
      if (leaf.kind !== "source") return undefined;
      if (leaf.source.kind !== "size") return numbers.get(sourceKey(leaf.source));
      const base = sourceKey(leaf.source.base);
      const input = this.#inputs.find(({ source }) => sourceKey(source) === base);
      return input === undefined ? leaf.hint : tensors[input.slot]?.shape[leaf.source.dim];
    };
    const valueOf = (part: ShapePart): unknown => {
      if (part.kind === "number") return evaluateExpression(part.expression, valueOfLeaf);
      const slot = this.#slots.get(part.fake);
      return slot === undefined ? part.fake : tensors[slot];
    };
    for (const { step, place } of this.#steps) {
      const failure = this.#failureOf(step, tensors, valueOf, valueOfLeaf);
      if (failure !== null) return { text: failure, place };
    }
    return null;
  }

  #failureOf(
    step: Step,
    tensors: (Tensor | undefined)[],
    valueOf: (part: ShapePart) => unknown,
    valueOfLeaf: (leaf: NumberLeaf) => Scalar | undefined,
  ): string | null {
    switch (step.kind) {
      case "call": {
        const receiver = step.receiver === null ? undefined : valueOfRef(step.receiver, valueOf);
        const args = step.args.map((arg) => valueOfRef(arg, valueOf));
        let result: unknown;
        try {
          result = Reflect.apply(step.fn, receiver, args);
        } catch (error) {
          return `${step.name} throws for these sizes: ${error instanceof Error ? error.message : String(error)}`;
        }
        return matchPattern(step.result, result, tensors)
          ? null
          : `${step.name} gives something else than ${describePattern(step.result)} for these sizes`;
      }
      case "sameSizes": {
        const [first, second] = [step.first, step.second].map(
          (ref) => metaOf(valueOfRef(ref, valueOf) as Tensor), // tensors' refs
        );
        return first?.dtype === second?.dtype && first?.shape.join() === second?.shape.join()
          ? null
          : "two tensors that must be of one shape differ for these sizes";
      }
      case "fact":
        return Boolean(evaluateExpression(step.expression, valueOfLeaf)) === step.truth
          ? null
          : `${step.truth ? "" : "!"}${printExpression(step.expression, leafName)}`;
    }
  }
}

function isTensorRef(ref: ShapeRef, tensor: Tensor): boolean {
  let found = false;
  visitRef(ref, (part) => {
    found ||= part.kind === "tensor" && part.fake === tensor;
  });
  return found;
}

/** A fake of a contiguous tensor with the stand-in in some dimensions. */
function hiding(meta: TensorMeta, hidden: readonly number[]): TensorBase {
  const sizes = meta.shape.map((size, dim) => (hidden.includes(dim) ? standInSize : size));
  const tensor = emptyTensor(sizes, meta.dtype);
  tensor.requires_grad = meta.requires_grad;
  return tensor;
}

const leafName = (leaf: NumberLeaf): string => {
  if (leaf.kind === "source") return sourceName(leaf.source);
  return leaf.kind === "size" ? `${leaf.tensor.node?.name ?? "tensor"}.size()[${leaf.dim}]` : "u";
};

function describePattern(pattern: ResultPattern): string {
  switch (pattern.kind) {
    case "tensor":
      return pattern.isKnown
        ? "its own argument"
        : `a new ${String(pattern.dtype)} tensor with ${pattern.rank} dimensions`;
    case "list":
      return `${pattern.items.length} results`;
    case "value":
      return String(pattern.value);
  }
}
