import { isFake } from "../../core/tensor.ts";
import { type RowSort, sortRows } from "../../loops/templates/sort/sort-rows.ts";
import { activeRecorder } from "../recorder.ts";

/** Sorts by a kernel, or has that recorded; false, and nothing is done, where plain loops have to do it. */
export function runSort(sort: RowSort): boolean {
  const recorder = activeRecorder();
  return recorder !== null && isFake(sort.source) ? recorder.sorts(sort) : sortRows(sort);
}
