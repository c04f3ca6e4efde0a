/** The form of a function whose script is out of reach, from its own text. */
import { parseExpressionAt } from "acorn";
import { buildScopes } from "./build-scopes.ts";
import type { FunctionRecord } from "./script-scope.ts";
import { parse, type Options } from "acorn";

const options = {
  ecmaVersion: "latest",
  allowSuperOutsideMethod: true,
  checkPrivateFields: false,
} satisfies Options;

/** Function texts are expressions, or methods, which become expressions inside an object or class. */
export function parseFunctionText(text: string): FunctionRecord | { readonly error: string } {
  let failure = "";
  for (const wrapped of [`(${text})`, `({ ${text} })`, `(class extends Object { ${text} })`]) {
    try {
      parseExpressionAt(wrapped, 0, options);
      const { functions } = buildScopes(parse(wrapped, options));
      const record = functions.find((candidate) =>
        wrapped.startsWith(text, candidate.end - text.length),
      );
      if (record !== undefined) return record;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      if (failure === "") failure = error.message;
    }
  }
  return { error: failure };
}
