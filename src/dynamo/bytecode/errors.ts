/** The errors JavaScript itself throws, in V8's wording, where generated code cannot leave them to the engine. */

export function throwUninitialized(name: string): never {
  throw new ReferenceError(`Cannot access '${name}' before initialization`);
}

export function throwConstantAssignment(): never {
  throw new TypeError("Assignment to constant variable.");
}

/** Of a destructured null or undefined; `property` is the first name of the pattern, `site` as in `requireObject`. */
export function throwNotDestructurable(
  value: unknown,
  site: string | null,
  property: string | null,
): never {
  if (site === null && property !== null) {
    throw new TypeError(`Cannot read properties of ${String(value)} (reading '${property}')`);
  }
  const subject = site === null || site === "" ? describeValue(value) : site;
  const what = property === null ? `'${subject}'` : `property '${property}' of '${subject}'`;
  throw new TypeError(`Cannot destructure ${what} as it is ${String(value)}.`);
}

export function throwNotCallable(site: string): never {
  throw new TypeError(`${site} is not a function`);
}

export function throwNotConstructible(site: string): never {
  throw new TypeError(`${site} is not a constructor`);
}

/** How V8 names a value where it has no expression to print. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "string") return `string "${value}"`;
  if (value === null || typeof value === "number" || typeof value === "boolean")
    return `${typeof value} ${String(value)}`;
  return typeof value;
}
