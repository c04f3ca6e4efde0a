/** How messages name a property: `'weight'`, `Symbol(Symbol.iterator)`. */
export const describeKey = (key: PropertyKey): string =>
  typeof key === "symbol" ? String(key) : `'${String(key)}'`;
