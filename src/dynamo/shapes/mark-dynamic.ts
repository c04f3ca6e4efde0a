import type { Tensor } from "../../api/tensor.ts";
import { ValueError } from "../../base/errors.ts";
import { wrapDim } from "../../core/shape.ts";
import { isTensor } from "../../core/tensor.ts";

/** What the program said about one dimension of a tensor. */
export interface DimMark {
  /** `dynamic`: it must stay a symbol. `maybe`: it may be specialised after all. `unbacked`: it may not be looked at. */
  readonly kind: "dynamic" | "maybe" | "static" | "unbacked";
  readonly min: number;
  readonly max: number;
  /** Of unbacked ones: what the program makes known may not leave it a single size. */
  readonly strict: boolean;
  /** Of unbacked ones: dimensions with one id have one size. */
  readonly shapeId: string | null;
}

const marks = new WeakMap<Tensor, Map<number, DimMark>>();
const noMarks: ReadonlyMap<number, DimMark> = new Map();

export const marksOf = (tensor: Tensor): ReadonlyMap<number, DimMark> =>
  marks.get(tensor) ?? noMarks;

export interface DynamicRange {
  /** The smallest size the compiled code has to serve; smaller ones get a compile of their own. */
  readonly min?: number;
  /** The largest size the compiled code has to serve. */
  readonly max?: number;
}

/**
 * Marks a dimension of a tensor as dynamic: the first compile already serves any size of it.
 * If the program makes the compiler specialise the size, compiling throws ConstraintViolationError.
 *
 * @param index one dimension, or several; negative ones count from the end
 * @throws ConstraintViolationError when a function is compiled that only works for the present size
 * @throws IndexError for a dimension that the tensor does not have
 * @example
 * const x = torch.ones(5, 3);
 * torch._dynamo.mark_dynamic(x, 0);
 * @see torch._dynamo.mark_dynamic
 */
export function mark_dynamic(
  tensor: Tensor,
  index: number | readonly number[],
  range: DynamicRange = {},
): void {
  setMarks("mark_dynamic", tensor, index, { kind: "dynamic", ...range });
}

/** Like `mark_dynamic`, but the size may be specialised after all, without an error. */
export function maybe_mark_dynamic(tensor: Tensor, index: number | readonly number[]): void {
  setMarks("maybe_mark_dynamic", tensor, index, { kind: "maybe" });
}

/** Marks dimensions (all, unless given) as static: every size gets a compile of its own, whatever `dynamic` says. */
export function mark_static(tensor: Tensor, index?: number | readonly number[]): void {
  const all = isTensor(tensor) ? tensor.shape.map((_, dim) => dim) : [];
  setMarks("mark_static", tensor, index ?? all, { kind: "static" });
}

export interface UnbackedMark extends DynamicRange {
  /** True: it is an error if the program leaves the size a single value, as `torch._check(x.size(0) === 5)` does. */
  readonly strict?: boolean;
  /** Dimensions marked with the same id have the same size. */
  readonly shape_id?: string | null;
}

/**
 * Marks a dimension as one whose size capturing may not look at, as if it came out of tensor data: no decision on it becomes a
 * guard, so that one compile serves all sizes for certain, 0 and 1 included. A branch on it stays in the graph
 * (`fullgraph: true`) or ends it. `min`, `max` and `shape_id` are what the program may rely on; sizes that
 * contradict them get a compile of their own.
 *
 * @param index one dimension, or several; negative ones count from the end
 * @throws ValueError for a tensor that is not contiguous
 * @throws IndexError for a dimension that the tensor does not have
 * @example
 * const x = torch.ones(5, 3);
 * torch._dynamo.mark_unbacked(x, 0);
 * @see torch._dynamo.decorators.mark_unbacked
 */
export function mark_unbacked(
  tensor: Tensor,
  index: number | readonly number[],
  { strict = false, shape_id = null, ...range }: UnbackedMark = {},
): void {
  if (isTensor(tensor) && !tensor.is_contiguous()) {
    throw new ValueError(
      "mark_unbacked: the tensor is not contiguous, and the layout of one whose sizes are unknown could not be told. Mark x.contiguous() instead.",
    );
  }
  setMarks("mark_unbacked", tensor, index, {
    kind: "unbacked",
    ...range,
    strict,
    shapeId: shape_id,
  });
}

function setMarks(
  name: string,
  tensor: Tensor,
  index: number | readonly number[],
  {
    kind,
    min = 0,
    max = Infinity,
    strict = false,
    shapeId = null,
  }: Partial<DimMark> & Pick<DimMark, "kind">,
): void {
  if (!isTensor(tensor)) throw new TypeError(`${name}: expected a Tensor, got ${typeof tensor}`);
  if (!(min <= max))
    throw new RangeError(`${name}: min must not be above max, got min ${min} and max ${max}`);
  let own = marks.get(tensor);
  if (own === undefined) marks.set(tensor, (own = new Map()));
  for (const dim of typeof index === "number" ? [index] : index)
    own.set(wrapDim(dim, tensor.ndim), { kind, min, max, strict, shapeId });
}
