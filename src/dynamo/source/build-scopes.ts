/** One walk over a script: scopes, declarations, and for every function its free variables. */
import type { AnyNode, Class, Function as FunctionNode, Identifier, Pattern, Program } from "acorn";
import { ownNameOf } from "./home-object.ts";
import {
  constructorOf,
  recordOfClass,
  recordOfFunction,
  type GrowingRecord,
  privateKindsOf,
} from "./function-record.ts";
import { resolveReferences, type Reference } from "./resolve-references.ts";
import {
  type CompileCall,
  ScriptScope,
  type DeclarationKind,
  type FunctionForm,
  type FunctionRecord,
  type PrivateKind,
} from "./script-scope.ts";

export interface ScriptScopes {
  readonly functions: readonly FunctionRecord[];
  readonly top: ScriptScope;
  /** Names assigned somewhere that this script does not declare. */
  readonly writtenUndeclared: ReadonlySet<string>;
  /** Exported name -> name of the variable in this script. */
  readonly exports: ReadonlyMap<string, string>;
  readonly compileCalls: readonly CompileCall[];
}

export function buildScopes(program: Program): ScriptScopes {
  const builder = new ScopeBuilder();
  builder.isStrict = program.body.some((node) => isModuleSyntax(node) || isUseStrict(node));
  for (const statement of program.body) builder.visit(statement);
  const { functions, top, exports, compileCalls } = builder;
  const writtenUndeclared = resolveReferences(builder.references);
  return { functions, top, exports, compileCalls, writtenUndeclared };
}

class ScopeBuilder {
  readonly functions: GrowingRecord[] = [];
  readonly top = new ScriptScope("top", null);
  readonly exports = new Map<string, string>();
  readonly references: Reference[] = [];
  readonly compileCalls: CompileCall[] = [];
  private scope: ScriptScope = this.top;
  isStrict = false;
  private record: GrowingRecord | null = null;
  private loopDepth = 0;

