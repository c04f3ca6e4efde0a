import type { NumberHistory } from "../interpreter/tracer.ts";
import type { Scalar } from "../../symbolic/expression.ts";
import type { Tensor } from "../../api/tensor.ts";
import { metaOfValue } from "../guards/meta-of-value.ts";
import type { DimDecision } from "../shapes/dim-decision.ts";
import type { TensorMeta } from "../../core/tensor-meta.ts";
import { SizeRecords } from "./size-records.ts";
import { config } from "../config.ts";
import type { SymbolicInput } from "../residual/break-writer.ts";
import { type Source, rootInput, sourceKey } from "../variables/source.ts";

/** What one unit remembers of the numbers it saw: one that changed enters as a symbol from then on (automatic dynamic). */
export class NumberRecords implements NumberHistory {
  readonly #seen = new Map<string, Scalar>();
  readonly #varying = new Set<string>();
  readonly #symbolicInputs = new Set<number>();
  readonly #tensorInputs = new Set<number>();
  readonly #texts = new Map<number, string>();
  readonly #varyingTexts = new Set<number>();
  readonly #sizes: SizeRecords;
  readonly #dynamic: boolean | null;

  constructor(dynamic: boolean | null) {
    this.#dynamic = dynamic;
    this.#sizes = new SizeRecords(dynamic);
  }

  /** Inputs of a resume function that were symbols in the segment before. */
  addSymbolicInputs(inputs: readonly SymbolicInput[]): void {
    for (const { index, fromTensor } of inputs)
      (fromTensor ? this.#tensorInputs : this.#symbolicInputs).add(index);
  }

  varies(source: Source, value: Scalar): boolean {
    if (
      typeof value === "number" &&
      (Number.isInteger(value) ? config.specialize_int : config.specialize_float)
    )
      return false;
    if (source.kind === "input" && this.#symbolicInputs.has(source.index)) return true;
    if (this.#dynamic !== null) return this.#dynamic;
    if (!config.automatic_dynamic_shapes) return false;
    const name = sourceKey(source);
    if (this.#varying.has(name)) return true;
    const before = this.#seen.get(name);
    this.#seen.set(name, value);
    if (before === undefined || Object.is(before, value)) return false;
    this.#varying.add(name);
    return true;
  }

  textVaries(source: Source, value: string): boolean {
    if (source.kind !== "input" || !this.#symbolicInputs.has(source.index)) return false;
    const before = this.#texts.get(source.index);
    this.#texts.set(source.index, value);
    if (before !== undefined && before !== value) this.#varyingTexts.add(source.index);
    return this.#varyingTexts.has(source.index);
  }

  decideSizes(source: Source, tensor: Tensor, meta: TensorMeta): readonly DimDecision[] {
    return this.#sizes.decide(source, tensor, meta);
  }

  /** Takes note of the inputs of a call that runs natively. */
  noteInputs(inputs: readonly unknown[]): void {
    for (const [index, value] of inputs.entries()) {
      const source: Source = { kind: "input", index, name: String(index) };
      const meta = metaOfValue(value);
      if (meta !== undefined) this.decideSizes(source, value as Tensor, meta); // only tensors have metadata
      else if (typeof value === "number") this.varies(source, value);
    }
  }

  isFromTensor(source: Source): boolean {
    const root = rootInput(source);
    return root !== null && this.#tensorInputs.has(root);
  }
}
