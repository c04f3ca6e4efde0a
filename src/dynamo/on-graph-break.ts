import type { GraphBreakRecord } from "./graph-breaks/graph-break-record.ts";

const listeners = new Set<(record: GraphBreakRecord) => void>();

/** Calls `listener` for every graph break from now on; gives a function that stops it. */
export function onGraphBreak(listener: (record: GraphBreakRecord) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function notifyGraphBreak(record: GraphBreakRecord): void {
  for (const listener of listeners) listener(record);
}

/** Whether anybody wants whole records: finding the callers costs time. */
export const hasGraphBreakListeners = (): boolean => listeners.size > 0;
