/** Slow definitions of special functions, for references only. */

/** The error function by its all-positive series e^(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!. */
export function naiveErf(x: number): number {
  let term = x;
  let total = 0;
  for (let n = 0; n < 400; n++) {
    total += term;
    term *= (2 * x * x) / (2 * n + 3);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/** The inverse of `naiveErf` by bisection. */
export function naiveErfinv(y: number): number {
  let low = -6;
  let high = 6;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (naiveErf(middle) < y) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** log Γ(x) for x > 0 by Stirling's series far to the right and the recurrence back. */
export function naiveLgamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 30; z += 1) shift += Math.log(z);
  const series = 1 / (12 * z) - 1 / (360 * z ** 3) + 1 / (1260 * z ** 5);
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/** ψ(x) for x > 0 by the same way. */
export function naiveDigamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 30; z += 1) shift += 1 / z;
  return (
    Math.log(z) - 1 / (2 * z) - 1 / (12 * z ** 2) + 1 / (120 * z ** 4) - 1 / (252 * z ** 6) - shift
  );
}
