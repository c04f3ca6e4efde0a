import type { Description, ObjectDescription, TensorDescription } from "./describe-value.ts";

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** Paths at which `actual` differs from `expected`, each with both values; none when they mean the same. */
export function* differences(
  expected: Description,
  actual: Description,
  path: string,
  tolerance: Tolerance,
): Generator<string> {
  if (expected.kind === "tensor" && actual.kind === "tensor") {
    yield* tensorDifferences(expected, actual, path, tolerance);
  } else if (expected.kind === "object" && actual.kind === "object") {
    yield* objectDifferences(expected, actual, path, tolerance);
  } else if (expected.kind === "primitive" && actual.kind === "primitive") {
    if (!sameValue(expected.value, actual.value, tolerance))
      yield differ(path, show(expected), show(actual));
  } else if (show(expected) !== show(actual)) {
    yield differ(path, show(expected), show(actual));
  }
}

function* tensorDifferences(
  expected: TensorDescription,
  actual: TensorDescription,
  path: string,
  tolerance: Tolerance,
): Generator<string> {
  for (const field of [
    "dtype",
    "shape",
    "strides",
    "offset",
    "requiresGrad",
    "storage",
    "id",
  ] as const) {
    const [left, right] = [JSON.stringify(expected[field]), JSON.stringify(actual[field])];
    if (left !== right) yield differ(`${path}.${field}`, left, right);
  }
  if (expected.values.length !== actual.values.length) return; // the shapes differ, which has been said
  for (const [position, value] of expected.values.entries()) {
    const other = actual.values[position];
    if (!sameValue(value, other, tolerance)) {
      yield differ(`${path}.values[${position}]`, showPrimitive(value), showPrimitive(other));
      return; // one element tells enough
    }
  }
}

function* objectDifferences(
  expected: ObjectDescription,
  actual: ObjectDescription,
  path: string,
  tolerance: Tolerance,
): Generator<string> {
  if (expected.label !== actual.label) yield differ(path, expected.label, actual.label);
  if (expected.id !== actual.id)
    yield differ(`${path} (identity)`, `#${expected.id}`, `#${actual.id}`);
  const [expectedKeys, actualKeys] = [expected, actual].map((side) =>
    side.entries.map(([key]) => key).join(", "),
  );
  if (expectedKeys !== actualKeys) {
    yield differ(`${path} (keys, in order)`, `{${expectedKeys}}`, `{${actualKeys}}`);
    return;
  }
  for (const [position, [key, value]] of expected.entries.entries()) {
    const other = actual.entries[position];
    if (other === undefined) continue;
    if (key === "<message>" && engineLostTheName(value, other[1])) continue;
    yield* differences(value, other[1], `${path}.${key}`, tolerance);
  }
}

/**
 * V8 names what is not iterable by the source position its bytecode kept, and prints the value where it kept none:
 * for `const b = a; [...a]` when a closure captures `a`, but not when `b` is used in between. Compiled code has the name.
 */
function engineLostTheName(expected: Description, actual: Description): boolean {
  if (expected.kind !== "primitive" || actual.kind !== "primitive") return false;
  return (
    /^\w+ .* is not iterable \(cannot read property Symbol\(Symbol\.iterator\)\)$/.test(
      String(expected.value),
    ) && /^[\w$.]+ is not iterable$/.test(String(actual.value))
  );
}

/** NaN equals NaN, 0 differs from -0, and numbers that came through float arithmetic may differ by the tolerance. */
function sameValue(expected: unknown, actual: unknown, { rtol, atol }: Tolerance): boolean {
  if (Object.is(expected, actual)) return true;
  if (typeof expected !== "number" || typeof actual !== "number") return false;
  if (expected === 0 && actual === 0) return false;
  return Math.abs(expected - actual) <= atol + rtol * Math.abs(expected);
}

function differ(path: string, expected: string, actual: string): string {
  return `${path}: eager ${expected}, compiled ${actual}`;
}

function show(description: Description): string {
  switch (description.kind) {
    case "primitive":
      return showPrimitive(description.value);
    case "again":
      return `object #${description.id} again`;
    case "opaque":
      return `${description.label} #${description.id}`;
    case "tensor":
      return `${description.dtype} tensor #${description.id}`;
    case "object":
      return `${description.label} #${description.id}`;
  }
}

function showPrimitive(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
