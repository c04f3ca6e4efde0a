/** Mathematical functions that JavaScript lacks or defines differently from C. */
import { at } from "../../core/shape.ts";
import { RuntimeError } from "../../base/errors.ts";

/** Rounds to the nearest integer, halves to the even one. */
export function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** C's pow: 1 to any power is 1, and so is -1 to an infinite one (ECMA-262 Number::exponentiate gives NaN). */
export function power(x: number, y: number): number {
  if (x === 1 || (x === -1 && (y === Infinity || y === -Infinity))) return 1;
  return x ** y;
}

export function copySign(x: number, y: number): number {
  const magnitude = Math.abs(x);
  return y < 0 || Object.is(y, -0) ? -magnitude : magnitude;
}

/** Remainder with the sign of the divisor, as Python's %. */
export function remainder(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

/** Largest integer not above x / y, computed as Python does so that it agrees with `remainder`. */
export function floorDivide(x: number, y: number): number {
  if (y === 0) return x / y;
  const rest = x % y;
  let quotient = (x - rest) / y;
  if (rest !== 0 && rest < 0 !== y < 0) quotient -= 1;
  if (quotient === 0) return copySign(0, x / y);
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

export function checkDivisor<Integer extends number | bigint>(divisor: Integer): Integer {
  // == compares number 0 and bigint 0n alike.
  // oxlint-disable-next-line eqeqeq
  if (divisor == 0) throw new RuntimeError("ZeroDivisionError");
  return divisor;
}

export function floorDivideBigInt(x: bigint, y: bigint): bigint {
  const quotient = x / checkDivisor(y);
  return x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : quotient;
}

export function remainderBigInt(x: bigint, y: bigint): bigint {
  const rest = x % checkDivisor(y);
  return rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest;
}

/** Integer power modulo 2^32; a negative exponent gives 0 except for bases 1 and -1. */
export function powerInt(base: number, exponent: number): number {
  if (exponent < 0) return base === 1 ? 1 : base === -1 ? (exponent % 2 === 0 ? 1 : -1) : 0;
  let result = 1;
  let square = base | 0;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.imul(result, square);
    square = Math.imul(square, square);
  }
  return result;
}

/** `powerInt` modulo 2^64. */
export function powerBigInt(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n)
    return base === 1n ? 1n : base === -1n ? (exponent % 2n === 0n ? 1n : -1n) : 0n;
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
  }
  return result;
}

/** A float as a 64-bit integer; what has no place there becomes the smallest one, as on x86-64. */
export function truncateToBigInt(x: number): bigint {
  if (!(x >= -9223372036854775808 && x < 9223372036854775808)) return -(2n ** 63n);
  return BigInt(Math.trunc(x));
}

/** Shifts by the full width or more empty the number. */
export function shiftLeftInt(x: number, count: number): number {
  return count < 0 || count > 31 ? 0 : x << count;
}

export function shiftRightInt(x: number, count: number): number {
  return count < 0 || count > 31 ? (x < 0 ? -1 : 0) : x >> count;
}

export function shiftLeftBigInt(x: bigint, count: bigint): bigint {
  return count < 0n || count > 63n ? 0n : BigInt.asIntN(64, x << count);
}

export function shiftRightBigInt(x: bigint, count: bigint): bigint {
  return count < 0n || count > 63n ? (x < 0n ? -1n : 0n) : x >> count;
}

// W. J. Cody, "Rational Chebyshev approximations for the error function", 1969.
const erfNumerator = [
  1.85777706184603153e-1, 3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2,
  3.20937758913846947e3,
];
const erfDenominator = [
  1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3,
];
const middleNumerator = [
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
  2.98635138197400131e2, 8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3,
  1.23033935479799725e3,
];
const middleDenominator = [
  1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
  3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
];
const tailNumerator = [
  1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
  1.60837851487422766e-2, 6.58749161529837803e-4,
];
const tailDenominator = [
  1, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
  2.33520497626869185e-3,
];

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let i = 0; i < coefficients.length; i++) value = value * x + (coefficients[i] ?? 0);
  return value;
}

/** erfc for x > 0.46875. */
function erfcTail(x: number): number {
  if (x > 26.6) return 0;
  let scaled: number;
  if (x <= 4) {
    scaled = polynomial(middleNumerator, x) / polynomial(middleDenominator, x);
  } else {
    const inverse = 1 / (x * x);
    const correction =
      (inverse * polynomial(tailNumerator, inverse)) / polynomial(tailDenominator, inverse);
    scaled = (1 / Math.sqrt(Math.PI) - correction) / x;
  }
  // exp(-x^2) in two factors, so that the rounding of x^2 is not magnified.
  const coarse = Math.trunc(x * 16) / 16;
  return Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse)) * scaled;
}

export function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude <= 0.46875) {
    const square = x * x;
    return (x * polynomial(erfNumerator, square)) / polynomial(erfDenominator, square);
  }
  const value = 1 - erfcTail(magnitude);
  return x < 0 ? -value : value;
}

