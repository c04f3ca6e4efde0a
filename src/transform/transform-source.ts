/** Tier T: a module's text with accessors of its variables for the front end. */
import { analyzeScript } from "../dynamo/source/analyze-script.ts";
import type { ScriptScopes } from "../dynamo/source/build-scopes.ts";
import { importerText, mayImport } from "../dynamo/source/importer-name.ts";
import { insertionEnd, insertionStart } from "../dynamo/source/insertions.ts";
import type {
  CompileCall,
  Declaration,
  FunctionRecord,
  ScriptScope,
} from "../dynamo/source/script-scope.ts";
import { registryExpression, registryVariable } from "../dynamo/source/transform-registry.ts";
import { scopeLiteral } from "./scope-literal.ts";

/**
 * Which functions inside functions can be reached:
 * - `none`: only what a module's own variables give;
 * - `compile-sites`: also what is handed to `compile(…)`, and classes; costs only where they are made;
 * - `probe`: every closure, for a few per cent in closures of two or three operations (bench: transform).
 */
export type ClosureOption = "none" | "compile-sites" | "probe";

export interface TextInsertion {
  /** Offset in the text before the transform. */
  readonly at: number;
  readonly text: string;
}

export interface TransformedSource {
  readonly text: string;
  /** In order; none of them contains a line break. */
  readonly insertions: readonly TextInsertion[];
}

/** null: nothing to do, or text that is not JavaScript (yet). */
export function transformSource(text: string, closures: ClosureOption): TransformedSource | null {
  if (text.includes(registryVariable) || !/\bfunction\b|=>|\bclass\b|\)\s*\{/.test(text))
    return null;
  const scopes = analyzeScript(text);
  if (scopes === null) return null;
  const insertions = [
    moduleTable(text, scopes.top),
    // In this order: where an arrow function ends that a call is given, its body is closed first.
    ...(closures === "probe" ? probes(scopes) : []),
    ...(closures === "none" ? [] : [...compileSites(scopes), ...classScopes(scopes)]),
  ];
  const sorted = insertions
    .map((insertion, order) => ({ insertion, order }))
    .sort((a, b) => a.insertion.at - b.insertion.at || a.order - b.order)
    .map(({ insertion }) => insertion);
  return { text: applied(text, sorted), insertions: sorted };
}

const marked = (text: string): string => `${insertionStart}${text}${insertionEnd}`;

/** One table for the variables of the module, at its start: code that runs while the module loads finds it too. */
function moduleTable(text: string, top: ScriptScope): TextInsertion {
  const captured = [...top.declarations.values()].filter(({ isCaptured }) => isCaptured);
  const importer = mayImport(text) ? `importer:${importerText},` : "";
  const table = `{at:()=>0,${importer}${scopeLiteral(captured).slice(1)}`;
  const code = `=${registryExpression};${registryVariable}.modules.push(${table})`;
  // The declaration is not marked: where it stands is the module's scope, whatever a tool wraps around the module.
  return { at: startOfCode(text), text: `;let ${registryVariable}${marked(code)};` };
}

