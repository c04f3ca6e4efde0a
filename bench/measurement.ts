export interface Measurement {
  readonly name: string;
  readonly median: number;
  readonly unit: "ns" | "µs" | "ms" | "times the original";
  /** What is aimed at, in the same unit: the median should be below it. */
  readonly target: number;
}

/** What cannot be measured yet. */
export interface Unmeasured {
  readonly name: string;
  readonly reason: string;
}

export function medianOf(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("the median of no samples");
  return middle;
}
