/** The syntax behind a code or child: what rebuilding a closure from source needs and `Code` does not show. */

import type { Child, Code } from "../code.ts";
import type { Unit } from "../parse/scope.ts";
import type { Source } from "./lowering.ts";

interface Syntax {
  readonly source: Source;
  readonly unit: Unit;
}

const syntaxes = new WeakMap<Code | Child, Syntax>();

export function rememberSource(owner: Code | Child, syntax: Syntax): void {
  syntaxes.set(owner, syntax);
}

export function syntaxOf(owner: Code | Child): Syntax {
  const syntax = syntaxes.get(owner);
  if (syntax === undefined) throw new Error("code that was not made by lowerFunction");
  return syntax;
}
