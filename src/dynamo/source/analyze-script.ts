/** Parses a whole script, whatever kind it is, and answers which function stands at a position. */
import { parse, type Options } from "acorn";
import { buildScopes, type ScriptScopes } from "./build-scopes.ts";
import type { FunctionRecord } from "./script-scope.ts";

/** null: no grammar at hand accepts the text. */
export function analyzeScript(text: string): ScriptScopes | null {
  // Most scripts parse as a module, CommonJS too; sloppy code that does not is parsed as what it is.
  for (const sourceType of ["module", "script"] as const) {
    try {
      return buildScopes(
        parse(text, { ...lenient, sourceType, allowAwaitOutsideFunction: sourceType === "module" }),
      );
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return null;
}

// The engine has accepted the script already; what only some contexts allow (eval code in a method) is let through.
const lenient = {
  ecmaVersion: "latest",
  allowReturnOutsideFunction: true,
  allowSuperOutsideMethod: true,
  allowHashBang: true,
  checkPrivateFields: false,
} satisfies Options;

/** The record of the function whose parameter list is at `position` and whose source slice is `functionText`. */
export function functionAt(
  scopes: ScriptScopes,
  scriptText: string,
  position: number,
  functionText: string,
): FunctionRecord | null {
  // Outer functions come before the ones inside them: the last match is the innermost.
  const isClass = functionText.startsWith("class");
  return (
    scopes.functions.findLast(
      (record) =>
        record.start <= position &&
        position < record.end &&
        (record.form === "class") === isClass &&
        scriptText.startsWith(functionText, record.end - functionText.length),
    ) ?? null
  );
}
