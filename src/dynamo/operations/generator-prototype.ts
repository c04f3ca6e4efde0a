import type { GeneratorVariable } from "../variables/iterator-variables.ts";

/** %GeneratorPrototype% (ECMA-262 §27.5.1). */
export const generatorPrototype = Object.getPrototypeOf(function* () {}.prototype) as object; // every generator function's `prototype` inherits from it

/** The object that a generator inherits from: the `prototype` of its function, unless that was replaced (§27.3.1). */
export function prototypeOfGenerator({ callee }: GeneratorVariable): object {
  // A function of this region has a fresh one, with nothing in it.
  if (callee.kind === "closure") return generatorPrototype;
  const { prototype } = callee.value as { readonly prototype?: unknown };
  return typeof prototype === "object" && prototype !== null ? prototype : generatorPrototype;
}
