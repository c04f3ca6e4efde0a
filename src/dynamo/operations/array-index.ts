/** The array index a key stands for (ECMA-262 §6.1.7), or null. */
export function arrayIndex(key: PropertyKey): number | null {
  if (typeof key === "symbol") return null;
  const index = Number(key);
  return Number.isInteger(index) &&
    index >= 0 &&
    index < 4294967295 &&
    String(index) === String(key)
    ? index
    : null;
}
