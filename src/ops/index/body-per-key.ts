/**
 * Makes each loop body once per key: kernels are cached by the identity of their body, so a body
 * that depends on a dimension must be the same function every time for that dimension.
 */
export function bodyPerKey<Key extends string | number, Body>(
  make: (key: Key) => Body,
): (key: Key) => Body {
  const bodies = new Map<Key, Body>();
  return (key) => {
    let body = bodies.get(key);
    if (body === undefined) bodies.set(key, (body = make(key)));
    return body;
  };
}