  visit(node: AnyNode | null | undefined): void {
    if (node === null || node === undefined) return;
    switch (node.type) {
      case "Identifier":
        return this.refer(node, false);
      case "FunctionDeclaration":
        this.declareFunction(node.id, node.start);
        return this.visitFunction(node, "function");
      case "FunctionExpression":
        return this.visitFunctionExpression(node);
      case "ArrowFunctionExpression":
        return this.visitFunction(node, "function");
      case "ClassDeclaration":
        if (node.id !== null) this.scope.declare(node.id.name, "class", { declaredAt: node.start });
        return this.visitClass(node);
      case "ClassExpression":
        return this.visitClass(node);
      case "VariableDeclaration":
        for (const { id, init } of node.declarations) {
          this.declarePattern(
            id,
            node.kind === "var" ? "var" : node.kind === "let" ? "let" : "const",
            init !== null && init !== undefined,
          );
          if (id.type === "Identifier" && init) this.noteFunction(id.name, init);
          this.visit(init);
        }
        return;
      case "AssignmentExpression":
        this.visitTarget(node.left);
        return this.visit(node.right);
      case "UpdateExpression":
        return this.visitTarget(node.argument);
      case "BlockStatement":
      case "SwitchStatement":
        if (node.type === "SwitchStatement") this.visit(node.discriminant);
        return this.inScope("block", () =>
          this.visitAll(node.type === "BlockStatement" ? node.body : node.cases),
        );
      case "ForStatement":
        return this.inLoop(() => {
          this.visitAll([node.init, node.test]);
          this.visitLoopUpdate(node.update);
          this.visit(node.body);
        });
      case "ForInStatement":
      case "ForOfStatement":
        return this.inLoop(() => {
          if (node.left.type === "VariableDeclaration") {
            // The loop itself initialises the variable: anew for every iteration, except for `var`.
            const { kind } = node.left;
            for (const { id } of node.left.declarations)
              this.declarePattern(
                id,
                kind === "var" ? "var" : kind === "let" ? "let" : "const",
                true,
              );
          } else this.visitTarget(node.left);
          this.visitAll([node.right, node.body]);
        });
      case "WhileStatement":
      case "DoWhileStatement":
        return this.inLoop(() => this.visitAll([node.test, node.body]));
      case "CatchClause":
        return this.inScope("block", () => {
          if (node.param) this.declarePattern(node.param, "catch", false);
          this.visit(node.body);
        });
      case "WithStatement":
        this.visit(node.object);
        return this.inScope("with", () => this.visit(node.body));
      case "CallExpression":
        if (node.callee.type === "Identifier" && node.callee.name === "eval") this.noteDirectEval();
        if (calledName(node.callee) === "compile")
          this.compileCalls.push({ node, scope: this.scope });
        return this.visitChildren(node);
      case "ThisExpression":
        if (this.record !== null) this.record.usesThis = true;
        return;
      case "MemberExpression":
        if (node.object.type === "Super") this.referToClass();
        this.visit(node.object);
        return node.computed || node.property.type === "PrivateIdentifier"
          ? this.visit(node.property)
          : undefined;
      case "PrivateIdentifier":
        this.record?.privateUses.add(`#${node.name}`);
        return;
      case "Property":
        if (node.computed) this.visit(node.key);
        if (node.kind !== "init" || node.method) return this.visitMethod(node.value, node.kind);
        return this.visit(node.value);
      case "LabeledStatement":
        return this.visit(node.body);
      case "BreakStatement":
      case "ContinueStatement":
      case "MetaProperty":
      case "ExportAllDeclaration":
        return; // labels, new.target and exported names are no variables
      case "ImportDeclaration":
        for (const specifier of node.specifiers) {
          const name =
            specifier.type === "ImportSpecifier"
              ? exportName(specifier.imported)
              : specifier.type === "ImportDefaultSpecifier"
                ? "default"
                : null;
          this.scope.declare(specifier.local.name, "import", {
            imported: { specifier: String(node.source.value), name },
          });
        }
        return;
      case "ExportNamedDeclaration":
        return this.visitExport(node);
      case "ExportDefaultDeclaration":
        if ("id" in node.declaration && node.declaration.id)
          this.exports.set("default", node.declaration.id.name);
        return this.visit(node.declaration);
      default:
        return this.visitChildren(node);
    }
  }

  private visitAll(nodes: readonly (AnyNode | null | undefined)[]): void {
    for (const node of nodes) this.visit(node);
  }

  private visitChildren(node: AnyNode): void {
    for (const child of Object.values(node)) {
      if (Array.isArray(child)) this.visitAll(child.filter(isNode));
      else if (isNode(child)) this.visit(child);
    }
  }

  private inScope(
    kind: ScriptScope["kind"],
    visit: () => void,
    owner: FunctionRecord | null = null,
  ): void {
    const outer = this.scope;
    this.scope = new ScriptScope(kind, outer, owner);
    visit();
    if (kind !== "class")
      for (const name of this.scope.declarations.keys()) this.record?.ownNames.add(name);
    this.scope = outer;
  }

  private inLoop(visit: () => void): void {
    this.loopDepth++;
    this.inScope("block", visit);
    this.loopDepth--;
  }

  /**
   * ECMA-262 14.7.4.4: every iteration of `for (let i…)` has a copy of its variables, and the update assigns the copy of
   * the next one. For a closure made in the body the variable never changes, unless the update makes closures itself.
   */
  private visitLoopUpdate(update: AnyNode | null | undefined): void {
    const functions = this.functions.length;
    const references = this.references.length;
    this.visit(update);
    if (this.functions.length > functions) return;
    for (const reference of this.references.slice(references)) reference.updates = this.scope;
  }

