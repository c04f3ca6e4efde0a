/**
 * Logarithm, sine and cosine in float32, operation by operation as PyTorch's vectorised normal
 * distribution computes them, so that `torch.randn` gives the same bits.
 *
 * The polynomials are those of Stephen L. Moshier's Cephes library (logf, sinf, cosf), in the order
 * of evaluation of Julien Pommier's "sse_mathfun" (2007) and Giovanni Garberoglio's AVX port (2012),
 * with the products and sums fused where PyTorch's compiler fuses them. Hot path: no loops and no
 * arrays, so that the engine can inline all of it.
 */
const { fround } = Math;
const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

/** What the three functions are computed with; polynomials have their highest coefficient first. */
export const logarithm = {
  coefficients: [
    fround(7.0376836292e-2),
    fround(-1.151461031e-1),
    fround(1.167699874e-1),
    fround(-1.2420140846e-1),
    fround(1.4249322787e-1),
    fround(-1.6668057665e-1),
    fround(2.0000714765e-1),
    fround(-2.4999993993e-1),
    fround(3.3333331174e-1),
  ],
  ofTwoLow: fround(-2.1219444e-4),
  ofTwoHigh: fround(0.693359375),
} as const;
export const sine = {
  coefficients: [fround(-1.9515295891e-4), fround(8.3321608736e-3), fround(-1.6666654611e-1)],
  /** Minus pi / 4 in three parts, so that the reduction of the argument keeps its precision. */
  partsOfQuarterPi: [-0.78515625, fround(-2.4187564849853516e-4), fround(-3.774894977445941e-8)],
} as const;
export const cosine = {
  coefficients: [
    fround(2.443315711809948e-5),
    fround(-1.388731625493765e-3),
    fround(4.166664568298827e-2),
  ],
} as const;

const [l0, l1, l2, l3, l4, l5, l6, l7, l8] = logarithm.coefficients;
const { ofTwoLow: logOfTwoLow, ofTwoHigh: logOfTwoHigh } = logarithm;
const [s0, s1, s2] = sine.coefficients;
const [part1, part2, part3] = sine.partsOfQuarterPi;
const [c0, c1, c2] = cosine.coefficients;
const sqrtHalf = fround(Math.SQRT1_2);
const fourOverPi = fround(1.27323954473516);

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
  const tail = fround(
    fused(
      fused(
        fused(fused(fused(fused(fused(fused(l0, x, l1), x, l2), x, l3), x, l4), x, l5), x, l6),
        x,
        l7,
      ),
      x,
      l8,
    ) * x,
  );
  const y = fused(-z, 0.5, fused(tail, z, fround(exponent * logOfTwoLow)));
  return fused(exponent, logOfTwoHigh, fround(x + y));
}

/** Sine and cosine of a non-negative float32 below 8192. */
export function sinCosFloat32(angle: number): { readonly sin: number; readonly cos: number } {
  // The octant, rounded up to even: the argument is reduced to [-pi/4, pi/4] around it.
  const octant = (Math.trunc(fround(angle * fourOverPi)) + 1) & ~1;
  const x = fused(octant, part3, fused(octant, part2, fused(octant, part1, angle)));
  const z = fround(x * x);
  const cosine = fround(fused(fround(fused(fused(c0, z, c1), z, c2) * z), z, -fround(z * 0.5)) + 1);
  const sine = fused(fround(fused(fused(s0, z, s1), z, s2) * z), x, x);
  const swapped = (octant & 2) !== 0;
  const sinSign = (octant & 4) === 0 ? 1 : -1;
  const cosSign = ((octant - 2) & 4) === 0 ? -1 : 1;
  return { sin: sinSign * (swapped ? cosine : sine), cos: cosSign * (swapped ? sine : cosine) };
}

/** `a * b + c` in float32: the product of two float32 numbers is exact in float64. */
function fused(a: number, b: number, c: number): number {
  return fround(a * b + c);
}
