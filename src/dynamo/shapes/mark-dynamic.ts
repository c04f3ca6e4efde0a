import type { Tensor } from "../../api/tensor.ts";
import { wrapDim } from "../../core/shape.ts";
import { isTensor } from "../../core/tensor.ts";

/** What the program said about one dimension of a tensor. */
export interface DimMark {
  /** `dynamic`: it must stay a symbol. `maybe`: it may be specialised after all. */
  readonly kind: "dynamic" | "maybe" | "static";
  readonly min: number;
  readonly max: number;
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
  setMarks("mark_dynamic", tensor, index, "dynamic", range);
}

/** Like `mark_dynamic`, but the size may be specialised after all, without an error. */
export function maybe_mark_dynamic(tensor: Tensor, index: number | readonly number[]): void {
  setMarks("maybe_mark_dynamic", tensor, index, "maybe", {});
}

/** Marks dimensions (all, unless given) as static: every size gets a compile of its own, whatever `dynamic` says. */
export function mark_static(tensor: Tensor, index?: number | readonly number[]): void {
  const all = isTensor(tensor) ? tensor.shape.map((_, dim) => dim) : [];
  setMarks("mark_static", tensor, index ?? all, "static", {});
}

function setMarks(
  name: string,
  tensor: Tensor,
  index: number | readonly number[],
  kind: DimMark["kind"],
  { min = 0, max = Infinity }: DynamicRange,
): void {
  if (!isTensor(tensor)) throw new TypeError(`${name}: expected a Tensor, got ${typeof tensor}`);
  if (!(min <= max))
    throw new RangeError(`${name}: min must not be above max, got min ${min} and max ${max}`);
  let own = marks.get(tensor);
  if (own === undefined) marks.set(tensor, (own = new Map()));
  for (const dim of typeof index === "number" ? [index] : index)
    own.set(wrapDim(dim, tensor.ndim), { kind, min, max });
}
