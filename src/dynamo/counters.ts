/** Counts by name; a name that was never counted is not there. */
export type CountsByName = Record<string, number>;

/** `torch._dynamo.utils.counters`: what the compiler did since the last reset. */
export interface Counters {
  /** Functions and resume functions whose capture was tried, and those that gave code. */
  readonly frames: { total: number; ok: number };
  /** Graph breaks by title. */
  readonly graph_break: CountsByName;
  /** Things there is no rule for, by title. */
  readonly unimplemented: CountsByName;
  /** Resume functions by name. */
  readonly resumes: CountsByName;
  readonly stats: { calls_captured: number; unique_graphs: number };
  /** Sets every counter back, as `counters.clear()` does in Python. */
  clear(): void;
}

export const counters: Counters = makeCounters();

/** Adds one to a count by name. */
export function increment(counts: CountsByName, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

// `clear` is not enumerable: printing the counters prints counts only.
function makeCounters(): Counters {
  const counts = {
    frames: { total: 0, ok: 0 },
    graph_break: emptyCounts(),
    unimplemented: emptyCounts(),
    resumes: emptyCounts(),
    stats: { calls_captured: 0, unique_graphs: 0 },
  };
  const clear = (): void => {
    for (const byName of [counts.graph_break, counts.unimplemented, counts.resumes]) {
      for (const name of Object.keys(byName)) delete byName[name];
    }
    Object.assign(counts.frames, { total: 0, ok: 0 });
    Object.assign(counts.stats, { calls_captured: 0, unique_graphs: 0 });
  };
  return Object.defineProperty({ ...counts, clear }, "clear", { enumerable: false });
}

// Without a prototype, so that a function called `constructor` is counted from zero.
function emptyCounts(): CountsByName {
  return Object.create(null);
}
