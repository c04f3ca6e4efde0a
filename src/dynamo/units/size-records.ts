import type { Tensor } from "../../api/tensor.ts";
import type { TensorMeta } from "../../core/tensor-meta.ts";
import { config } from "../config.ts";
import type { DimDecision } from "../shapes/dim-decision.ts";
import { type DimMark, marksOf } from "../shapes/mark-dynamic.ts";
import { type Source, sourceKey } from "../variables/source.ts";

const markNames: Readonly<Record<DimMark["kind"], string>> = {
  dynamic: "mark_dynamic",
  maybe: "maybe_mark_dynamic",
  static: "mark_static",
  unbacked: "mark_unbacked",
};

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
    const canHide = tensor.is_contiguous();
    return meta.shape.map((size, dim) =>
      this.#decideDim(size, marks.get(dim), varying.get(dim), canHide),
    );
  }

  #decideDim(
    size: number,
    mark: DimMark | undefined,
    change: string | undefined,
    canHide: boolean,
  ): DimDecision {
    const decision = (kind: DimDecision["kind"], why: string): DimDecision => ({
      kind,
      why,
      mark: mark ?? null,
    });
    if (mark?.kind === "static") return decision("static", "mark_static");
    if (this.#dynamic === false) return decision("static", "dynamic: false");
    if (mark !== undefined) {
      const name = markNames[mark.kind];
      if (size < mark.min || size > mark.max)
        return decision("static", `outside the range of ${name}, ${mark.min} to ${mark.max}`);
      if (mark.kind !== "unbacked") return decision("dynamic", name);
      return canHide
        ? decision("unbacked", name)
        : decision("dynamic", `${name}, but no longer contiguous`);
    }
    if (this.#dynamic === true) return decision("dynamic", "dynamic: true");
    if (change === undefined) return decision("static", "no other size seen yet");
    return config.automatic_dynamic_shapes
      ? decision("dynamic", change)
      : decision("static", "automatic_dynamic_shapes is off");
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
