/** The text of a function to its bytecode. */

import type { AnyNode } from "acorn";
import type { Capture, Child, Code, CodeKind } from "../code.ts";
import type { FunctionNode } from "../parse/parse-function.ts";
import { analyzeScopes } from "../parse/analyze-scopes.ts";
import { functionKind, parseFunction } from "../parse/parse-function.ts";
import type { Unit } from "../parse/scope.ts";
import { UnsupportedSyntax } from "../unsupported-syntax.ts";
import { findConstructor, withDefaultConstructor } from "./class-constructor.ts";
import { type DerivedConstructor, derivedThis } from "./derived-constructor.ts";
import { FunctionCode } from "./function-code.ts";
import { type ChildOptions, Lowering, type Source } from "./lowering.ts";
import { lowerBody } from "./prologue.ts";
import { rememberSource } from "./source-of.ts";

export interface LowerOptions {
  /** False for code that is neither in a module nor under "use strict". Default true. */
  readonly isStrict?: boolean;
  /**
   * What a named function's own name means inside it: "self" for a function expression, "capture" for a declaration
   * whose name is a variable around it that may be reassigned. Default "self".
   */
  readonly ownName?: "self" | "capture";
  /** Whether the constructor in the text is the one that a class has by default. Default false. */
  readonly isDefaultConstructor?: boolean;
  /** Whether nothing but global variables is around the function, which a direct eval then sees. Default: no. */
  readonly isAlone?: () => boolean;
}

/** @throws UnsupportedSyntax for anything the bytecode does not model */
export function lowerFunction(text: string, options: LowerOptions = {}): Code {
  const isStrict = options.isStrict ?? true;
  const parsed = parseFunction(text, isStrict);
  const { node, base } = parsed;
  const completed = node.type === "ClassExpression" ? withDefaultConstructor(text, node) : null;
  if (completed !== null)
    return lowerFunction(completed, { ...options, isDefaultConstructor: true });
  const analysis = analyzeScopes(node, {
    isStrict,
    ownNameIsOuter: options.ownName === "capture",
    base,
    isAlone: options.isAlone ?? (() => false),
  });
  const source: Source = {
    analysis,
    parsedText: parsed.source,
    text,
    base,
  };
  if (node.type === "ClassExpression") {
    const constructor = findConstructor(node, base);
    const unit = analysis.units.get(constructor.node);
    if (unit === undefined) throw new UnsupportedSyntax("class constructor", 0, text.length);
    const captures = [...unit.captures.values()].map(outerCapture);
    const name = parsed.name;
    return lowerUnit(source, unit, {
      kind: "classConstructor",
      name,
      captures,
      classBody: constructor.body,
      derived: constructor.derivedFields && {
        fields: constructor.derivedFields,
        passesArguments: options.isDefaultConstructor === true,
      },
      suspends: null,
    });
  }
  const captures = [...analysis.root.captures.values()].map(outerCapture);
  const facts = { name: parsed.name, captures, classBody: null };
  return lowerUnit(source, analysis.root, {
    ...facts,
    ...kindsOf(node, analysis.root, parsed.kind),
  });
}

function outerCapture(use: {
  readonly variable: { readonly name: string };
  readonly isAssigned: boolean;
}): Capture {
  return { name: use.variable.name, from: { kind: "outer" }, assigned: use.isAssigned };
}

/** What a function is beside being a generator or async. */
function plainKind(node: FunctionNode, unit: Unit): CodeKind {
  if (node.type === "ArrowFunctionExpression") return "arrow";
  return unit.isMethod ? "method" : "function";
}

function kindsOf(
  node: FunctionNode,
  unit: Unit,
  kind: Child["kind"],
): Pick<UnitFacts, "kind" | "suspends"> {
  if (kind === "generator" || kind === "async" || kind === "asyncGenerator")
    return { kind: plainKind(node, unit), suspends: kind };
  if (kind === "class") throw new UnsupportedSyntax("class", 0, 0);
  return { kind, suspends: null };
}

interface UnitFacts {
  readonly kind: CodeKind;
  readonly name: string;
  readonly captures: readonly Capture[];
  readonly classBody: Code["classBody"];
  /** Of the constructor of a class that extends another. */
  readonly derived?: DerivedConstructor | null;
  readonly suspends: Code["suspends"];
}

