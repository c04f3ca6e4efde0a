/** Scope analysis: which variable every identifier means, who captures what, and what cannot be rebuilt from source. */

import type {
  AnyNode,
  CallExpression,
  ClassDeclaration,
  ClassExpression,
  Expression,
  FunctionExpression,
  Identifier,
  ImportExpression,
  PrivateIdentifier,
  MethodDefinition,
  Pattern,
  PropertyDefinition,
  Statement,
  StaticBlock,
  SwitchStatement,
  VariableDeclaration,
} from "acorn";
import { UnsupportedSyntax } from "../unsupported-syntax.ts";
import { childNodes, walk } from "./child-nodes.ts";
import type { FunctionNode } from "./parse-function.ts";
import { isEvalCall } from "./eval-text.ts";
import { evalUse, functionAround, isInClass, visibleVariables } from "./eval-use.ts";
import { homeName } from "../../source/home-object.ts";
import { importerName } from "../../source/importer-name.ts";
import { boundIdentifiers } from "./patterns.ts";
import {
  type Analysis,
  constantGlobal,
  type LexicalUse,
  type Reference,
  Scope,
  Unit,
  type Variable,
} from "./scope.ts";

export interface AnalyzeOptions {
  readonly isStrict: boolean;
  /** True if the root's own name is a variable of the outside (a declaration), false if it names the function itself. */
  readonly ownNameIsOuter: boolean;
  /** Offset of the text inside what was parsed; only for errors. */
  readonly base: number;
  /** Whether nothing but globals is around the text: else a direct eval sees variables that nobody knows. */
  readonly isAlone: () => boolean;
}

export function analyzeScopes(
  node: FunctionNode | ClassExpression,
  options: AnalyzeOptions,
): Analysis {
  const analyzer = new ScopeAnalyzer(options);
  return analyzer.analyze(node);
}

class ScopeAnalyzer {
  readonly options: AnalyzeOptions;
  readonly outside: Unit;
  readonly outer: Scope;
  readonly units = new Map<AnyNode, Unit>();
  readonly scopes = new Map<AnyNode, Scope>();
  readonly ownNameScopes = new Map<AnyNode, Scope>();
  readonly bodyScopes = new Map<AnyNode, Scope>();
  readonly references = new Map<Identifier, Reference>();
  readonly lexicalUses: LexicalUse[] = [];
  readonly imports = new Map<ImportExpression, Variable>();
  /** The private names of classes around the function, which are asked for as variables around it. */
  readonly privateUses = new Map<PrivateIdentifier, Variable>();
  readonly superUses = new Map<AnyNode, Variable>();
  readonly evals = new Map<CallExpression, Scope>();
  /** Private names declared by the classes around the current node. */
  readonly privateNames: Set<string>[] = [];

  constructor(options: AnalyzeOptions) {
    this.options = options;
    this.outside = new Unit(null, null, true, options.isStrict);
    this.outer = new Scope("outer", null, this.outside);
  }

  analyze(node: FunctionNode | ClassExpression): Analysis {
    if (node.type === "ClassExpression") this.class(node, this.outer);
    else
      this.function(
        node,
        this.outer,
        node.type === "FunctionExpression" && !this.options.ownNameIsOuter,
        this.options.base !== 0, // only methods are parsed inside something
      );
    const root = this.units.get(node);
    if (root === undefined) throw new Error("the analysed function has no unit");
    const { units, scopes, ownNameScopes, bodyScopes } = this;
    const { references, lexicalUses, imports, privateUses, superUses, evals } = this;
    const uses = { references, lexicalUses, imports, privateUses, superUses, evals };
    return { root, units, scopes, ownNameScopes, bodyScopes, ...uses };
  }

  // ---- variables

  lookup(name: string, scope: Scope): Variable {
    for (let at: Scope | null = scope; at !== null; at = at.parent) {
      const found = at.variables.get(name);
      if (found !== undefined) return found;
      if (name === "arguments" && at.kind === "function" && at.unit.hasOwnThis)
        return at.declare(name, "arguments");
    }
    return this.outer.declare(name, "outer");
  }