/** Behind `#!` and directives. */
function startOfCode(text: string): number {
  const start = /^#!.*|^/.exec(text)?.[0].length ?? 0;
  const directives = /^(?:\s|\/\/.*|\/\*[^]*?\*\/|(?:"[^"\n]*"|'[^'\n]*')\s*(?:;|(?=\n)))*/.exec(
    text.slice(start),
  );
  const prologue = directives?.[0] ?? "";
  return /["']/.test(prologue) ? start + prologue.trimEnd().length : start;
}

/** `compile(f)` becomes `compile(register(f, scope))`. */
function compileSites({ compileCalls, functions }: ScriptScopes): readonly TextInsertion[] {
  return compileCalls.flatMap((call) => {
    const [argument] = call.node.arguments;
    const record = functions.find(({ start }) => start === functionHandedOver(call));
    if (argument === undefined || record === undefined) return [];
    const free = [...reachable(record)].filter((declaration) => isVisible(declaration, call.scope));
    // An arrow function written in the call has the `this` that the call has.
    const isWrittenHere = argument.start === record.start;
    const usesThis = isWrittenHere && record.isArrow && record.usesThis;
    if (free.length === 0 && !usesThis) return [];
    return [
      { at: argument.start, text: marked(`${registryVariable}.fn(`) },
      { at: argument.end, text: marked(`,${scopeLiteral(free, { usesThis })})`) },
    ];
  });
}

/** Where the function starts that a call is given: written there, or a constant that stands for it. */
function functionHandedOver({ node, scope }: CompileCall): number | null {
  const [argument] = node.arguments;
  if (argument?.type === "ArrowFunctionExpression" || argument?.type === "FunctionExpression")
    return argument.start;
  if (argument?.type !== "Identifier") return null;
  const declaration = declarationOf(argument.name, scope);
  if (declaration === null || declaration.scope.kind === "top" || declaration.isReassigned)
    return null;
  return declaration.kind === "function" ? declaration.declaredAt : declaration.functionAt;
}

function declarationOf(name: string, scope: ScriptScope): Declaration | null {
  let place: ScriptScope | null = scope;
  while (place !== null && !place.declarations.has(name)) place = place.parent;
  return place?.declarations.get(name) ?? null;
}

function isVisible(declaration: Declaration, scope: ScriptScope): boolean {
  return declarationOf(declaration.name, scope) === declaration;
}

/** Variables of functions around the function that it can be seen to use; those of the module have a table. */
function reachable(record: FunctionRecord): readonly Declaration[] {
  const declarations: Declaration[] = [];
  for (const { declaration, isCertain } of record.freeNames.values()) {
    if (declaration === null || !isCertain || declaration.scope.kind === "top") continue;
    const isOwnName = declaration.kind === "functionName" && declaration.scope === record.definedIn;
    if (!isOwnName && !record.outermostNames.has(declaration.name)) declarations.push(declaration);
  }
  return declarations;
}

/** A static block hands over what the members of a class use; it runs once per class. */
function classScopes({ functions }: ScriptScopes): readonly TextInsertion[] {
  return functions.flatMap((record) => {
    if (record.form !== "class") return [];
    const free = reachable(record).filter(({ kind }) => kind !== "arguments");
    const { privateNames } = record;
    if (free.length === 0 && privateNames.length === 0) return [];
    const literal = scopeLiteral(free, { privateNames });
    // Only what stands in the class can read its private names, and its methods exist already.
    const handOver = privateNames.length === 0 ? "fn" : "members";
    return [
      {
        at: record.probeAt,
        text: marked(`static{${registryVariable}.${handOver}(this,${literal})}`),
      },
    ];
  });
}

/** The first thing in a closure's body: answers with its scope when asked, costs one test when not. */
function probes({ functions }: ScriptScopes): readonly TextInsertion[] {
  return functions.flatMap((record) => {
    if (record.form === "class" || record.harmlessArguments === null) return [];
    const free = reachable(record);
    const usesThis = record.isArrow && record.usesThis;
    const privateNames = [...record.privateUses];
    if (free.length === 0 && !usesThis && privateNames.length === 0) return [];
    const reply = `${registryVariable}.reply(${scopeLiteral(free, { usesThis, privateNames })})`;
    if (!record.hasExpressionBody)
      return [{ at: record.probeAt, text: marked(`if(${registryVariable}.on)return ${reply};`) }];
    return [
      { at: record.probeAt, text: marked(`${registryVariable}.on?${reply}:(`) },
      { at: record.bodyEnd, text: marked(")") },
    ];
  });
}

function applied(text: string, insertions: readonly TextInsertion[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const insertion of insertions) {
    pieces.push(text.slice(from, insertion.at), insertion.text);
    from = insertion.at;
  }
  return [...pieces, text.slice(from)].join("");
}
