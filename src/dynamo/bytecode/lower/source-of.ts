/** The syntax behind a code or child: what rebuilding a closure from source needs and `Code` does not show. */

import type { Child, Code } from "../code.ts";
import type { Unit, Variable } from "../parse/scope.ts";
import type { Source } from "./lowering.ts";

interface Syntax {
  readonly source: Source;
  readonly unit: Unit;
  /** The unit's captures, in the order of `captures`. */
  readonly variables: readonly Variable[];
}

const syntaxes = new WeakMap<Code | Child, Syntax>();

export function rememberSource(owner: Code | Child, source: Source, unit: Unit): void {
  syntaxes.set(owner, { source, unit, variables: [...unit.captures.keys()] });
}

export function syntaxOf(owner: Code | Child): Syntax {
  const syntax = syntaxes.get(owner);
  if (syntax === undefined) throw new Error("code that was not made by lowerFunction");
  return syntax;
}
