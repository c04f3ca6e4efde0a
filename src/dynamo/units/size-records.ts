import type { Tensor } from "../../api/tensor.ts";
import type { TensorMeta } from "../../core/tensor-meta.ts";
import { config } from "../config.ts";
import type { DimDecision } from "../shapes/dim-decision.ts";
import { type DimMark, marksOf } from "../shapes/mark-dynamic.ts";
import { type Source, sourceKey } from "../variables/source.ts";

/** What one unit remembers of the tensors it saw: a size that changed enters as a symbol from then on (automatic dynamic). */
export class SizeRecords {
  readonly #seen = new Map<string, TensorMeta>();
  readonly #varying = new Map<string, Map<number, string>>();
  readonly #dynamic: boolean | null;

  constructor(dynamic: boolean | null) {
    this.#dynamic = dynamic;
  }

  /** For each dimension of the tensor at `source` whether its size enters as a symbol, and why. */
  decide(source: Source, tensor: Tensor, meta: TensorMeta): readonly DimDecision[] {
    const marks = marksOf(tensor);
    const varying = this.#note(sourceKey(source), meta);
    return meta.shape.map((size, dim) => this.#decideDim(size, marks.get(dim), varying.get(dim)));
  }

  #decideDim(size: number, mark: DimMark | undefined, change: string | undefined): DimDecision {
    const decision = (isDynamic: boolean, why: string): DimDecision => ({
      isDynamic,
      why,
      mark: mark ?? null,
    });
    if (mark?.kind === "static") return decision(false, "mark_static");
    if (this.#dynamic === false) return decision(false, "dynamic: false");
    if (mark !== undefined && size >= mark.min && size <= mark.max)
      return decision(true, mark.kind === "maybe" ? "maybe_mark_dynamic" : "mark_dynamic");
    if (mark !== undefined)
      return decision(false, `outside the range of mark_dynamic, ${mark.min} to ${mark.max}`);
    if (this.#dynamic === true) return decision(true, "dynamic: true");
    if (change === undefined) return decision(false, "no other size seen yet");
    return config.automatic_dynamic_shapes
      ? decision(true, change)
      : decision(false, "automatic_dynamic_shapes is off");
  }

  #note(key: string, meta: TensorMeta): ReadonlyMap<number, string> {
    const before = this.#seen.get(key);
    this.#seen.set(key, meta);
    let varying = this.#varying.get(key);
    if (varying === undefined || before?.shape.length !== meta.shape.length)
      this.#varying.set(key, (varying = new Map()));
    if (before?.shape.length !== meta.shape.length) return varying;
    for (const [dim, size] of meta.shape.entries()) {
      const other = before.shape[dim];
      if (other !== size && !varying.has(dim)) varying.set(dim, `it was ${other}, then ${size}`);
    }
    return varying;
  }
}
