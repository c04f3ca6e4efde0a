/** float32 results of different summation orders stay well below it; the worst seen among the peers is 3e-6. */
export const tolerance = 1e-5;

/** The largest difference, relative to the largest value of the reference; NaN or another length is an infinite one. */
export function largestError(actual: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (actual.length !== reference.length) return Infinity;
  let [largest, scale] = [0, 0];
  for (let i = 0; i < reference.length; i++) {
    const [wanted, got] = [reference[i] ?? NaN, actual[i] ?? NaN];
    const difference = Math.abs(wanted - got);
    if (Number.isNaN(difference)) return Infinity;
    largest = Math.max(largest, difference);
    scale = Math.max(scale, Math.abs(wanted));
  }
  return largest === 0 ? 0 : largest / scale;
}
