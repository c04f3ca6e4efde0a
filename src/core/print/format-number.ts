/**
 * Numbers as Python's format specifications `.4f` and `.4e` write them. JavaScript's `toFixed` and
 * `toExponential` differ in ties (Python rounds half to even), in negative zero, in exponents of
 * one digit, and from 1e21 on.
 */

/** `format(value, f".{digits}f")`. */
export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  const magnitude = Math.abs(value);
  const text =
    magnitude < 1e21 ? roundHalfEven(magnitude, digits, fixedText) : hugeFixed(magnitude, digits);
  return signOf(value) + text;
}

/** `format(value, f".{digits}e")`. */
export function formatExponential(value: number, digits: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  const text = roundHalfEven(Math.abs(value), digits, exponentialText);
  const [mantissa = "", exponent = ""] = text.split("e");
  const sign = exponent.startsWith("-") ? "-" : "+";
  return `${signOf(value)}${mantissa}e${sign}${exponent.slice(1).padStart(2, "0")}`;
}

function formatNonFinite(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? "-" : "";
}

function hugeFixed(magnitude: number, digits: number): string {
  const integer = BigInt(magnitude).toString();
  return digits === 0 ? integer : `${integer}.${"0".repeat(digits)}`;
}

type ToText = (magnitude: number, digits: number) => string;
const fixedText: ToText = (magnitude, digits) => magnitude.toFixed(digits);
const exponentialText: ToText = (magnitude, digits) => magnitude.toExponential(digits);

// Any float64 that is not exactly half way between two results shows it within this many more digits.
const guardDigits = 25;

function roundHalfEven(magnitude: number, digits: number, toText: ToText): string {
  const rounded = toText(magnitude, digits);
  if (digits + guardDigits > 100) return rounded;
  const [exact = "", exponent] = toText(magnitude, digits + guardDigits).split("e");
  const kept = exact.slice(0, exact.length - guardDigits);
  const isTie = exact.slice(-guardDigits) === "5".padEnd(guardDigits, "0");
  if (!isTie || !endsInEvenDigit(kept)) return rounded;
  const down = kept.endsWith(".") ? kept.slice(0, -1) : kept;
  return exponent === undefined ? down : `${down}e${exponent}`;
}

function endsInEvenDigit(text: string): boolean {
  return /[02468]\.?$/.test(text);
}