  /** Runs `visit` as the body of something with its own activation: `var`s and loops outside do not reach in. */
  private inActivation(visit: () => void, owner: GrowingRecord | null): void {
    const { loopDepth, record } = this;
    this.loopDepth = 0;
    this.record = owner;
    this.inScope("function", visit, owner);
    this.loopDepth = loopDepth;
    this.record = record;
  }

  /** `super.x` in a member of a class is found through the name that the class has for itself. */
  private referToClass(): void {
    for (let at: ScriptScope | null = this.scope; at !== null; at = at.parent) {
      const name = at.kind === "class" ? ownNameOf(at) : null;
      if (name !== null)
        this.references.push({ name, scope: this.scope, isWrite: false, updates: null });
      if (at.kind === "class") return;
    }
  }

  private refer(node: Identifier, isWrite: boolean): void {
    if (node.name === "arguments") this.noteArguments();
    this.references.push({ name: node.name, scope: this.scope, isWrite, updates: null });
  }

  /** The left side of an assignment outside a declaration. */
  private visitTarget(node: AnyNode | null): void {
    switch (node?.type) {
      case "Identifier":
        return this.refer(node, true);
      case "ObjectPattern":
        for (const property of node.properties) {
          if (property.type === "RestElement") this.visitTarget(property.argument);
          else {
            if (property.computed) this.visit(property.key);
            this.visitTarget(property.value);
          }
        }
        return;
      case "ArrayPattern":
        for (const element of node.elements) this.visitTarget(element);
        return;
      case "AssignmentPattern":
        this.visitTarget(node.left);
        return this.visit(node.right);
      case "RestElement":
        return this.visitTarget(node.argument);
      case "ParenthesizedExpression":
        return this.visitTarget(node.expression);
      default:
        return this.visit(node);
    }
  }

  private declarePattern(pattern: Pattern, kind: DeclarationKind, isInitialised: boolean): void {
    switch (pattern.type) {
      case "Identifier":
        return this.declareVariable(pattern.name, kind, isInitialised);
      case "ObjectPattern":
        for (const property of pattern.properties) {
          if (property.type === "RestElement")
            this.declarePattern(property.argument, kind, isInitialised);
          else {
            if (property.computed) this.visit(property.key);
            this.declarePattern(property.value, kind, isInitialised);
          }
        }
        return;
      case "ArrayPattern":
        for (const element of pattern.elements)
          if (element !== null) this.declarePattern(element, kind, isInitialised);
        return;
      case "AssignmentPattern":
        this.declarePattern(pattern.left, kind, isInitialised);
        return this.visit(pattern.right);
      case "RestElement":
        return this.declarePattern(pattern.argument, kind, isInitialised);
      default:
        return this.visit(pattern);
    }
  }

  private declareVariable(name: string, kind: DeclarationKind, isInitialised: boolean): void {
    let owner = this.scope;
    // `var` belongs to the function; the body scope of a function with parameter expressions is such a scope too.
    if (kind === "var")
      while (owner.parent !== null && owner.kind !== "function") owner = owner.parent;
    const wasThere = owner.declarations.has(name);
    const declaration = owner.declare(name, kind);
    if (kind !== "var") return;
    // The initialiser of a `var` runs once per activation unless it stands in a loop or meets an older value. A `let`
    // in a catch block or loop body of the same name is a different variable: `var` inside such a scope assigns that one.
    if (isInitialised && (wasThere || this.loopDepth > 0)) declaration.isReassigned = true;
    if (isInitialised && owner !== this.scope)
      this.references.push({
        name,
        scope: this.scope,
        isWrite: this.isHiddenBelow(name, owner),
        updates: null,
      });
  }

  private isHiddenBelow(name: string, owner: ScriptScope): boolean {
    for (let place = this.scope; place !== owner && place.parent !== null; place = place.parent) {
      if (place.declarations.has(name) || place.kind === "with") return true;
    }
    return false;
  }

