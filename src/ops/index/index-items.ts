/** What may stand between the brackets of `x[…]`, and which view of `x` the numbers and slices among them give. */
import { IndexError, ValueError } from "../../base/errors.ts";
import { bool, int32, int64, uint8 } from "../../core/dtype.ts";
import { itemOf } from "../../core/elements.ts";
import type { Geometry } from "../../core/make-tensor.ts";
import { at, formatShape, type Shape } from "../../core/shape.ts";
import { isTensor, stateOf, type TensorBase } from "../../core/tensor.ts";
import { type DefaultedArg, mismatch, type RequiredArg } from "../arg.ts";

/**
 * A number selects, `"start:stop:step"` slices, `"..."` stands for all dimensions that are left, null
 * and true add a dimension of size 1, false one of size 0, a tensor of integers picks, a mask filters.
 */
export type IndexItem = number | string | boolean | null | TensorBase;

const slicePattern = /^\s*(-?\d*)\s*:\s*(-?\d*)\s*(?::\s*(-?\d*)\s*)?$/;

function isIndexItem(value: unknown): value is IndexItem {
  if (typeof value === "string") return value === "..." || slicePattern.test(value);
  if (typeof value === "number") return Number.isSafeInteger(value);
  return value === null || typeof value === "boolean" || isTensor(value);
}

const itemsKind = {
  kind: "index",
  type: "readonly IndexItem[]",
  expected: 'integers, slices such as "1:3", "...", null, booleans or tensors',
  parse: (value: unknown) => (Array.isArray(value) && value.every(isIndexItem) ? value : mismatch),
  fallback: undefined,
  keywordOnly: false,
} as const;

/** The items of an index, in an array. */
export const indexItems: RequiredArg<readonly IndexItem[]> = { ...itemsKind, spread: false };

/** The items of an index, given one by one. */
export const indexItemsSpread: DefaultedArg<readonly IndexItem[]> = {
  ...itemsKind,
  spread: true,
  fallback: { value: [] },
};

/** The view that is left to be indexed by tensors; each stands at the (first) dimension it indexes. */
export interface BasicIndex {
  readonly geometry: Geometry;
  /** The items that give this view: tensors keep the dimensions they index, so full slices take their place. */
  readonly viewItems: readonly IndexItem[];
  /** Whether the view differs from the whole. */
  readonly isPartial: boolean;
  readonly tensors: readonly { readonly tensor: TensorBase; readonly dim: number }[];
}

export function isMask(tensor: TensorBase): boolean {
  return tensor.dtype === bool || tensor.dtype === uint8;
}

/** Applies everything but the tensors among the items. */
export function applyBasicItems(self: TensorBase, given: readonly IndexItem[]): BasicIndex {
  const items = given.map(withoutScalarMask);
  const source = stateOf(self);
  const consumed = items.reduce<number>((sum, item) => sum + dimensionsOf(item), 0);
  if (consumed > self.ndim) throw tooManyIndices(self, items);
  let { offset } = source;
  const shape: number[] = [];
  const strides: number[] = [];
  const tensors: { tensor: TensorBase; dim: number }[] = [];
  let dim = 0;
  const keep = (): void => {
    shape.push(at(source.shape, dim));
    strides.push(at(source.strides, dim));
    dim += 1;
  };
  for (const [place, item] of withEllipsis(items).entries()) {
    if (item === "...") {
      for (let rest = self.ndim - consumed; rest > 0; rest--) keep();
    } else if (item === null || typeof item === "boolean") {
      shape.push(item === false ? 0 : 1);
      strides.push(0);
    } else if (typeof item === "number") {
      offset += wrapIndex(item, place, at(source.shape, dim)) * at(source.strides, dim);
      dim += 1;
    } else if (typeof item === "string") {
      const { start, size, step } = resolveSlice(item, at(source.shape, dim));
      offset += start * at(source.strides, dim);
      shape.push(size);
      strides.push(step * at(source.strides, dim));
      dim += 1;
    } else {
      tensors.push({ tensor: item, dim: shape.length });
      checkIndexTensor(item, source.shape, dim);
      for (let taken = dimensionsOf(item); taken > 0; taken--) keep();
    }
  }
  return {
    geometry: { shape, strides, offset },
    viewItems: items.flatMap((item) =>
      isTensor(item) ? new Array<string>(dimensionsOf(item)).fill(":") : [item],
    ),
    isPartial: items.some((item) => item !== "..." && item !== ":" && !isTensor(item)),
    tensors,
  };
}

/** A 0-d mask is the boolean that it holds. */
function withoutScalarMask(item: IndexItem): IndexItem {
  return isTensor(item) && isMask(item) && item.ndim === 0 ? Boolean(itemOf(item)) : item;
}

/** Without an ellipsis there is one at the end. */
function withEllipsis(items: readonly IndexItem[]): readonly IndexItem[] {
  const first = items.indexOf("...");
  if (first < 0) return [...items, "..."];
  if (items.includes("...", first + 1))
    throw new IndexError("an index can only have a single ellipsis ('...')");
  return items;
}

/** How many dimensions of the indexed tensor an item stands for. */
function dimensionsOf(item: IndexItem): number {
  if (item === null || item === "..." || typeof item === "boolean") return 0;
  return isTensor(item) && isMask(item) ? item.ndim : 1;
}

function tooManyIndices(self: TensorBase, items: readonly IndexItem[]): IndexError {
  if (self.ndim === 0 && items.some((item) => typeof item === "number")) {
    return new IndexError(
      "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number",
    );
  }
  return new IndexError(`too many indices for tensor of dimension ${self.ndim}`);
}

/** PyTorch's message counts the items of the index, not the dimensions. */
function wrapIndex(index: number, place: number, size: number): number {
  if (index < -size || index >= size) {
    throw new IndexError(
      `index ${index} is out of bounds for dimension ${place} with size ${size}`,
    );
  }
  return index < 0 ? index + size : index;
}

/** Python's rules: bounds count from the end when negative and are clipped to the dimension. */
function resolveSlice(
  text: string,
  length: number,
): { readonly start: number; readonly size: number; readonly step: number } {
  const [, startText = "", stopText = "", stepText = ""] = slicePattern.exec(text) ?? [];
  const step = stepText === "" ? 1 : Number(stepText);
  if (step === 0) throw new ValueError("slice step cannot be zero");
  if (step < 0) throw new ValueError("step must be greater than zero");
  const clip = (bound: string, absent: number): number => {
    if (bound === "") return absent;
    const value = Number(bound);
    return Math.min(Math.max(value < 0 ? value + length : value, 0), length);
  };
  const start = clip(startText, 0);
  const stop = clip(stopText, length);
  return { start, size: Math.max(0, Math.ceil((stop - start) / step)), step };
}

function checkIndexTensor(tensor: TensorBase, shape: Shape, dim: number): void {
  if (![int64, int32, uint8, bool].includes(tensor.dtype)) {
    throw new IndexError("tensors used as indices must be long, int, byte or bool tensors");
  }
  if (!isMask(tensor)) return;
  tensor.shape.forEach((size, axis) => {
    if (size === at(shape, dim + axis)) return;
    throw new IndexError(
      `The shape of the mask ${formatShape(tensor.shape)} at index ${axis} does not match the shape of the indexed tensor ${formatShape(shape)} at index ${dim + axis}`,
    );
  });
}
