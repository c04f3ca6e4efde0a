/** Milliseconds of one run. */
export interface Timing {
  readonly median: number;
  readonly best: number;
  readonly runs: number;
}

export type Run = () => void | Promise<void>;

/** A run that takes longer is timed once, by its first time. */
const slowMilliseconds = 2500;
/** Quicker runs are timed several at once, or the clock would be a part of what is timed. */
const batchMilliseconds = 0.2;
const warmUpMilliseconds = 150;
const fewestSamples = 5;

/** Times runs that follow each other for about `budget` milliseconds; `first` is what the first run took. */
export async function timeRuns(run: Run, first: number, budget: number): Promise<Timing> {
  if (first > slowMilliseconds) return { median: first, best: first, runs: 1 };
  const warmUp = await repeatFor(run, 1, warmUpMilliseconds, 1);
  const batch = Math.max(1, Math.ceil(batchMilliseconds / Math.max(least(warmUp), 1e-6)));
  const samples = (await repeatFor(run, batch, budget, fewestSamples)).toSorted((a, b) => a - b);
  const median = samples[Math.floor(samples.length / 2)] ?? NaN;
  return { median, best: least(samples), runs: samples.length * batch };
}

/** Milliseconds a run, one sample for each batch. */
async function repeatFor(
  run: Run,
  batch: number,
  milliseconds: number,
  atLeast: number,
): Promise<number[]> {
  const samples: number[] = [];
  const start = performance.now();
  while (samples.length < atLeast || performance.now() - start < milliseconds) {
    const begin = performance.now();
    for (let i = 0; i < batch; i++) {
      const pending = run();
      // Awaiting what is no promise would cost a turn of the event loop.
      if (pending !== undefined) await pending;
    }
    samples.push((performance.now() - begin) / batch);
  }
  return samples;
}

function least(samples: readonly number[]): number {
  return samples.reduce((a, b) => Math.min(a, b), Infinity);
}