  private declareFunction(id: Identifier | null | undefined, declaredAt: number): void {
    if (!id) return;
    if (this.scope.kind === "function" || this.scope.kind === "top")
      return void this.scope.declare(id.name, "function", { declaredAt });
    const inBlock = this.scope.declare(id.name, "function", { declaredAt });
    if (this.isStrict) return;
    // ECMA-262 B.3.2: in sloppy code the declaration is also a `var` of the function, assigned when the block runs.
    // A module without imports does not show that it is strict, so both are taken to change.
    inBlock.isReassigned = true;
    this.declareVariable(id.name, "var", false);
    let owner: ScriptScope | null = this.scope;
    while (owner !== null && owner.kind !== "function" && owner.kind !== "top")
      owner = owner.parent;
    const hoisted = owner?.declarations.get(id.name);
    if (hoisted !== undefined) hoisted.isReassigned = true;
  }

  private visitFunctionExpression(node: FunctionNode): void {
    const { id } = node;
    if (!id) return this.visitFunction(node, "function");
    this.inScope("functionName", () => {
      this.scope.declare(id.name, "functionName");
      this.visitFunction(node, "function");
    });
  }

  private visitMethod(value: AnyNode, kind: string, isStatic = false): void {
    if (value.type !== "FunctionExpression") return this.visit(value);
    const form = kind === "get" ? "getter" : kind === "set" ? "setter" : "method";
    this.visitFunction(value, form, isStatic);
  }

  private visitFunction(node: FunctionNode, form: FunctionForm, isStatic = false): void {
    const record = recordOfFunction(node, form, this.scope, isStatic);
    this.functions.push(record);
    const wasStrict = this.isStrict;
    this.isStrict ||= node.body.type === "BlockStatement" && node.body.body.some(isUseStrict);
    record.isStrict = this.isStrict;
    this.inActivation(() => {
      const parameters = this.scope;
      if (!record.isArrow) parameters.declare("arguments", "arguments");
      for (const parameter of node.params) this.declarePattern(parameter, "parameter", false);
      const visitBody = (): void => {
        if (node.body.type === "BlockStatement") this.visitAll(node.body.body);
        else this.visit(node.body);
        for (const name of this.scope.declarations.keys()) record.outermostNames.add(name);
      };
      // ECMA-262 10.2.11 step 28: with expressions among the parameters, the body has variables of its own.
      if (node.params.some(hasExpressions)) this.inScope("function", visitBody);
      else visitBody();
      for (const name of parameters.declarations.keys()) record.outermostNames.add(name);
    }, record);
    if (record.isArrow && record.usesThis && this.record !== null) this.record.usesThis = true;
    this.passOnPrivateUses(record, null);
    this.isStrict = wasStrict;
  }

  /** What a function or class inside uses, and does not declare, the one around it uses too. */
  private passOnPrivateUses(
    { privateUses }: FunctionRecord,
    declared: ReadonlyMap<string, PrivateKind> | null,
  ): void {
    for (const name of privateUses)
      if (declared?.has(name) !== true) this.record?.privateUses.add(name);
  }

  private visitClass(node: Class): void {
    const record = recordOfClass(node, this.scope);
    const kinds = privateKindsOf(node);
    this.functions.push(record);
    const wasStrict = this.isStrict;
    this.isStrict = true; // ECMA-262 11.2.2
    this.inScope("class", () => {
      if (node.id) this.scope.declare(node.id.name, "className");
      this.visit(node.superClass);
      for (const member of node.body.body) {
        if (member.type !== "StaticBlock" && member.computed) this.visit(member.key);
      }
      // What stands above is evaluated around the class, what follows in functions of it.
      this.inScope("block", () => this.visitMembers(node, record, kinds), record);
    });
    this.isStrict = wasStrict;
    this.passOnPrivateUses(record, kinds);
    this.hideConstructorNames(node, record);
  }

