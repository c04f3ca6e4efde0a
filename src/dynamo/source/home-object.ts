/**
 * What `super.x` of a method is asked for as: a variable around the function, which no variable of a program can be called.
 * Its value is the object that the method was defined on, which the engine keeps to itself ([[HomeObject]], ECMA-262 §10.2).
 */
import type { FunctionRecord, ScriptScope } from "./script-scope.ts";

export const homeName = "super";

/** The scope of the class that a function is a member of; null for all other functions. */
export function classAround({ definedIn }: FunctionRecord): ScriptScope | null {
  const isMember = definedIn.privateKinds !== null && definedIn.parent?.kind === "class";
  return isMember ? definedIn.parent : null;
}

/** The name that a class has for itself; null if it has none. */
export function ownNameOf(scope: ScriptScope): string | null {
  for (const { name, kind } of scope.declarations.values()) if (kind === "className") return name;
  return null;
}
