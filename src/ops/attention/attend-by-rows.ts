import { at, numelOf } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { bool } from "../../core/dtype.ts";
import { ones } from "../create/full.ts";
import { matmul } from "../linalg/matmul.ts";
import { add, mul } from "../pointwise/arithmetic.ts";
import { where } from "../pointwise/choice.ts";
import { eq } from "../pointwise/comparison.ts";
import { amax } from "../reduction/extremes.ts";
import { softmax } from "../reduction/softmax.ts";
import { activeRecorder } from "../recorder.ts";
import { runOp } from "../run-op.ts";
import { cat } from "../shape/cat.ts";
import { tril } from "../shape/triangle.ts";
import { transpose } from "../view/permute.ts";
import { narrow } from "../view/select.ts";

export interface Attention {
  /** (…, L, E) */
  readonly query: TensorBase;
  /** (…, S, E) */
  readonly key: TensorBase;
  /** (…, S, Ev) */
  readonly value: TensorBase;
  /** Broadcasts to (…, L, S). */
  readonly mask: TensorBase | null;
  readonly isCausal: boolean;
  readonly scale: number;
}

/** Scores that exist at the same time: those of a block of rows. */
const mostScores = 2 ** 21;
/** In a graph, where blocks of rows go through both products and no scores exist but those; few steps take less time to compile. */
const mostRecordedScores = 2 ** 25;
const fewestRows = 16;

/** Attention in blocks of query rows, so that the scores of all rows never exist at the same time. */
export function attendByRows(attention: Attention): TensorBase {
  const { query, key } = attention;
  const length = at(query.shape, query.ndim - 2);
  const keys = at(key.shape, key.ndim - 2);
  // Causal blocks leave out the keys that none of their rows sees: small ones more of them.
  const most = activeRecorder() === null || attention.isCausal ? mostScores : mostRecordedScores;
  const rowScores = Math.max(1, numelOf(query.shape.slice(0, -2)) * keys);
  const rows = Math.max(fewestRows, Math.floor(most / rowScores));
  if (rows >= length) return attendRows(attention, 0, length);
  const blocks: TensorBase[] = [];
  for (let first = 0; first < length; first += rows)
    blocks.push(attendRows(attention, first, Math.min(rows, length - first)));
  return runOp(cat, { tensors: blocks, dim: -2 });
}

function attendRows(attention: Attention, first: number, count: number): TensorBase {
  const { query, scale, isCausal } = attention;
  const keyCount = at(attention.key.shape, attention.key.ndim - 2);
  // Later keys than the last row's are masked for all rows of the block.
  const keys = isCausal ? Math.min(keyCount, first + count) : keyCount;
  const key = part(attention.key, -2, 0, keys);
  const value = part(attention.value, -2, 0, keys);
  const rows = runOp(mul, { self: part(query, -2, first, count), other: scale });
  const turned = runOp(transpose, { self: key, dim0: -2, dim1: -1 });
  // Before the scores: what is there when these are computed is used in the same place.
  const mask = isCausal ? causalMask(first, count, keys) : rowsOfMask(attention.mask, first, count);
  const scores = runOp(matmul, { self: rows, other: turned });
  return runOp(matmul, { self: weightsOf(scores, mask, isCausal), other: value });
}

/** `length` places of a dimension; the tensor itself if that is all of it, or if it is broadcast along it. */
function part(self: TensorBase, dim: number, start: number, length: number): TensorBase {
  const size = at(self.shape, self.ndim + dim);
  if (size === length || size === 1) return self;
  return runOp(narrow, { self, dim, start, length });
}

/** True where a key is not after the row. */
function causalMask(first: number, count: number, keys: number): TensorBase {
  const all = runOp(ones, { size: [count, keys], dtype: bool });
  return runOp(tril, { self: all, diagonal: first });
}

function rowsOfMask(mask: TensorBase | null, first: number, count: number): TensorBase | null {
  return mask === null || mask.ndim < 2 ? mask : part(mask, -2, first, count);
}

function weightsOf(scores: TensorBase, mask: TensorBase | null, isCausal: boolean): TensorBase {
  if (mask === null) return runOp(softmax, { self: scores, dim: -1 });
  const masked =
    mask.dtype === bool
      ? runOp(where, { condition: mask, self: scores, other: -Infinity })
      : runOp(add, { self: scores, other: mask });
  // Every row of a causal mask sees a key.
  return isCausal ? runOp(softmax, { self: masked, dim: -1 }) : withoutHiddenRows(masked);
}

/** The softmax of scores, and 0 in rows that see no key, where it would be NaN. */
function withoutHiddenRows(scores: TensorBase): TensorBase {
  const weights = runOp(softmax, { self: scores, dim: -1 });
  if (at(scores.shape, scores.ndim - 1) === 0) return weights;
  const largest = runOp(amax, { self: scores, dim: [-1], keepdim: true });
  const isHidden = runOp(eq, { self: largest, other: -Infinity });
  return runOp(where, { condition: isHidden, self: 0, other: weights });
}