  private visitMembers(
    node: Class,
    record: GrowingRecord,
    kinds: ReadonlyMap<string, PrivateKind>,
  ): void {
    this.scope.privateKinds = kinds;
    const around = this.record;
    this.record = record; // members use private names on behalf of the class
    for (const member of node.body.body) {
      if (member.type === "MethodDefinition")
        this.visitMethod(member.value, member.kind, member.static);
      else if (member.type === "PropertyDefinition")
        this.inActivation(() => this.visit(member.value), null);
      else this.inActivation(() => this.visitAll(member.body), null);
    }
    this.record = around;
  }

  /** A class is entered through its constructor, whose own variables hide outer ones that the methods may use. */
  private hideConstructorNames(node: Class, record: GrowingRecord): void {
    const start = constructorOf(node)?.value.start;
    const constructor = this.functions.find((candidate) => candidate.start === start);
    for (const name of constructor?.ownNames ?? []) {
      record.ownNames.add(name);
      record.outermostNames.add(name);
    }
  }

  private visitExport(node: Extract<AnyNode, { type: "ExportNamedDeclaration" }>): void {
    if (node.source) return;
    for (const { local, exported } of node.specifiers) {
      if (local.type !== "Identifier") continue;
      this.exports.set(exportName(exported), local.name);
      this.refer(local, false);
    }
    if (!node.declaration) return;
    const before = new Set(this.scope.declarations.keys());
    this.visit(node.declaration);
    for (const name of this.scope.declarations.keys())
      if (!before.has(name)) this.exports.set(name, name);
  }

  /** `const f = () => …`: the variable stands for the function. */
  private noteFunction(name: string, init: AnyNode): void {
    const declaration = this.scope.declarations.get(name);
    const value = withoutNameCall(init);
    if (declaration?.kind === "const" && isFunctionNode(value))
      declaration.functionAt = value.start;
  }

  private noteDirectEval(): void {
    for (let place: ScriptScope | null = this.scope; place !== null; place = place.parent)
      place.hasDirectEval = true;
  }

  /** In sloppy functions `arguments[0] = 1` assigns the first parameter. */
  private noteArguments(): void {
    for (let place: ScriptScope | null = this.scope; place !== null; place = place.parent) {
      if (!place.declarations.has("arguments")) continue;
      for (const declaration of place.declarations.values())
        if (declaration.kind === "parameter") declaration.isReassigned = true;
      return;
    }
  }
}

/** esbuild puts names back on functions: `__name(() => …, "f")`. */
function withoutNameCall(node: AnyNode): AnyNode {
  if (node.type !== "CallExpression" || calledName(node.callee) !== "__name") return node;
  return node.arguments[0] ?? node;
}

function isFunctionNode(node: AnyNode): boolean {
  return node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";
}

/** The last name of `a.b.compile` or `compile`. */
function calledName(callee: AnyNode): string | null {
  if (callee.type === "Identifier") return callee.name;
  const isNamed = callee.type === "MemberExpression" && !callee.computed;
  return isNamed && callee.property.type === "Identifier" ? callee.property.name : null;
}

function isModuleSyntax(node: AnyNode): boolean {
  return node.type.startsWith("Import") || node.type.startsWith("Export");
}

function isUseStrict(node: AnyNode): boolean {
  return node.type === "ExpressionStatement" && node.directive === "use strict";
}

function exportName(
  name: Identifier | { readonly type: "Literal"; readonly value?: unknown },
): string {
  return name.type === "Identifier" ? name.name : String(name.value);
}

function hasExpressions(pattern: Pattern): boolean {
  switch (pattern.type) {
    case "Identifier":
      return false;
    case "RestElement":
      return hasExpressions(pattern.argument);
    case "ArrayPattern":
      return pattern.elements.some((element) => element !== null && hasExpressions(element));
    case "ObjectPattern":
      return pattern.properties.some((property) =>
        property.type === "RestElement"
          ? false
          : property.computed || hasExpressions(property.value),
      );
    default:
      return true;
  }
}

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    "start" in value
  );
}