  refer(identifier: Identifier, scope: Scope, isWrite: boolean, isDeclaration = false): void {
    const variable = this.lookup(identifier.name, scope);
    this.references.set(identifier, { identifier, variable, isWrite, isDeclaration });
    const isAssignment = isWrite && !isDeclaration;
    if (isAssignment) variable.isAssigned = true;
    if (isDeclaration) variable.declarationCount++;
    if (!isWrite && constantGlobal(variable) !== null) return;
    this.capture(variable, scope.unit, isAssignment);
    if (!variable.hasDeadZone || isDeclaration) return;
    if (identifier.start < variable.declarationEnd || variable.scope.kind === "switch")
      variable.needsCheck = true;
  }

  /** Makes the variable a capture of all units between a use of it and its own. */
  capture(variable: Variable, from: Unit, isAssigned: boolean): void {
    for (let unit = from; unit !== variable.scope.unit;) {
      const use = unit.captures.get(variable);
      if (use === undefined) unit.captures.set(variable, { variable, isAssigned });
      else if (isAssigned) use.isAssigned = true;
      variable.isCaptured = true;
      if (unit.parent === null) break;
      unit = unit.parent;
    }
  }

  import(node: ImportExpression, scope: Scope): void {
    const importer = this.outer.declare(importerName, "outer");
    this.imports.set(node, importer);
    this.capture(importer, scope.unit, false);
  }

  lexicalUse(node: AnyNode, kind: "this" | "newTarget", from: Unit): void {
    const unit = this.markLexical(kind, from);
    this.lexicalUses.push({ node, kind, owner: unit === this.outside ? null : unit });
  }

  /** Gives the unit that the value comes from; null: from around the text. */
  markLexical(kind: "this" | "newTarget", from: Unit): Unit | null {
    let unit: Unit | null = from;
    for (; unit !== null; unit = unit.parent) {
      if (kind === "this") unit.usesThis = true;
      else unit.usesNewTarget = true;
      if (unit.hasOwnThis) break;
    }
    return unit;
  }

  refusal({ start, end }: AnyNode, construct: string): UnsupportedSyntax {
    const { base } = this.options;
    return new UnsupportedSyntax(construct, start - base, end - base);
  }

  /** Nothing around `node` can be taken out of its source. */
  poison(node: AnyNode, construct: string, from: Unit): void {
    const error = this.refusal(node, construct);
    for (let unit: Unit | null = from; unit !== null; unit = unit.parent) unit.poison ??= error;
  }

  // ---- functions and classes

  function(node: FunctionNode, scope: Scope, bindsOwnName: boolean, isMethod = false): void {
    const unit = new Unit(node, scope.unit, node.type !== "ArrowFunctionExpression");
    unit.isMethod = isMethod;
    this.units.set(node, unit);
    let around = scope;
    if (bindsOwnName && node.id) {
      around = new Scope("ownName", scope, unit);
      around.declare(node.id.name, "ownName");
      this.ownNameScopes.set(node, around);
    }
    const parameters = new Scope("function", around, unit);
    this.scopes.set(node, parameters);
    for (const parameter of node.params) {
      for (const identifier of boundIdentifiers(parameter))
        parameters.declare(identifier.name, "parameter", parameter.end);
    }
    // ECMA-262 10.2.11 step 27: a body scope of its own is observable only if parameters hold closures.
    const body = node.params.some(holdsClosure) ? new Scope("body", parameters, unit) : parameters;
    if (body !== parameters) this.bodyScopes.set(node, body);
    if (node.body.type === "BlockStatement") {
      this.hoistVariables(node.body.body, body);
      this.declareLexical(node.body.body, body);
    }
    for (const parameter of node.params) this.pattern(parameter, parameters, true);
    if (node.body.type === "BlockStatement")
      for (const statement of node.body.body) this.statement(statement, body);
    else this.expression(node.body, body);
  }

  method(node: FunctionExpression, scope: Scope): void {
    this.function(node, scope, false, true);
  }

  class(node: ClassDeclaration | ClassExpression, scope: Scope): void {
    const unit = new Unit(node, scope.unit, false);
    this.units.set(node, unit);
    const inner = new Scope("class", scope, unit);
    this.scopes.set(node, inner);
    if (node.id) inner.declare(node.id.name, "class");
    if (node.superClass) this.expression(node.superClass, inner);
    const privateNames = new Set<string>();
    for (const member of node.body.body) {
      if (member.type !== "StaticBlock" && member.key.type === "PrivateIdentifier")
        privateNames.add(member.key.name);
    }
    this.privateNames.push(privateNames);
    for (const member of node.body.body) this.classMember(member, inner);
    this.privateNames.pop();
  }

