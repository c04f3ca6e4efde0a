import { sizeNamesOf } from "./size-names.ts";

/** Short names of dtypes, as in `f32[3, 3]`. */
const dtypeAbbreviations: ReadonlyMap<string, string> = new Map([
  ["float32", "f32"],
  ["float64", "f64"],
  ["float16", "f16"],
  ["bfloat16", "bf16"],
  ["int64", "i64"],
  ["int32", "i32"],
  ["int16", "i16"],
  ["int8", "i8"],
  ["uint8", "u8"],
  ["bool", "b8"],
  ["complex64", "c64"],
  ["complex128", "c128"],
]);

/**
 * The printed type of a value seen while capturing: `f32[3, s0]`, `number`, `[f32[3], i64[3]]`; null when it says nothing.
 * Sizes that are not fixed are written by their names.
 */
export const describeValue = (value: unknown): string | null => describedLater(value)();

/** The same, of the value as it is now, worded when it is asked for: by then more sizes may have names. */
export function describedLater(value: unknown): () => string | null {
  if (isTensorLike(value)) {
    const { dtype, shape } = value;
    return () => {
      // An operation in place may have given the tensor another shape meanwhile, to which the names belong.
      const names = value.shape === shape ? sizeNamesOf(value) : null;
      return `${abbreviation(String(dtype))}[${(names ?? shape.map(String)).join(", ")}]`;
    };
  }
  if (Array.isArray(value)) {
    const items = value.map(describedLater);
    return () => `[${items.map((item) => item() ?? "?").join(", ")}]`;
  }
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint")
    return () => typeof value;
  return () => null;
}

function abbreviation(dtype: string): string {
  const name = dtype.replace(/^torch\./, "");
  return dtypeAbbreviations.get(name) ?? name;
}

// By structure: anything with a dtype and a shape is described, be it a tensor or only its metadata.
function isTensorLike(
  value: unknown,
): value is { readonly dtype: unknown; readonly shape: readonly unknown[] } {
  return (
    typeof value === "object" &&
    value !== null &&
    "dtype" in value &&
    "shape" in value &&
    Array.isArray(value.shape)
  );
}
