/** Whether a value is of the language type Object (ECMA-262 §6.1.7): functions are. */
export const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";
