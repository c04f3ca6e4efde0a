/** Compiles the rewritten source of a child into a function that makes its closures. */

import type { CallExpression } from "acorn";
import type { Child } from "../code.ts";
import { isVariableName } from "../codegen/identifier.ts";
import { syntaxOf } from "../lower/source-of.ts";
import type { Source } from "../lower/lowering.ts";
import type { Scope, Unit, Variable } from "../parse/scope.ts";
import { runtime } from "../runtime.ts";
import { EvalSite } from "./eval-site.ts";
import { type CaptureText, rewriteSource } from "./rewrite-source.ts";
import { makeFunction } from "../../../script/make-function.ts";

/** Called with the frame's `this` and `new.target`, the name, and one cell or value per capture. */
export type ClosureFactory = (
  receiver: unknown,
  newTarget: unknown,
  name: PropertyKey | null,
  ...captured: readonly unknown[]
) => unknown;

/**
 * How a capture reaches the closure: its cell, its cell out of the temporal dead zone, its value now and for ever, or
 * not at all since it is a global.
 */
export type Passing = "cell" | "initialized" | "value" | "global";

const contentOf: Readonly<Record<Passing, string | null>> = {
  cell: ".v",
  initialized: ".raw",
  value: null,
  global: null,
};

/** The name that creation gives: literal, none, or only known at creation. */
export type GivenName =
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "none" }
  | { readonly kind: "computed" };

/** True if the variable has its final value as soon as it has any, and a parameter may have its name. */
export function canPassByValue(variable: Variable): boolean {
  const kinds: readonly Variable["kind"][] = ["let", "const", "class", "catch", "parameter"];
  const isSettledOnce =
    kinds.includes(variable.kind) && !variable.isAssigned && variable.declarationCount <= 1;
  return isSettledOnce && isVariableName(variable.name);
}

export function compileFactory(
  child: Child,
  passing: readonly Passing[],
  name: GivenName,
): ClosureFactory {
  const { text, sites } = writeFactory(child, passing, name);
  const url = `//# sourceURL=fullgraph:///${encodeURI(child.name === "" ? "closure" : child.name)}`;
  // Sound: the text is a function of this shape.
  return makeFunction(["$runtime", "$sites"], `return ${text}($runtime,$sites)\n${url}`)(
    runtime,
    sites,
  ) as ClosureFactory;
}

export interface WrittenFactory {
  /** JavaScript of a function that, given the runtime and the sites, gives the `ClosureFactory`. It mentions nothing around it. */
  readonly text: string;
  /** Its direct evals. */
  readonly sites: readonly EvalSite[];
}

export function writeFactory(
  child: Child,
  passing: readonly Passing[],
  name: GivenName,
): WrittenFactory {
  const { source, unit } = syntaxOf(child);
  const { node } = unit;
  const prefix = freePrefix(source.parsedText, source.analysis.evals.size > 0 ? "$fullgraph" : "$");
  const variables = [...unit.captures.keys()];
  const cellOf = (variable: Variable): string => `${prefix}c${variables.indexOf(variable)}`;
  const displays = new Set<string>();
  const sites: EvalSite[] = [];
  const keep = (site: EvalSite): string => `${prefix}sites[${sites.push(site) - 1}]`;
  const captures: CaptureText = {
    textOf: (variable) => {
      const content = contentOf[passing[variables.indexOf(variable)] ?? "cell"];
      return content === null ? null : `${cellOf(variable)}${content}`;
    },
    cellOf,
    displayOf: (variable) => {
      // The closure's own name cannot be assigned in it.
      if (!isVariableName(variable.name) || variable.name === child.name) return null;
      displays.add(variable.name);
      return variable.name;
    },
    kindOf: ({ kind }) => kind,
    evalSite: (call, scope) => {
      const isStrict = isStrictAt(source, call);
      return keep(new EvalSite({ source, unit, scope, captures, isStrict, keep }));
    },
    namesLexical: true,
    prefix,
  };
  const text =
    node?.type === "CallExpression"
      ? evalClosure(prefix, captures.evalSite(node, scopeOfEval(source, node)))
      : rewriteSource(source, unit, captures);
  const declarations = displays.size === 0 ? "" : `let ${[...displays].join(",")};`;
  const parameters = variables.map((variable, i) =>
    passing[i] === "value" ? variable.name : cellOf(variable),
  );
  const list = [`${prefix}this`, `${prefix}newTarget`, `${prefix}name`, ...parameters].join(",");
  const expression = closureExpression(child, unit, text, name, prefix);
  const mode = unit.parent?.isStrict === true ? '"use strict";' : "";
  return {
    text: `(function(${prefix}r,${prefix}sites){${mode}return function(${list}){${declarations}return ${expression}}})`,
    sites,
  };
}

/** Called with what `eval` is and what it is given; an arrow function, so that nothing but names has to be translated. */
function evalClosure(prefix: string, site: string): string {
  const [callee, args] = [`${prefix}callee`, `${prefix}args`];
  const direct = `eval(${prefix}r.evalText(${callee},${site},${args}[0]))`;
  const other = `${prefix}r.callFunction(${callee},"eval",${args})`;
  return `(${callee},...${args})=>${prefix}r.isEngineEval(${callee})?${direct}:${other}`;
}

function scopeOfEval({ analysis }: Source, call: CallExpression): Scope {
  const scope = analysis.evals.get(call);
  if (scope === undefined) throw new Error("a direct eval that was not analysed");
  return scope;
}

function isStrictAt({ analysis }: Source, call: CallExpression): boolean {
  return analysis.units.get(call)?.isStrict ?? true;
}

/** The generator's names start with dollars; one more than any name of the user that could be taken for one. */
function freePrefix(text: string, start: string): string {
  let prefix = start;
  while (
    new RegExp(
      `(?<![\\w$])\\${prefix.split("").join("\\")}(?:c\\d|r|sites|callee|args|this|newTarget|name)(?![\\w$])`,
    ).test(text)
  )
    prefix += "$";
  return prefix;
}

function closureExpression(
  child: Child,
  unit: Unit,
  text: string,
  name: GivenName,
  prefix: string,
): string {
  const key = name.kind === "literal" ? JSON.stringify(name.value) : `${prefix}name`;
  // A quoted "__proto__" would set the prototype.
  const property = name.kind === "literal" && name.value !== "__proto__" ? key : `[${key}]`;
  if (!unit.isMethod) {
    return name.kind === "none" || !child.isAnonymous
      ? `(${text})`
      : `({${property}:${text}})[${key}]`;
  }
  if (child.kind === "getter")
    return `${prefix}r.accessorOf({get ${property}${text}},${key},"get")`;
  if (child.kind === "setter")
    return `${prefix}r.accessorOf({set ${property}${text}},${key},"set")`;
  return `({${methodPrefix[child.kind]}${property}${text}})[${key}]`;
}

const methodPrefix: Readonly<Record<Child["kind"], string>> = {
  function: "",
  arrow: "",
  method: "",
  getter: "",
  setter: "",
  classConstructor: "",
  class: "",
  generator: "*",
  async: "async ",
  asyncGenerator: "async *",
};
