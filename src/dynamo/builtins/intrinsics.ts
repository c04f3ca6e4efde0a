/** Intrinsic objects that hold engine functions: their properties are read directly, and guarded by identity where used. */
const iterators: readonly object[] = [
  [].values(),
  new Map().keys(),
  new Set().keys(),
  ""[Symbol.iterator](),
  "".matchAll(/x/g),
  (function* () {})(),
  (async function* () {})(),
];

/** The prototypes of the engine's iterators, and what they have in common. */
function* iteratorPrototypes(): Generator<object> {
  for (const iterator of iterators) {
    for (
      let link = Object.getPrototypeOf(iterator) as object | null;
      link !== null && link !== Object.prototype;
      link = Object.getPrototypeOf(link) as object | null
    )
      yield link;
  }
}

const holders = new Set<object>([
  ...iteratorPrototypes(),
  Math,
  JSON,
  Reflect,
  Object,
  Array,
  Number,
  String,
  Boolean,
  Symbol,
  Map,
  Set,
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  Function,
  BigInt,
  Date,
  Promise,
  RegExp,
  console,
  globalThis,
  Object.prototype,
  Function.prototype,
  Array.prototype,
  Number.prototype,
  String.prototype,
  Boolean.prototype,
  Symbol.prototype,
  BigInt.prototype,
  Map.prototype,
  Set.prototype,
  Error.prototype,
  TypeError.prototype,
  RangeError.prototype,
  SyntaxError.prototype,
  ReferenceError.prototype,
]);

export const isIntrinsicHolder = (value: object): boolean => holders.has(value);

/** %ArrayIteratorPrototype%, %MapIteratorPrototype% and %SetIteratorPrototype% (ECMA-262 §23.1.5.2, §24.1.5.2, §24.2.5.2). */
export const prototypesOfIterators = {
  array: Object.getPrototypeOf([].values()) as object, // iterators have prototypes
  map: Object.getPrototypeOf(new Map().values()) as object,
  set: Object.getPrototypeOf(new Set().values()) as object,
} as const;