export function erfc(x: number): number {
  if (Math.abs(x) <= 0.46875) return 1 - erf(x);
  return x < 0 ? 2 - erfcTail(-x) : erfcTail(x);
}

/** The distribution function of the normal distribution. */
export function ndtr(x: number): number {
  return 0.5 * erfc(-x * Math.SQRT1_2);
}

/** Inverse of erf: M. Giles's starting value (2010), then Newton steps on erf or, in the tails, on log erfc. */
export function erfinv(y: number): number {
  if (Math.abs(y) >= 1) return Math.abs(y) === 1 ? y * Infinity : NaN;
  if (Number.isNaN(y) || y === 0) return y;
  const w = -Math.log((1 - y) * (1 + y));
  const central = polynomial(
    [
      2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503,
      -0.00417768164, 0.246640727, 1.50140941,
    ],
    w - 2.5,
  );
  const tail = polynomial(
    [
      -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
      0.00943887047, 1.00167406, 2.83297682,
    ],
    Math.sqrt(w) - 3,
  );
  let x = y * (w < 5 ? central : tail);
  for (let step = 0; step < 2; step++) {
    // erf(x) - y, without cancellation near ±1.
    let error = erf(x) - y;
    if (Math.abs(y) > 0.5) error = y > 0 ? 1 - y - erfc(x) : erfc(-x) - (1 + y);
    x -= error / ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x));
  }
  return x;
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/** log Γ(1 + x)/x by Taylor: (-1)^k·ζ(k)/k, and minus Euler's constant. */
const logGammaBesideOne = [
  0.03846153903467518, -0.04000000119214014, 0.04166666915034121, -0.04347826605304026,
  0.04545455629320467, -0.047619070330142226, 0.05000004769810169, -0.05263167937961666,
  0.055555767627403614, -0.058823978658684585, 0.06250095514121304, -0.06666870588242046,
  0.07143294629536133, -0.0769325164113522, 0.083353840546109, -0.09095401714582904,
  0.1000994575127818, -0.11133426586956469, 0.12550966952474304, -0.1440498967688461,
  0.1695571769974082, -0.20738555102867398, 0.27058080842778454, -0.40068563438653143,
  0.8224670334241132, -0.5772156649015329,
];

/** log |Γ(x)| by Lanczos's approximation (1964), with the reflection formula for x < 1/2; beside 1 and 2, its zeros, a series. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (!Number.isFinite(x) || (x <= 0 && Number.isInteger(x))) return Infinity;
  if (x === 1 || x === 2) return 0;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lgamma(1 - x);
  const z = x - 1;
  if (Math.abs(z) < 0.2) return z * polynomial(logGammaBesideOne, z);
  if (Math.abs(z - 1) < 0.2)
    return Math.log1p(z - 1) + (z - 1) * polynomial(logGammaBesideOne, z - 1);
  let series = at(lanczos, 0);
  for (let i = 1; i < lanczos.length; i++) series += at(lanczos, i) / (z + i);
  const shifted = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(shifted) - shifted + Math.log(series);
}

/** The positive zero of digamma, and what it has beyond its float64. */
const digammaZero = 1.4616321449683622;
const restOfDigammaZero = 9.549995429965697e-17;
/** Taylor's series of digamma at its zero, without the constant term. */
const digammaBesideZero = [
  -3.454680251063077e-4, 5.04953265834602e-4, -7.380709389960052e-4, 1.0788252019162967e-3,
  -1.5769367714301972e-3, 2.305126326734928e-3, -3.369801655439328e-3, 4.926781395729853e-3,
  -7.204534386356869e-3, 1.0538791616612175e-2, -1.542476590494896e-2, 2.2597648232218104e-2,
  -3.316112647484736e-2, 4.880428816414311e-2, -7.219956125645471e-2, 1.0782405069126237e-1,
  -1.6394270544240652e-1, 2.58499760955651e-1, -4.427631689835921e-1, 9.676722454476212e-1,
];

/** Derivative of log Γ: recurrence up to 10, then the asymptotic series; beside its zero, Taylor's series. */
export function digamma(x: number): number {
  if (x === 0) return Object.is(x, -0) ? Infinity : -Infinity;
  if (x < 0) {
    if (Number.isInteger(x)) return NaN;
    // The tangent's period is 1 in x: what is left of it is exact.
    return digamma(1 - x) - Math.PI / Math.tan(Math.PI * (x - Math.round(x)));
  }
  const distance = x - digammaZero - restOfDigammaZero;
  if (Math.abs(distance) < 0.25) return distance * polynomial(digammaBesideZero, distance);
  let shift = 0;
  let z = x;
  for (; z < 10; z += 1) shift -= 1 / z;
  const inverse = 1 / (z * z);
  const series =
    inverse *
    (1 / 12 -
      inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse * (1 / 132)))));
  return shift + Math.log(z) - 0.5 / z - series;
}