  classMember(member: MethodDefinition | PropertyDefinition | StaticBlock, scope: Scope): void {
    if (member.type === "StaticBlock") {
      const inner = this.memberScope(member, scope);
      this.hoistVariables(member.body, inner);
      this.declareLexical(member.body, inner);
      for (const statement of member.body) this.statement(statement, inner);
      return;
    }
    if (member.computed && member.key.type !== "PrivateIdentifier")
      this.expression(member.key, scope);
    if (member.type === "MethodDefinition") this.method(member.value, scope);
    else if (member.value) this.expression(member.value, this.memberScope(member, scope));
  }

  memberScope(member: PropertyDefinition | StaticBlock, scope: Scope): Scope {
    const unit = new Unit(member, scope.unit, true);
    this.units.set(member, unit);
    const inner = new Scope("body", scope, unit);
    this.scopes.set(member, inner);
    return inner;
  }

  // ---- declarations

  /** `var` names, and in sloppy code the functions that annex B would hoist, which are refused. */
  hoistVariables(statements: readonly Statement[], scope: Scope): void {
    for (const statement of statements) {
      walk(statement, (node) => {
        if (isUnitNode(node)) {
          if (
            node.type === "FunctionDeclaration" &&
            !scope.unit.isStrict &&
            !statements.some((top) => top === node)
          ) {
            this.poison(node, "function declaration in a block of sloppy code", scope.unit);
          }
          return false;
        }
        if (node.type === "VariableDeclaration" && node.kind === "var") {
          for (const declarator of node.declarations) {
            for (const identifier of boundIdentifiers(declarator.id))
              scope.declare(identifier.name, "var");
          }
        }
        return undefined;
      });
    }
  }

  declareLexical(statements: readonly Statement[], scope: Scope): void {
    for (const statement of statements) {
      if (statement.type === "VariableDeclaration") this.declareVariables(statement, scope);
      else if (statement.type === "FunctionDeclaration")
        scope.declare(statement.id.name, "function");
      else if (statement.type === "ClassDeclaration")
        scope.declare(statement.id.name, "class", statement.end);
    }
  }

  declareVariables(declaration: VariableDeclaration, scope: Scope, end?: number): void {
    if (declaration.kind === "var") return;
    const kind = declaration.kind === "let" ? "let" : "const";
    for (const declarator of declaration.declarations) {
      for (const identifier of boundIdentifiers(declarator.id))
        scope.declare(identifier.name, kind, end ?? declarator.end);
    }
  }

  blockScope(
    node: AnyNode,
    statements: readonly Statement[],
    scope: Scope,
    kind: "block" | "switch" = "block",
  ): Scope {
    const inner = new Scope(kind, scope, scope.unit);
    this.scopes.set(node, inner);
    this.declareLexical(statements, inner);
    return inner;
  }

  // ---- statements

