/**
 * Logarithm, sine and cosine in float32, operation by operation as PyTorch's vectorised normal
 * distribution computes them, so that `torch.randn` gives the same bits.
 *
 * The polynomials are those of Stephen L. Moshier's Cephes library (logf, sinf, cosf), in the order
 * of evaluation of Julien Pommier's "sse_mathfun" (2007) and Giovanni Garberoglio's AVX port (2012),
 * with the products and sums fused where PyTorch's compiler fuses them.
 */
const { fround } = Math;
const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

const logPolynomial = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(fround);
const sinPolynomial = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(fround);
const cosPolynomial = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(
  fround,
);
const sqrtHalf = fround(Math.SQRT1_2);
const logOfTwoLow = fround(-2.1219444e-4);
const logOfTwoHigh = fround(0.693359375);
const fourOverPi = fround(1.27323954473516);
// Pi / 4 in three parts, so that the reduction of the argument keeps its precision.
const reduction = [-0.78515625, -2.4187564849853516e-4, -3.774894977445941e-8].map(fround);

/** Natural logarithm of a normal positive float32. */
export function logFloat32(value: number): number {
  f32[0] = value;
  const bits = u32[0] ?? 0;
  let exponent = (bits >>> 23) - 126;
  u32[0] = (bits & 0x807fffff) | 0x3f000000; // the mantissa, scaled into [0.5, 1)
  const mantissa = f32[0] ?? 0;
  let x = fround(mantissa - 1);
  if (mantissa < sqrtHalf) {
    exponent -= 1;
    x = fround(x + mantissa);
  }
  const z = fround(x * x);
  const tail = fround(horner(logPolynomial, x) * x);
  const y = fused(-z, 0.5, fused(tail, z, fround(exponent * logOfTwoLow)));
  return fused(exponent, logOfTwoHigh, fround(x + y));
}

/** Sine and cosine of a non-negative float32 below 8192. */
export function sinCosFloat32(angle: number): { readonly sin: number; readonly cos: number } {
  // The octant, rounded up to even: the argument is reduced to [-pi/4, pi/4] around it.
  const octant = (Math.trunc(fround(angle * fourOverPi)) + 1) & ~1;
  let x = angle;
  for (const part of reduction) x = fused(octant, part, x);
  const z = fround(x * x);
  const cosine = fround(fused(fround(horner(cosPolynomial, z) * z), z, -fround(z * 0.5)) + 1);
  const sine = fused(fround(horner(sinPolynomial, z) * z), x, x);
  const swapped = (octant & 2) !== 0;
  const sinSign = (octant & 4) === 0 ? 1 : -1;
  const cosSign = ((octant - 2) & 4) === 0 ? -1 : 1;
  return { sin: sinSign * (swapped ? cosine : sine), cos: cosSign * (swapped ? sine : cosine) };
}

function horner(coefficients: readonly number[], x: number): number {
  const [highest = 0, ...others] = coefficients;
  return others.reduce((sum, coefficient) => fused(sum, x, coefficient), highest);
}

/** `a * b + c` in float32: the product of two float32 numbers is exact in float64. */
function fused(a: number, b: number, c: number): number {
  return fround(a * b + c);
}
