/**
 * `a * b + c` in float64 with (nearly always) a single rounding, as the compilers of PyTorch's
 * release builds fuse it. Products are split exactly by Veltkamp's and Dekker's algorithms, sums by
 * Knuth's (T. J. Dekker, "A floating-point technique for extending the available precision", 1971).
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  if (product === 0 || !Number.isFinite(sum)) return sum;
  const [aHigh, aLow] = split(a);
  const [bHigh, bLow] = split(b);
  const productError = aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
  const virtual = sum - product;
  const sumError = product - (sum - virtual) + (c - virtual);
  const fused = sum + (productError + sumError);
  return Number.isFinite(fused) ? fused : sum;
}

/** The high and the low half of the bits of a number; their sum is the number. */
function split(value: number): readonly [number, number] {
  const scaled = value * (2 ** 27 + 1);
  const high = scaled - (scaled - value);
  return [high, value - high];
}