  statement(node: Statement, scope: Scope): void {
    switch (node.type) {
      case "BlockStatement": {
        const inner = this.blockScope(node, node.body, scope);
        for (const statement of node.body) this.statement(statement, inner);
        return;
      }
      case "FunctionDeclaration":
        // A declaration may have this name; the expression that would stand for it may not.
        if (
          (node.generator && node.id.name === "yield") ||
          (node.async && node.id.name === "await")
        )
          this.poison(node, `a function called ${node.id.name}`, scope.unit);
        this.refer(node.id, scope, true, true);
        return this.function(node, scope, false);
      case "ClassDeclaration":
        this.refer(node.id, scope, true, true);
        return this.class(node, scope);
      case "VariableDeclaration":
        return this.variables(node, scope);
      case "ForStatement": {
        let inner = scope;
        if (node.init?.type === "VariableDeclaration" && node.init.kind !== "var") {
          inner = this.blockScope(node, [node.init], scope);
        }
        if (node.init?.type === "VariableDeclaration") this.variables(node.init, inner);
        else if (node.init) this.expression(node.init, inner);
        if (node.test) this.expression(node.test, inner);
        if (node.update) this.expression(node.update, inner);
        return this.statement(node.body, inner);
      }
      case "ForInStatement":
      case "ForOfStatement": {
        let inner = scope;
        if (node.left.type === "VariableDeclaration" && node.left.kind !== "var") {
          inner = new Scope("block", scope, scope.unit);
          this.scopes.set(node, inner);
          this.declareVariables(node.left, inner, node.right.end);
        }
        this.expression(node.right, inner);
        if (node.left.type === "VariableDeclaration") this.variables(node.left, inner);
        else this.pattern(node.left, inner, false);
        return this.statement(node.body, inner);
      }
      case "SwitchStatement":
        return this.switch(node, scope);
      case "TryStatement": {
        this.statement(node.block, scope);
        if (node.handler) {
          const inner = new Scope("catch", scope, scope.unit);
          this.scopes.set(node.handler, inner);
          if (node.handler.param) {
            for (const identifier of boundIdentifiers(node.handler.param))
              inner.declare(identifier.name, "catch", node.handler.param.end);
            this.pattern(node.handler.param, inner, true);
          }
          this.statement(node.handler.body, inner);
        }
        if (node.finalizer) this.statement(node.finalizer, scope);
        return;
      }
      case "WithStatement":
        return this.poison(node, "`with` statement", scope.unit);
      case "LabeledStatement":
        return this.statement(node.body, scope);
      case "BreakStatement":
      case "ContinueStatement":
        return;
      default:
        for (const child of childNodes(node)) {
          if (isStatement(child)) this.statement(child, scope);
          else this.anyExpression(child, scope);
        }
    }
  }

  variables(node: VariableDeclaration, scope: Scope): void {
    for (const declarator of node.declarations) {
      this.pattern(declarator.id, scope, true);
      if (declarator.init) this.expression(declarator.init, scope);
    }
  }

  switch(node: SwitchStatement, scope: Scope): void {
    this.expression(node.discriminant, scope);
    const inner = this.blockScope(
      node,
      node.cases.flatMap((clause) => clause.consequent),
      scope,
      "switch",
    );
    for (const clause of node.cases) {
      if (clause.test) this.expression(clause.test, inner);
      for (const statement of clause.consequent) this.statement(statement, inner);
    }
  }

  // ---- patterns and expressions

  pattern(node: Pattern, scope: Scope, isDeclaration: boolean): void {
    switch (node.type) {
      case "Identifier":
        return this.refer(node, scope, true, isDeclaration);
      case "AssignmentPattern":
        this.pattern(node.left, scope, isDeclaration);
        return this.expression(node.right, scope);
      case "RestElement":
        return this.pattern(node.argument, scope, isDeclaration);
      case "ArrayPattern":
        for (const element of node.elements)
          if (element) this.pattern(element, scope, isDeclaration);
        return;
      case "ObjectPattern":
        for (const property of node.properties) {
          if (property.type === "RestElement")
            this.pattern(property.argument, scope, isDeclaration);
          else {
            if (property.computed) this.expression(property.key, scope);
            this.pattern(property.value, scope, isDeclaration);
          }
        }
        return;
      default:
        return this.anyExpression(node, scope);
    }
  }

  expression(node: Expression, scope: Scope): void {
    this.anyExpression(node, scope);
  }

