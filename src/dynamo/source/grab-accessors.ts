/** Tier P: accessor closures made in the function's own scope, so that its variables can be read and written in place. */
import type { ScopeSnapshot } from "./read-scopes.ts";
import type { ScriptRecord } from "./script-record.ts";
import type { FunctionRecord } from "./script-scope.ts";

export interface Accessor {
  readonly get: () => unknown;
  readonly set: (value: unknown) => void;
}

export interface GrabbedAccessors {
  byName(name: string): Accessor | null;
  readThis(): unknown;
}

export type FunctionAccessors = GrabbedAccessors | { readonly refused: string };

export function accessorsOf(
  _fn: Function,
  _script: ScriptRecord | null,
  _record: FunctionRecord | null,
  _snapshot: ScopeSnapshot | null,
): FunctionAccessors {
  return { refused: "not yet" };
}
