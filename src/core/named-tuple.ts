/** Results of several named tensors, such as `max(x, 0)`: an array that also has the names. */

/** A frozen array of results with one property per name. */
export type NamedTuple<Names extends string, Value> = readonly Value[] &
  Readonly<Record<Names, Value>>;

/** Makes `torch.return_types.<typeName>`: destructures as an array, reads by name, prints as PyTorch prints it. */
export function namedTuple<Names extends string, Value>(
  typeName: string,
  names: readonly Names[],
  values: readonly Value[],
): NamedTuple<Names, Value> {
  const tuple: Value[] = [...values];
  names.forEach((name, position) => {
    Object.defineProperty(tuple, name, { value: values[position], enumerable: true });
  });
  const print = (): string =>
    `torch.return_types.${typeName}(\n${names.map((name, i) => `${name}=${String(values[i])}`).join(",\n")})`;
  Object.defineProperty(tuple, Symbol.for("nodejs.util.inspect.custom"), { value: print });
  Object.defineProperty(tuple, "toString", { value: print });
  // Proof of the cast: the loop above defined a property for each of `names`.
  return Object.freeze(tuple) as NamedTuple<Names, Value>;
}