  anyExpression(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case "Identifier":
        return this.refer(node, scope, false);
      case "ThisExpression":
        return this.lexicalUse(node, "this", scope.unit);
      case "MetaProperty":
        if (node.meta.name === "new") return this.lexicalUse(node, "newTarget", scope.unit);
        return this.poison(node, "`import.meta`", scope.unit);
      case "ImportExpression":
        this.import(node, scope);
        break;
      case "Super":
        return this.super(node, scope.unit);
      case "PrivateIdentifier":
        if (!this.privateNames.some((names) => names.has(node.name))) {
          const variable = this.outer.declare(`#${node.name}`, "outer");
          this.privateUses.set(node, variable);
          this.capture(variable, scope.unit, false);
        }
        return;
      case "FunctionExpression":
        return this.function(node, scope, true);
      case "ArrowFunctionExpression":
        return this.function(node, scope, false);
      case "ClassExpression":
        return this.class(node, scope);
      case "MemberExpression":
        // Sloppy functions can ask who called them (`f.caller`), and would get generated code.
        if (!node.computed && !scope.unit.isStrict && isNamed(node.property, "caller"))
          this.poison(node, "`caller` of a function", scope.unit);
        if (node.object.type === "Super") this.superMember(node.object, scope.unit);
        else this.anyExpression(node.object, scope);
        if (node.computed || node.property.type === "PrivateIdentifier")
          this.anyExpression(node.property, scope);
        return;
      case "Property":
        if (node.computed) this.expression(node.key, scope);
        if (node.value.type === "FunctionExpression" && (node.method || node.kind !== "init")) {
          return this.method(node.value, scope);
        }
        return this.anyExpression(node.value, scope);
      case "AssignmentExpression":
        this.pattern(node.left, scope, false);
        return this.expression(node.right, scope);
      case "UpdateExpression":
        if (node.argument.type === "Identifier") return this.refer(node.argument, scope, true);
        return this.expression(node.argument, scope);
      case "CallExpression":
        if (isEvalCall(node)) this.eval(node, scope);
        break;
      case "UnaryExpression":
        if (node.operator === "delete" && node.argument.type === "Identifier") {
          this.poison(node, "`delete` of a variable", scope.unit);
        }
        break;
      default:
        break;
    }
    for (const child of childNodes(node)) this.anyExpression(child, scope);
  }

  /** A direct eval: movable if its text can do nothing to the variables in sight but read and assign them. */
  eval(node: CallExpression, scope: Scope): void {
    const unit = new Unit(node, scope.unit, false);
    const use = evalUse(node, unit.isStrict, scope, this.options.isAlone);
    if (typeof use === "string") return this.poison(node, use, scope.unit);
    this.units.set(node, unit);
    this.evals.set(node, scope);
    for (const variable of visibleVariables(scope, use.usesArguments)) {
      variable.isAssigned = true;
      this.capture(variable, unit, true);
    }
    this.markLexical("this", scope.unit);
    this.markLexical("newTarget", scope.unit);
    const error = this.refusal(node, "direct eval");
    if (use.needsFunction) scope.unit.opaque ??= error;
    const method = functionAround(scope.unit);
    if (!use.mayNeedMethod || method === null) return;
    if (!isInClass(method)) {
      if (method.isMethod) this.poison(node, "direct eval", scope.unit);
      return;
    }
    // A closure of its own has neither the home object nor the private names of the class member around it.
    for (let at: Unit | null = scope.unit; at !== null && at !== method.parent; at = at.parent)
      at.opaque ??= error;
  }

  /** `super` works only where the method keeps its home object: inside a class that is rebuilt whole. */
  /** `super.x` of the function itself, or of the constructor of the class itself, is a property of what is around it. */
  superMember(node: AnyNode, from: Unit): void {
    const isOfClass = from.parent?.node?.type === "ClassExpression";
    const around = isOfClass ? from.parent?.parent : from.parent;
    if (!from.hasOwnThis || around !== this.outside) return this.super(node, from);
    const home = this.outer.declare(homeName, "outer");
    this.superUses.set(node, home);
    this.capture(home, from, false);
    this.markLexical("this", from);
  }

  super(node: AnyNode, from: Unit): void {
    let unit: Unit | null = from;
    while (unit !== null && !unit.hasOwnThis) unit = unit.parent;
    const around = unit?.parent?.node?.type;
    if (around === "ClassDeclaration" || around === "ClassExpression") return;
    this.poison(node, "`super`", from);
  }
}

function isUnitNode(node: AnyNode): node is FunctionNode | ClassDeclaration | ClassExpression {
  return (
    node.type === "FunctionDeclaration" ||
    node.type === "FunctionExpression" ||
    node.type === "ArrowFunctionExpression" ||
    node.type === "ClassDeclaration" ||
    node.type === "ClassExpression"
  );
}

function isNamed(node: AnyNode, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

function isStatement(node: AnyNode): node is Statement {
  return node.type.endsWith("Statement") || node.type.endsWith("Declaration");
}

function holdsClosure(parameter: Pattern): boolean {
  let found = false;
  walk(parameter, (node) => {
    if (isUnitNode(node) || (node.type === "CallExpression" && isEvalCall(node))) found = true;
    return !found;
  });
  return found;
}
