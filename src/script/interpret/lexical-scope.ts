/** Scopes of the text while it is turned into closures: which slot of which environment a name means. */
import type { Environment } from "./run.ts";

export interface Variable {
  readonly slot: number;
  readonly isConstant: boolean;
  /** Must be checked: its declaration may not have run. */
  readonly hasDeadZone: boolean;
  /** A function expression's own name: assignments throw in strict code. */
  readonly name: string;
}

export interface Place {
  readonly depth: number;
  readonly variable: Variable;
}

export class LexicalScope {
  readonly variables = new Map<string, Variable>();
  /** The same in an array: the text that runs may have patched the iterators of collections. */
  readonly list: Variable[] = [];
  readonly parent: LexicalScope | null;
  /** Strict mode code (ECMA-262 11.2.2). */
  isStrict: boolean;

  constructor(parent: LexicalScope | null) {
    this.parent = parent;
    this.isStrict = parent?.isStrict ?? false;
  }

  declare(
    name: string,
    {
      isConstant = false,
      hasDeadZone = false,
    }: { isConstant?: boolean; hasDeadZone?: boolean } = {},
  ): Variable {
    const known = this.variables.get(name);
    if (known !== undefined) return known;
    const variable = { name, slot: this.variables.size + 1, isConstant, hasDeadZone };
    this.variables.set(name, variable);
    this.list[this.list.length] = variable;
    return variable;
  }

  /** null: not declared in the text. */
  find(name: string): Place | null {
    const variable = this.variables.get(name);
    if (variable !== undefined) return { depth: 0, variable };
    const outer = this.parent?.find(name) ?? null;
    return outer === null ? null : { depth: outer.depth + 1, variable: outer.variable };
  }
}

/** The environment `depth` scopes further out. */
export function outward(env: Environment, depth: number): Environment {
  let place = env;
  for (let i = depth; i > 0; i--) place = place[0] as Environment; // slot 0 holds the scope around
  return place;
}
