/** Intrinsic objects that hold engine functions: their properties are read directly, and guarded by identity where used. */
const holders = new Set<object>([
  Math, JSON, Reflect, Object, Array, Number, String, Boolean, Symbol, Map, Set, Error, TypeError, RangeError, SyntaxError,
  ReferenceError, Function, BigInt, Date, Promise, RegExp, console, globalThis,
  Object.prototype, Function.prototype, Array.prototype, Number.prototype, String.prototype, Boolean.prototype,
  Symbol.prototype, BigInt.prototype, Map.prototype, Set.prototype, Error.prototype, TypeError.prototype,
  RangeError.prototype, SyntaxError.prototype, ReferenceError.prototype,
]);

export const isIntrinsicHolder = (value: object): boolean => holders.has(value);