function lowerUnit(source: Source, unit: Unit, facts: UnitFacts): Code {
  if (unit.poison !== null) throw unit.poison;
  if (unit.opaque !== null) throw unit.opaque;
  const { node } = unit;
  if (node === null || !("params" in node)) throw new Error("only functions have code");
  refuseSloppy(source, unit, node);
  const lowering = new Lowering(
    source,
    unit,
    (child, childUnit, captures, options) =>
      describeChild(source, child, childUnit, captures, options),
    facts.suspends,
  );
  const { derived = null, ...rest } = facts;
  if (derived !== null) lowering.derived = derivedThis(lowering, node, derived);
  lowerBody(lowering, node);
  const code = new FunctionCode({
    ...rest,
    text: source.text,
    span: lowering.spanOf(node),
    isStrict: unit.isStrict,
    parameters: node.params,
    instructions: lowering.emitter.instructions(),
    spans: lowering.emitter.spans,
    draftRegions: lowering.emitter.regions(),
    locals: lowering.emitter.locals,
    children: lowering.children,
    unit,
  });
  rememberSource(code, source, unit);
  return code;
}

/** Sloppy code is lowered where strict and sloppy semantics agree, or differ only in what generated code keeps sloppy. */
function refuseSloppy(source: Source, unit: Unit, node: FunctionNode): void {
  if (unit.isStrict) return;
  const start = node.start - source.base;
  const end = node.end - source.base;
  for (const scope of [source.analysis.scopes.get(node), source.analysis.bodyScopes.get(node)]) {
    for (const variable of scope?.variables.values() ?? []) {
      if (variable.name === "arguments")
        throw new UnsupportedSyntax("sloppy `arguments`", start, end);
    }
  }
}

function describeChild(
  source: Source,
  node: AnyNode,
  unit: Unit,
  captures: readonly Capture[],
  options: ChildOptions,
): Child {
  const span = { start: node.start - source.base, end: node.end - source.base };
  const isClass = node.type === "ClassExpression" || node.type === "ClassDeclaration";
  const id = declaredName(node);
  if (node.type === "CallExpression")
    return new LazyChild(
      { kind: "arrow", name: "", isAnonymous: true, span, captures },
      source,
      unit,
    );
  const plain =
    options.methodKind ?? (node.type === "ArrowFunctionExpression" ? "arrow" : "function");
  // Sound: units are made for functions and classes only, and a class was excluded before.
  const kind = isClass ? "class" : functionKind(node as FunctionNode, plain);
  return new LazyChild({ kind, name: id, isAnonymous: id === "", span, captures }, source, unit);
}

function declaredName(node: AnyNode): string {
  const isNamed =
    node.type === "FunctionExpression" ||
    node.type === "FunctionDeclaration" ||
    node.type === "ClassExpression" ||
    node.type === "ClassDeclaration";
  return isNamed ? (node.id?.name ?? "") : "";
}

interface ChildFacts {
  readonly kind: Child["kind"];
  readonly name: string;
  readonly isAnonymous: boolean;
  readonly span: Child["span"];
  readonly captures: readonly Capture[];
}

/** A child whose own bytecode is made when somebody asks. */
class LazyChild implements Child {
  readonly kind: Child["kind"];
  readonly name: string;
  readonly isAnonymous: boolean;
  readonly span: Child["span"];
  readonly captures: readonly Capture[];
  readonly source: Source;
  readonly unit: Unit;
  #result: { readonly code: Code | null; readonly unsupported: UnsupportedSyntax | null } | null =
    null;

  constructor(facts: ChildFacts, source: Source, unit: Unit) {
    this.kind = facts.kind;
    this.name = facts.name;
    this.isAnonymous = facts.isAnonymous;
    this.span = facts.span;
    this.captures = facts.captures;
    this.source = source;
    this.unit = unit;
    rememberSource(this, source, unit);
  }

  get code(): Code | null {
    return this.#lowered().code;
  }

  get unsupported(): UnsupportedSyntax | null {
    return this.#lowered().unsupported;
  }

  #lowered(): { readonly code: Code | null; readonly unsupported: UnsupportedSyntax | null } {
    this.#result ??= this.#lower();
    return this.#result;
  }

  #lower(): { readonly code: Code | null; readonly unsupported: UnsupportedSyntax | null } {
    const { kind, name, captures, span } = this;
    if (kind === "class")
      return { code: null, unsupported: new UnsupportedSyntax("class", span.start, span.end) };
    if (this.unit.node?.type === "CallExpression")
      return {
        code: null,
        unsupported: new UnsupportedSyntax("direct eval", span.start, span.end),
      };
    try {
      const { node } = this.unit;
      if (node === null || !("params" in node)) throw new Error("only functions have code");
      const facts = { name, captures, classBody: null, ...kindsOf(node, this.unit, kind) };
      return { code: lowerUnit(this.source, this.unit, facts), unsupported: null };
    } catch (error) {
      if (error instanceof UnsupportedSyntax) return { code: null, unsupported: error };
      throw error;
    }
  }
}
