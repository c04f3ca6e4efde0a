import type { TypedArray } from "../../core/storage.ts";
import { radixOrder } from "./radix-order.ts";

/**
 * The positions of the elements of `row` in sorted order. Equal elements keep their order, NaN
 * counts as larger than every number, and -0 equals 0.
 */
export function sortedOrder(row: TypedArray, descending: boolean): Uint32Array {
  return row.length < radixLength
    ? comparedOrder(row, descending)
    : radixOrder(row.slice(), descending);
}

// Below this length comparing is faster than counting digits.
const radixLength = 200;

function comparedOrder(row: TypedArray, descending: boolean): Uint32Array {
  const order = new Uint32Array(row.length).map((_, position) => position);
  if (row instanceof BigInt64Array) {
    const direction = descending ? -1 : 1;
    return order.sort(
      (left, right) => direction * compareBigInts(row[left] ?? 0n, row[right] ?? 0n),
    );
  }
  return descending
    ? order.sort((left, right) => compareNumbers(row[right] ?? 0, row[left] ?? 0))
    : order.sort((left, right) => compareNumbers(row[left] ?? 0, row[right] ?? 0));
}

function compareBigInts(left: bigint, right: bigint): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function compareNumbers(left: number, right: number): number {
  if (left < right) return -1;
  if (left > right) return 1;
  if (left === right) return 0;
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
}
