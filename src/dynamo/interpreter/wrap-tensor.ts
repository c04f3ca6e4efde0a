import type { Tensor } from "../../api/tensor.ts";
import { fakeTensor } from "../../core/fake-tensor.ts";
import type { TensorMeta } from "../../core/tensor-meta.ts";
import { evaluateExpression, type Expression, type Scalar } from "../../symbolic/expression.ts";
import type { DimDecision } from "../shapes/dim-decision.ts";
import type { DimMark } from "../shapes/mark-dynamic.ts";
import type { Source } from "../variables/source.ts";
import { type NumberLeaf, TensorVariable } from "../variables/variable.ts";
import type { Tracer } from "./tracer.ts";

type Term = Expression<NumberLeaf>;

/** A tensor from outside: its metadata is guarded, but for sizes that vary, and for those the program hides. */
export function wrapTensor(
  tracer: Tracer,
  tensor: Tensor,
  meta: TensorMeta,
  source: Source,
): TensorVariable {
  const dims = tracer.history.decideSizes(source, tensor, meta);
  const dimsThatAre = (wanted: DimDecision["kind"]): readonly number[] =>
    dims.flatMap(({ kind }, dim) => (kind === wanted ? [dim] : []));
  const hidden = dimsThatAre("unbacked");
  const dynamic = dimsThatAre("dynamic");
  const fake =
    hidden.length === 0
      ? (fakeTensor(meta) as Tensor) // the registered class of all tensors
      : tracer.unbacked.addOrigin(meta.shape, hidden, meta);
  tracer.sizeDecisions.push({ source, meta, fake, dims });
  const variable = new TensorVariable(fake, null, source, tensor);
  const varying = [...hidden, ...dynamic];
  if (varying.length === 0) {
    tracer.addGuard({ kind: "TENSOR_MATCH", source, meta });
    return variable;
  }
  tracer.addGuard({ kind: "TENSOR_DYNAMIC", source, meta, dims: varying });
  if (dynamic.length > 0) tracer.shapes.addInput(source, fake, hidden);
  tracer.dynamicDims.set(fake, dynamic);
  for (const dim of varying) guardRange(tracer, source, dim, meta, dims[dim]?.mark ?? null);
  if (hidden.length > 0) {
    tracer.addGuard({ kind: "CONTIGUOUS", source });
    for (const dim of hidden) assumeMark(tracer, variable, source, dim, dims[dim]?.mark ?? null);
  }
  return variable;
}

/** The range given with a mark: sizes outside it get a compile of their own. */
function guardRange(
  tracer: Tracer,
  source: Source,
  dim: number,
  meta: TensorMeta,
  mark: DimMark | null,
): void {
  const size = sizeAtEntry(source, dim, meta.shape[dim] ?? NaN);
  const guard = (expression: Term): void =>
    tracer.addGuard({ kind: "EXPRESSION", expression, truth: true });
  if (mark !== null && mark.min > 0) guard(compare(size, ">=", mark.min));
  if (mark !== null && mark.max < Infinity) guard(compare(size, "<=", mark.max));
}

/** What a mark says of a size that the capture may not look at. */
function assumeMark(
  tracer: Tracer,
  variable: TensorVariable,
  source: Source,
  dim: number,
  mark: DimMark | null,
): void {
  if (mark === null) return;
  const { min, max, strict, shapeId } = mark;
  if (min === 0 && max === Infinity && !strict && shapeId === null) return;
  const size = hiddenSize(tracer, variable, dim);
  if (strict) tracer.strictSizes.push({ source, dim, size });
  if (min > 0) tracer.assumptions.add(compare(size, ">=", min));
  if (max < Infinity) tracer.assumptions.add(compare(size, "<=", max));
  if (shapeId === null) return;
  const atEntry = sizeAtEntry(source, dim, variable.value?.shape[dim] ?? NaN);
  const other = tracer.sizesById.get(shapeId);
  if (other === undefined) {
    tracer.sizesById.set(shapeId, { atEntry, size });
    return;
  }
  const isEqual = evaluateExpression(equal(atEntry, other.atEntry), hintOf) === true;
  tracer.addGuard({
    kind: "EXPRESSION",
    expression: equal(atEntry, other.atEntry),
    truth: isEqual,
  });
  if (!isEqual) return;
  tracer.assumptions.add(equal(size, other.size));
  tracer.assumptions.add(equal(other.size, size));
}

const equal = (left: Term, right: Term): Term => ({ kind: "binary", operator: "===", left, right });
const hintOf = (leaf: NumberLeaf): Scalar | undefined =>
  leaf.kind === "source" ? leaf.hint : undefined;

/** A size that only the running graph may know, as a number of the graph. */
function hiddenSize(tracer: Tracer, variable: TensorVariable, dim: number): Term {
  const node = tracer.rootGraph.size(tracer.nodeOf(variable), dim, undefined);
  return { kind: "leaf", leaf: { kind: "node", node, type: "number", isSize: true } };
}

const sizeAtEntry = (base: Source, dim: number, hint: number): Term => ({
  kind: "leaf",
  leaf: { kind: "source", source: { kind: "size", base, dim }, hint, fromTensor: false },
});

const compare = (left: Term, operator: ">=" | "<=", value: number): Term => ({
  kind: "binary",
  operator,
  left,
  right: { kind: "constant", value },
});
