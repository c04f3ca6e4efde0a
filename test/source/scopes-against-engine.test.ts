import * as acorn from "acorn";
import * as traceMapping from "@jridgewell/trace-mapping";
import { expect, test } from "vitest";
import { functionAt } from "../../src/dynamo/source/analyze-script.ts";
import { readScopes, scopeWith } from "../../src/dynamo/source/read-scopes.ts";
import { scriptOfFunction } from "../../src/dynamo/source/script-natives.ts";
import { scriptRecord } from "../../src/dynamo/source/script-record.ts";

/** Functions reachable from a value through properties, prototypes and closures. */
function functionsFrom(root: unknown): readonly Function[] {
  const seen = new Set<unknown>();
  const queue: unknown[] = [root];
  while (queue.length > 0) {
    const value = queue.pop();
    if (
      (typeof value !== "object" && typeof value !== "function") ||
      value === null ||
      seen.has(value)
    )
      continue;
    seen.add(value);
    queue.push(
      ...Object.values(Object.getOwnPropertyDescriptors(value)).flatMap(
        ({ value: v, get, set }) => [v, get, set],
      ),
    );
    queue.push(Object.getPrototypeOf(value));
    if (typeof value === "function" && isOfLibrary(value)) queue.push(...closureValues(value));
  }
  return [...seen].filter((value) => typeof value === "function");
}

/** The platform's own functions would lead to every object there is. */
function isOfLibrary(fn: Function): boolean {
  const origin = scriptOfFunction(fn);
  return (
    origin !== null &&
    scriptRecord(origin.scriptId, origin.scriptText).url?.startsWith("node:") === false
  );
}

function closureValues(fn: Function): readonly unknown[] {
  const scopes =
    readScopes(fn)?.scopes.filter((scope) => scope.kind === "closure" || scope.kind === "module") ??
    [];
  return scopes.flatMap((scope) => Object.values(scope.values));
}

/** Names on which our analysis of the script and the engine's scopes disagree, with the function. */
function disagreements(fn: Function): readonly string[] {
  const origin = scriptOfFunction(fn);
  if (origin === null) return [];
  const script = scriptRecord(origin.scriptId, origin.scriptText);
  const text = Function.prototype.toString.call(fn);
  if (text.includes("[native code]") || !isOfLibrary(fn)) return [];
  const record = script.scopes && functionAt(script.scopes, script.text, origin.position, text);
  if (!record) return [`not found: ${text.slice(0, 100)}`];
  const snapshot = readScopes(fn);
  return [...record.freeNames.values()]
    .filter(({ name, declaration }) => {
      if (declaration?.kind === "functionName") return false; // the engine does not show it
      const isCommonJsParameter =
        declaration === null && /^(?:require|module|exports|__filename|__dirname)$/.test(name);
      return (
        !isCommonJsParameter && (scopeWith(snapshot, name) !== null) !== (declaration !== null)
      );
    })
    .map(({ name }) => `${name} in ${text.slice(0, 100)}`);
}

test.each([
  ["acorn", acorn],
  ["trace-mapping", traceMapping],
])("the declared variables of every function of %s are those the engine shows", (_, library) => {
  const functions = functionsFrom(library);
  expect(functions.length).toBeGreaterThan(20);
  expect(functions.flatMap(disagreements)).toEqual([]);
});
