/** Connects every use of a name to its declaration, once all declarations of the script are known. */
import type { GrowingRecord } from "./function-record.ts";
import type { ScriptScope } from "./script-scope.ts";

export interface Reference {
  readonly name: string;
  readonly scope: ScriptScope;
  readonly isWrite: boolean;
  /** The loop whose update this reference is part of: the assignment does not change what closures see. */
  updates: ScriptScope | null;
}

/** Marks declarations as reassigned and captured, fills the free names of functions; gives the undeclared names written. */
export function resolveReferences(references: readonly Reference[]): ReadonlySet<string> {
  const writtenUndeclared = new Set<string>();
  for (const reference of references) {
    const isDeclared = resolve(reference);
    if (!isDeclared && reference.isWrite) writtenUndeclared.add(reference.name);
  }
  return writtenUndeclared;
}

function resolve({ name, scope, isWrite, updates }: Reference): boolean {
  const crossed: GrowingRecord[] = [];
  let isCertain = true;
  let place: ScriptScope | null = scope;
  while (place !== null && !place.declarations.has(name)) {
    if (place.kind === "with" || place.hasDirectEval) isCertain = false;
    // While a script is walked, the owners of scopes are growing records.
    if (place.owner !== null) crossed.push(place.owner as GrowingRecord);
    place = place.parent;
  }
  const declaration = place?.declarations.get(name) ?? null;
  if (declaration !== null) {
    if ((isWrite && place !== updates) || place?.hasDirectEval === true || !isCertain)
      declaration.isReassigned = true;
    if (crossed.length > 0) declaration.isCaptured = true;
  }
  for (const record of crossed) {
    const known = record.freeNames.get(name);
    if (known === undefined)
      record.freeNames.set(name, { name, declaration, isCertain, isWritten: isWrite });
    else known.isWritten ||= isWrite;
  }
  return declaration !== null;
}
