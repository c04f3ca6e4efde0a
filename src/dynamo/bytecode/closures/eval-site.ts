/** One direct eval in generated text: its texts, with the variables that live in cells reached through them. */

import type { Statement } from "acorn";
import { isVariableName } from "../codegen/identifier.ts";
import type { Source } from "../lower/lowering.ts";
import { analyzeScopes } from "../parse/analyze-scopes.ts";
import { engineAccepts, type EvalCode, parseEvalCode } from "../parse/eval-text.ts";
import { functionAround } from "../parse/eval-use.ts";
import type { Scope, Unit, Variable } from "../parse/scope.ts";
import { withPristineBuiltins } from "../pristine-builtins.ts";
import { importerName } from "../../source/importer-name.ts";
import { type CaptureText, rewritePart } from "./rewrite-source.ts";

export interface EvalPlace {
  readonly source: Source;
  /** The closure that was rebuilt from source. */
  readonly unit: Unit;
  /** Where in it the eval is. */
  readonly scope: Scope;
  /** How the closure's own text refers to what it captures. */
  readonly captures: CaptureText;
  readonly isStrict: boolean;
  /** Makes a site available to generated text, and gives the expression for it. */
  readonly keep: (site: EvalSite) => string;
}

/** Closures that the text makes write cells of the frame: as those of generated code, they are not looked into. */
const markOfGenerated = "//# sourceURL=fullgraph:///eval";

/** A program that builds its texts never uses the same twice. */
const mostTexts = 100;

export class EvalSite {
  readonly #place: EvalPlace;
  /** Of an eval in the text of another: what is around that text. */
  readonly #around: EvalSite | null;
  readonly #texts = new Map<string, string>();

  constructor(place: EvalPlace, around: EvalSite | null = null) {
    this.#place = place;
    this.#around = around;
  }

  /** Called in the middle of the program, which may have patched anything. */
  translate(text: string): string {
    return withPristineBuiltins(() => this.#translate(text));
  }

  #translate(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const code = parseEvalCode(text, this.#place.isStrict);
    if (code === null && engineAccepts(text)) refuseText(text, "text that cannot be analysed");
    // Else the engine throws its SyntaxError before anything of the text runs.
    const translated = code === null ? text : `${this.#rewrite(text, code)}\n${markOfGenerated}`;
    if (this.#texts.size >= mostTexts) this.#texts.clear();
    this.#texts.set(text, translated);
    return translated;
  }

  #rewrite(text: string, code: EvalCode): string {
    const { isStrict, captures, keep } = this.#place;
    if (text.includes(captures.prefix)) refuseText(text, "a name of the compiler");
    const analysis = analyzeScopes(code.around, {
      isStrict,
      ownNameIsOuter: false,
      base: 0,
      isAlone: () => true,
    });
    const unit = analysis.units.get(code.arrow);
    if (unit === undefined) throw new Error("the text of an eval has no unit");
    if (unit.poison?.construct === "direct eval")
      refuseText(text, "a direct eval of spread arguments");
    if (analysis.imports.size > 0 && this.variable(importerName) === null)
      refuseText(text, "import()");
    const source: Source = { analysis, parsedText: code.source, text: code.source, base: 0 };
    const displays = new Set<string>();
    const inner: CaptureText = {
      textOf: (variable) => this.textOf(variable.name),
      cellOf: (variable) => captures.cellOf(this.variable(variable.name) ?? variable),
      kindOf: (variable) => this.variable(variable.name)?.kind ?? variable.kind,
      displayOf: ({ name }) => {
        if (!isVariableName(name)) return null;
        displays.add(name);
        return name;
      },
      evalSite: (_, scope) =>
        keep(new EvalSite({ source, unit, scope, captures: inner, isStrict, keep }, this)),
      namesLexical: captures.namesLexical && !this.#hasOwnThis(),
      prefix: captures.prefix,
    };
    const directives = code.body.findLast(isDirective);
    const insertAt = directives?.end ?? code.start;
    // A name that only errors show; before all else, so that it has left its dead zone.
    const declare = (): string => (displays.size === 0 ? "" : `;let ${[...displays].join(",")};`);
    return rewritePart(
      source,
      unit,
      inner,
      { start: code.start, end: code.end, insertAt },
      declare,
    );
  }

  /** The variable of that name at the eval, if the closure reaches it through a cell. */
  variable(name: string): Variable | null {
    for (let scope: Scope | null = this.#place.scope; scope !== null; scope = scope.parent) {
      const variable = scope.variables.get(name);
      if (variable === undefined) continue;
      if (scope.kind === "outer" && this.#around !== null) break;
      return this.#place.unit.captures.has(variable) ? variable : null;
    }
    return this.#around?.variable(name) ?? null;
  }

  textOf(name: string): string | null {
    for (let scope: Scope | null = this.#place.scope; scope !== null; scope = scope.parent) {
      const variable = scope.variables.get(name);
      if (variable === undefined) continue;
      if (scope.kind === "outer" && this.#around !== null) break;
      const isCaptured = this.#place.unit.captures.has(variable);
      return isCaptured ? this.#place.captures.textOf(variable) : null;
    }
    return this.#around?.textOf(name) ?? null;
  }

  /** Whether `this` at the eval is that of a function in the rebuilt closure: then it has its own name there. */
  #hasOwnThis(): boolean {
    const owner = functionAround(this.#place.scope.unit);
    return owner !== null && this.#place.unit.contains(owner);
  }
}

function isDirective(statement: Statement): boolean {
  return statement.type === "ExpressionStatement" && statement.directive !== undefined;
}

/** Better an error that says so than a wrong value: the frame is half done, so it cannot be left to the engine. */
function refuseText(text: string, why: string): never {
  const shown = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  throw new Error(
    `fullgraph: the compiled function evaluates ${JSON.stringify(shown)}, which has ${why}. ` +
      "Wrap the function in torch.compiler.disable.",
  );
}
