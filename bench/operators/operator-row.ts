import type * as Torch from "fullgraph";

export type Library = typeof Torch;

/** What is timed of one operator: a call of ours, and the loop that somebody without a library would write. */
export interface OperatorRow {
  readonly name: string;
  /** What the times are divided by: elements read or written, whichever is more. */
  readonly elements: number;
  readonly make: (torch: Library) => {
    /** Depends on its arguments only, so that it can be compiled. */
    readonly run: (...inputs: Torch.Tensor[]) => unknown;
    readonly inputs: readonly Torch.Tensor[];
    /** Null where plain JavaScript has nothing short to set against it. */
    readonly plain: (() => unknown) | null;
  };
}

export const million = 2 ** 20;

/** Numbers of a repeatable sequence in [0, 1). */
export function uniformNumbers(count: number, seed = 1): Float32Array<ArrayBuffer> {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) * 2 ** -24;
  });
}

/** Integers of a repeatable sequence in [0, below). */
export function integers(count: number, below: number, seed = 1): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from(uniformNumbers(count, seed), (value) =>
    BigInt(Math.floor(value * below)),
  );
}
