/** Iteration by the engine, with the message for what is not iterable that names the source's expression. */

export function iterableOf(value: unknown, description: string): Iterable<unknown> {
  if (value === undefined || value === null) throw new TypeError(`${description} is not iterable`);
  const method: unknown = Reflect.get(Object(value), Symbol.iterator, value);
  if (typeof method !== "function") throw new TypeError(`${description} is not iterable`);
  let iterator: unknown;
  // GetIterator calls the method once, with the value itself.
  return {
    [Symbol.iterator]: () => (iterator ??= Reflect.apply(method, value, [])) as Iterator<unknown>,
  };
}
