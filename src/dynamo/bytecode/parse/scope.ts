/** Variables, scopes and units: what scope analysis finds out. */

import type {
  AnyNode,
  CallExpression,
  ClassDeclaration,
  ClassExpression,
  Identifier,
  ImportExpression,
  PrivateIdentifier,
  StaticBlock,
  PropertyDefinition,
} from "acorn";
import type { UnsupportedSyntax } from "../unsupported-syntax.ts";
import type { FunctionNode } from "./parse-function.ts";

export type VariableKind =
  | "parameter"
  | "var"
  | "function"
  | "let"
  | "const"
  | "class"
  | "catch"
  | "ownName"
  | "arguments"
  /** Not declared in the analysed text. */
  | "outer";

/** One variable. Invariant: `isCaptured` when anything but its own unit refers to it; then it lives in a cell. */
export class Variable {
  readonly name: string;
  readonly kind: VariableKind;
  readonly scope: Scope;
  /** References before this offset may meet the temporal dead zone. */
  readonly declarationEnd: number;
  isCaptured = false;
  /** Assigned anywhere beside its declaration. */
  isAssigned = false;
  /** How many declarations write it; more than one for `function f(x) { var x = 1; }`. */
  declarationCount = 0;
  /** A plain local that needs checks, since a reference may run before the declaration. */
  needsCheck = false;

  constructor(name: string, kind: VariableKind, scope: Scope, declarationEnd: number) {
    this.name = name;
    this.kind = kind;
    this.scope = scope;
    this.declarationEnd = declarationEnd;
  }

  /** Parameters and catch bindings have one too: `(a = b, b) => …`. */
  get hasDeadZone(): boolean {
    return (
      this.kind !== "var" &&
      this.kind !== "function" &&
      this.kind !== "ownName" &&
      this.kind !== "arguments"
    );
  }
}

export type ScopeKind =
  | "outer"
  | "ownName"
  | "function"
  | "body"
  | "block"
  | "switch"
  | "catch"
  | "class";

/** Globals that nobody can change; a variable of the same name outside the analysed text is not looked for. */
const constantGlobals: ReadonlyMap<string, number | undefined> = new Map([
  ["undefined", undefined],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
]);

/** The value of a variable that is a constant of the language, boxed; null for all others. */
export function constantGlobal(variable: Variable): { readonly value: number | undefined } | null {
  const isConstant = variable.kind === "outer" && constantGlobals.has(variable.name);
  return isConstant ? { value: constantGlobals.get(variable.name) } : null;
}

export class Scope {
  readonly kind: ScopeKind;
  readonly parent: Scope | null;
  readonly unit: Unit;
  readonly variables = new Map<string, Variable>();

  constructor(kind: ScopeKind, parent: Scope | null, unit: Unit) {
    this.kind = kind;
    this.parent = parent;
    this.unit = unit;
  }

  /** Declares a name; a second declaration (var, function) is the same variable. */
  declare(name: string, kind: VariableKind, declarationEnd = 0): Variable {
    const known = this.variables.get(name);
    if (known !== undefined) return known;
    const variable = new Variable(name, kind, this, declarationEnd);
    this.variables.set(name, variable);
    return variable;
  }
}

/** What a capture needs to know of a variable in one unit. */
export interface CaptureUse {
  readonly variable: Variable;
  isAssigned: boolean;
}

export type UnitNode =
  | FunctionNode
  | ClassDeclaration
  | ClassExpression
  | PropertyDefinition
  | StaticBlock
  | CallExpression;

/**
 * A function, a class, or a field initializer or static block of a class: what runs as, or inside, one closure. Also a
 * direct eval, which is called like a closure that uses every variable in sight.
 */
export class Unit {
  readonly node: UnitNode | null;
  readonly parent: Unit | null;
  /** Arrow functions and classes (in heritage and computed keys) use the `this` around them. */
  readonly hasOwnThis: boolean;
  readonly captures = new Map<Variable, CaptureUse>();
  /** A method, getter or setter of a literal or class: its node starts at the parameter list. */
  isMethod = false;
  usesThis = false;
  usesNewTarget = false;
  /** Strict mode code (ECMA-262 11.2.2). */
  readonly isStrict: boolean;
  /** Something in it, at any depth, that only works in the original source: nothing around it can be rebuilt. */
  poison: UnsupportedSyntax | null = null;
  /** Something that works in a rebuilt closure, but not in bytecode. */
  opaque: UnsupportedSyntax | null = null;

  constructor(node: UnitNode | null, parent: Unit | null, hasOwnThis: boolean, isStrict = false) {
    this.node = node;
    this.parent = parent;
    this.isStrict = isStrict || parent?.isStrict === true || (node !== null && beginsStrict(node));
    this.hasOwnThis = hasOwnThis;
  }

  /** True for the unit itself and all units in it. */
  contains(other: Unit): boolean {
    for (let unit: Unit | null = other; unit !== null; unit = unit.parent)
      if (unit === this) return true;
    return false;
  }
}

/** A class, or a function with a "use strict" directive. */
function beginsStrict(node: UnitNode): boolean {
  if (node.type === "ClassDeclaration" || node.type === "ClassExpression") return true;
  return (
    "params" in node &&
    node.body.type === "BlockStatement" &&
    node.body.body.some(
      (statement) =>
        statement.type === "ExpressionStatement" && statement.directive === "use strict",
    )
  );
}

/** An identifier that names a variable. */
export interface Reference {
  readonly identifier: Identifier;
  readonly variable: Variable;
  readonly isWrite: boolean;
  /** The write is the variable's own declaration. */
  readonly isDeclaration: boolean;
}

/** A `this` or `new.target`, and the function that gives it its value. */
export interface LexicalUse {
  readonly node: AnyNode;
  readonly kind: "this" | "newTarget";
  /** null: from outside the analysed text. */
  readonly owner: Unit | null;
}

export interface Analysis {
  readonly root: Unit;
  readonly units: ReadonlyMap<AnyNode, Unit>;
  /** Scopes by the node that opens them; a function has `function`, maybe `ownName` and `body` scopes. */
  readonly scopes: ReadonlyMap<AnyNode, Scope>;
  readonly ownNameScopes: ReadonlyMap<AnyNode, Scope>;
  readonly bodyScopes: ReadonlyMap<AnyNode, Scope>;
  readonly references: ReadonlyMap<Identifier, Reference>;
  readonly lexicalUses: readonly LexicalUse[];
  readonly imports: ReadonlyMap<ImportExpression, Variable>;
  readonly privateUses: ReadonlyMap<PrivateIdentifier, Variable>;
  /** The `super` of members that are looked up from what is around the text. */
  readonly superUses: ReadonlyMap<AnyNode, Variable>;
  /** Direct evals that can be moved, and the scope each is in. */
  readonly evals: ReadonlyMap<CallExpression, Scope>;
}
