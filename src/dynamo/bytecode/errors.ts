/** The errors JavaScript itself throws, in V8's wording, where generated code cannot leave them to the engine. */

export function throwUninitialized(name: string): never {
  throw new ReferenceError(`Cannot access '${name}' before initialization`);
}

export function throwConstantAssignment(): never {
  throw new TypeError("Assignment to constant variable.");
}

/** Of a destructured null or undefined; `property` is the first name of the pattern. */
export function throwNotDestructurable(value: unknown, site: string, property: string | null): never {
  const what = property === null ? `'${site}'` : `property '${property}' of '${site}'`;
  throw new TypeError(`Cannot destructure ${what} as it is ${String(value)}.`);
}

export function throwNotCallable(site: string): never {
  throw new TypeError(`${site} is not a function`);
}

export function throwNotConstructible(site: string): never {
  throw new TypeError(`${site} is not a constructor`);
}
