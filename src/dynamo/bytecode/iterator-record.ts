/** Iterator records (ECMA-262 7.4.1) as the bytecode sees them: held in locals, never visible to user code. */

export interface IteratorRecord {
  /** The record's [[Done]]: set while `next` runs, so that an error of `next` does not close the iterator. */
  done: boolean;
  /** What the last successful `advance` found. */
  value: unknown;
  /** IteratorStep and IteratorValue: false once exhausted. */
  advance(): boolean;
  /** IteratorClose for a normal, break or return completion. */
  close(): void;
  /** IteratorClose for a throw completion. */
  closeQuietly(): void;
}
