import { emptyTensor } from "../../core/make-tensor.ts";
import { runFake } from "../../core/fake-tensor.ts";
import { metaOf, type TensorMeta } from "../../core/tensor-meta.ts";
import { evaluateExpression, type Expression, type Scalar } from "../../symbolic/expression.ts";
import type { GuardPlace, PlacedGuard } from "../guards/guard-set.ts";
import { describeGuard } from "../guards/guard.ts";
import { type Source, sourceKey } from "../variables/source.ts";
import type { NumberLeaf } from "../variables/variable.ts";
import type { Assumptions } from "./assumptions.ts";
import type { SizeDecisions } from "./dim-decision.ts";
import type { DimMark } from "./mark-dynamic.ts";
import type { ShapeTrace } from "./shape-trace.ts";

/** A dimension that must be dynamic, and what allows it only its present size. */
export interface SpecializedDim {
  readonly source: Source;
  readonly dim: number;
  readonly size: number;
  readonly cause: string;
  readonly place: GuardPlace | null;
  readonly mark: DimMark["kind"] | null;
}

/**
 * Dynamic dimensions that the captured code allows only one size: every other size that is tried contradicts a guard or
 * something learnt about shapes.
 */
export function specializedDims(
  decisions: readonly SizeDecisions[],
  guards: readonly PlacedGuard[],
  trace: ShapeTrace,
): readonly SpecializedDim[] {
  return decisions.flatMap(({ source, meta, dims }) =>
    dims.flatMap(({ kind, mark }, dim): SpecializedDim[] => {
      if (kind !== "dynamic") return [];
      const size = meta.shape[dim] ?? 0;
      const others = candidates(size).filter(
        (other) => mark === null || (other >= mark.min && other <= mark.max),
      );
      const causes = others.map((other) =>
        contradiction({ source, dim, size: other }, decisions, guards, trace),
      );
      const [first] = causes;
      if (first === undefined || first === null || causes.includes(null)) return [];
      return [{ source, dim, size, mark: mark?.kind ?? null, ...first }];
    }),
  );
}

/** A size under a strict `mark_unbacked`, as a number of the graph. */
export interface StrictSize {
  readonly source: Source;
  readonly dim: number;
  readonly size: Expression<NumberLeaf>;
}

/** Those of which the program made a single value known. */
export const fixedStrictSizes = (
  sizes: readonly StrictSize[],
  assumptions: Assumptions,
): readonly SpecializedDim[] =>
  sizes.flatMap(({ source, dim, size: term }): SpecializedDim[] => {
    const size = assumptions.onlyValueOf(term);
    if (size === null) return [];
    const cause = `the program checks that it is ${size}`;
    return [{ source, dim, size, cause, place: null, mark: "unbacked" }];
  });

const candidates = (size: number): readonly number[] =>
  [size + 1, size - 1, size * 2, size * 3, size + 7, 2, 64, 1].filter(
    (other, index, all) => other > 0 && other !== size && all.indexOf(other) === index,
  );

interface OtherSize {
  readonly source: Source;
  readonly dim: number;
  readonly size: number;
}

function contradiction(
  other: OtherSize,
  decisions: readonly SizeDecisions[],
  guards: readonly PlacedGuard[],
  trace: ShapeTrace,
): { readonly cause: string; readonly place: GuardPlace | null } | null {
  const changed = sourceKey({ kind: "size", base: other.source, dim: other.dim });
  const valueOf = (leaf: NumberLeaf): Scalar | undefined => {
    if (leaf.kind !== "source") return undefined;
    return sourceKey(leaf.source) === changed ? other.size : leaf.hint;
  };
  for (const { guard, place } of guards) {
    if (guard.kind !== "EXPRESSION") continue;
    if (Boolean(evaluateExpression(guard.expression, valueOf)) !== guard.truth)
      return { cause: describeGuard(guard), place };
  }
  const { tensors, numbers } = trace.sources;
  const changedTensor = sourceKey(other.source);
  const key = [
    ...tensors.map((source) => {
      const known = decisions.find((each) => sourceKey(each.source) === sourceKey(source));
      return known !== undefined && sourceKey(source) === changedTensor
        ? resized(known.meta, other)
        : known?.meta;
    }),
    ...numbers.map((source) => trace.hintOf(source)),
  ];
  const failure = trace.failure(key);
  return failure === null ? null : { cause: failure.text, place: failure.place };
}

function resized(meta: TensorMeta, { dim, size }: OtherSize): TensorMeta {
  const tensor = runFake(() => emptyTensor(meta.shape.with(dim, size), meta.dtype));
  tensor.requires_grad = meta.requires_grad;
  return metaOf(tensor);
}
