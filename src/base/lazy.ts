/** What `make` gives, made at the first call: tables that a program may never need cost nothing when it starts. */
export function lazy<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}
