/** The static scopes of a whole script: what is declared where, and which declarations are ever assigned again. */
import type { CallExpression } from "acorn";

export type DeclarationKind =
  | "var"
  | "let"
  | "const"
  | "function"
  | "class"
  | "parameter"
  | "arguments"
  | "catch"
  | "import"
  | "functionName"
  | "className";

export interface Declaration {
  readonly name: string;
  readonly kind: DeclarationKind;
  readonly scope: ScriptScope;
  /** Written anywhere but in its own declaration, or in a way the analysis cannot follow. */
  readonly isReassigned: boolean;
  /** Some function other than the one that owns it refers to it. */
  readonly isCaptured: boolean;
  readonly imported: ImportedName | null;
  /** Where the function or class declaration starts that made the variable; -1 for other kinds. */
  readonly declaredAt: number;
  /** Where the function starts that a `const` was initialised with; -1 for anything else. */
  readonly functionAt: number;
}

export interface ImportedName {
  readonly specifier: string;
  /** null: the module namespace object. */
  readonly name: string | null;
}

/** A call of something named `compile`, and the scope around it. */
export interface CompileCall {
  readonly node: CallExpression;
  readonly scope: ScriptScope;
}

/** A declaration while the script is being walked. */
export interface GrowingDeclaration extends Declaration {
  isReassigned: boolean;
  isCaptured: boolean;
  functionAt: number;
}

export class ScriptScope {
  readonly kind: "top" | "function" | "block" | "class" | "functionName" | "with";
  readonly parent: ScriptScope | null;
  /** The function whose activation this scope is the outermost part of; null elsewhere. */
  readonly owner: FunctionRecord | null;
  readonly declarations = new Map<string, GrowingDeclaration>();
  /** Of the members of a class: its private names, with their `#`, and what they are. */
  privateKinds: ReadonlyMap<string, PrivateKind> | null = null;
  /** Direct eval in here may assign any variable in sight. */
  hasDirectEval = false;

  constructor(
    kind: ScriptScope["kind"],
    parent: ScriptScope | null,
    owner: FunctionRecord | null = null,
  ) {
    this.kind = kind;
    this.parent = parent;
    this.owner = owner;
  }

  declare(
    name: string,
    kind: DeclarationKind,
    {
      imported = null,
      declaredAt = -1,
    }: { imported?: ImportedName | null; declaredAt?: number } = {},
  ): GrowingDeclaration {
    const previous = this.declarations.get(name);
    if (previous !== undefined && previous.kind !== "arguments") {
      // The same variable twice (`var` over a parameter, a function over a function): which value counts depends on
      // the order of execution. A `var` without initialiser changes nothing, its initialiser is judged by the caller.
      if (kind !== "var") previous.isReassigned = true;
      return previous;
    }
    const declaration = {
      name,
      kind,
      scope: this,
      isReassigned: false,
      isCaptured: false,
      imported,
      declaredAt,
      functionAt: -1,
    };
    this.declarations.set(name, declaration);
    return declaration;
  }
}

/** A free variable of a function. */
export interface FreeName {
  readonly name: string;
  /** null: not declared in this script. */
  readonly declaration: Declaration | null;
  /** False when `with` or direct eval could put another variable of the same name in between. */
  readonly isCertain: boolean;
  /** The function (or one inside it) assigns the variable. */
  isWritten: boolean;
}

/** A function, method, arrow or class of a script. */
export interface FunctionRecord {
  readonly start: number;
  readonly end: number;
  readonly form: FunctionForm;
  readonly isArrow: boolean;
  /** A static member of a class. */
  readonly isStatic: boolean;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** As far as the script's text shows: a module without imports and exports does not show that it is strict. */
  isStrict: boolean;
  /** The scope that holds the function's name, or the one it is created in. */
  readonly definedIn: ScriptScope;
  /** Where the body starts; for a class that of its constructor. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** The body is an expression: an arrow function without braces. */
  readonly hasExpressionBody: boolean;
  /** Where the transform of tier T puts its probe: before the first statement. For a class, the start of its members. */
  readonly probeAt: number;
  /** Says `this` outside functions that have their own. */
  usesThis: boolean;
  /** Of a class: its private names, with their `#`. */
  readonly privateNames: readonly string[];
  /** Private names of classes around it that it uses, with their `#`. */
  readonly privateUses: ReadonlySet<string>;
  readonly freeNames: ReadonlyMap<string, FreeName>;
  /** Names declared by the function itself, in blocks too (not in functions inside): they may hide a free one. */
  readonly ownNames: ReadonlySet<string>;
  /** Names declared in the very scopes of parameters and body. */
  readonly outermostNames: ReadonlySet<string>;
  /** JavaScript text of an argument list that keeps every parameter default from being evaluated; null if the function cannot be entered. */
  readonly harmlessArguments: string | null;
}

export type PrivateKind = "field" | "method" | "accessor";

export type FunctionForm = "function" | "method" | "getter" | "setter" | "class";
