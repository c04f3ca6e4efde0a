/** How sizes that are not fixed are written in printed graphs: `s0`, `2*s0`, `u0`. Names are for people only. */
export interface SizeNames {
  /** One text for each dimension; null where nothing is known of the tensor. */
  namesOf(tensor: object): readonly string[] | null;
}

const known = new WeakMap<object, SizeNames>();

/** From now on the tensor, seen while capturing, prints with these names. */
export function registerSizeNames(tensor: object, names: SizeNames): void {
  known.set(tensor, names);
}

export const sizeNamesOf = (tensor: object): readonly string[] | null =>
  known.get(tensor)?.namesOf(tensor) ?? null;
