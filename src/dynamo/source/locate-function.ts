/** Everything known about a function object: its text, its place in the user's file, its free variables. */
import { functionAt } from "./analyze-script.ts";
import { FreeVariables } from "./free-variables.ts";
import type { FunctionKind, FunctionSource, SourceLocation } from "./function-source.ts";
import { isGeneratedScript } from "./framework-files.ts";
import { nodeBuiltin } from "../../base/node-builtin.ts";
import { withoutInsertions } from "./insertions.ts";
import { isInterpreted } from "../../script/interpret/interpreted-functions.ts";
import { readScopes } from "./read-scopes.ts";
import { parseFunctionText } from "./parse-function-text.ts";
import { scriptOfFunction } from "./script-natives.ts";
import { scriptRecord, type FunctionOrigin, type MeasuredPlace } from "./script-record.ts";
import type { FunctionRecord } from "./script-scope.ts";
import { sourceUnavailable, type SourceUnavailable } from "./source-unavailable.ts";

const located = new WeakMap<Function, FunctionSource | SourceUnavailable>();

export function locateFunction(fn: Function): FunctionSource | SourceUnavailable {
  let source = located.get(fn);
  if (source === undefined) {
    source = locate(fn);
    located.set(fn, source);
  }
  return source;
}

/** Functions whose source is known to whoever made them (generated closures, build-time transforms). */
export function registerFunctionSource(fn: Function, source: FunctionSource): void {
  located.set(fn, source);
}

const toText = Function.prototype.toString;

function locate(fn: Function): FunctionSource | SourceUnavailable {
  const name = ownName(fn);
  if (nodeBuiltin("util")?.types.isProxy(fn) === true) return sourceUnavailable("proxy", "");
  // Its text would be the interpreter's own.
  if (isInterpreted(fn)) return sourceUnavailable("native", name);
  const text = withoutInsertions(toText.call(fn));
  if (isNativeText(text)) return sourceUnavailable(isBound(fn) ? "bound" : "native", name);
  const origin = originOf(fn, text);
  // Its variables are cells of a frame, which a capture of that frame knows in another way.
  if (origin !== null && isGeneratedScript(origin.script.text))
    return sourceUnavailable("generated", name);
  const shape = origin?.record ?? parseFunctionText(text);
  if ("error" in shape) return sourceUnavailable("unparseable", name, shape.error);
  const variables = new FreeVariables(fn, origin);
  return {
    kind: kindOf(shape),
    name,
    text,
    isArrow: shape.isArrow,
    isStrict: isStrict(fn, shape),
    location: origin === null ? null : locationOf(fn, origin, text),
    binding: (variable) => variables.binding(variable),
    isAlone: () => variables.isAlone(),
    lexicalThis: () => variables.lexicalThis(),
  };
}

function originOf(fn: Function, text: string): FunctionOrigin | null {
  const answer = scriptOfFunction(fn);
  if (answer === null) return null;
  const script = scriptRecord(answer.scriptId, answer.scriptText);
  const position = script.fromEngine(answer.position);
  return {
    script,
    position,
    record: script.scopes === null ? null : functionAt(script.scopes, script.text, position, text),
  };
}

/** Without running getters: `static get name()` is user code. */
function ownName(fn: Function): string {
  const value: unknown = Object.getOwnPropertyDescriptor(fn, "name")?.value;
  return typeof value === "string" ? value : "";
}

/** ECMA-262 20.2.3.5: the text of functions without source; no parsable function has such a body. */
function isNativeText(text: string): boolean {
  return /^(?:async )?(?:function\b|class\b)?[^{]*\{\s*\[native code\]\s*\}$/.test(text);
}

/** Bound functions are the only native ones without a place in the engine's own scripts that carry this prefix. */
function isBound(fn: Function): boolean {
  return ownName(fn).startsWith("bound ") && !Object.hasOwn(fn, "prototype");
}

function kindOf(
  shape: Pick<FunctionRecord, "form" | "isArrow" | "isAsync" | "isGenerator">,
): FunctionKind {
  if (shape.form === "class") return "classConstructor";
  if (shape.isGenerator) return shape.isAsync ? "asyncGenerator" : "generator";
  if (shape.isAsync) return "async";
  if (shape.isArrow) return "arrow";
  return shape.form;
}

/** V8 gives sloppy plain functions an own property `caller`, and no others; of the rest the script's text tells. */
function isStrict(
  fn: Function,
  shape: Pick<FunctionRecord, "form" | "isArrow" | "isAsync" | "isGenerator" | "isStrict">,
): boolean {
  const isPlain =
    shape.form === "function" && !shape.isArrow && !shape.isAsync && !shape.isGenerator;
  return isPlain ? !Object.hasOwn(fn, "caller") : shape.isStrict;
}

function locationOf(
  fn: Function,
  { script, position, record }: FunctionOrigin,
  text: string,
): SourceLocation {
  const end = record?.end ?? endOfFunction(script.text, position, text);
  const start = end - text.length;
  const measure = (): MeasuredPlace | null => {
    const snapshot = readScopes(fn);
    return snapshot === null ? null : { ...snapshot.place, offset: position };
  };
  const positionAt: SourceLocation["positionAt"] = (offset) => {
    const { line, column } = script.lineAndColumn(start + offset);
    const shift = script.originOffsets(line === 0, measure);
    return script.positions.original({
      line: line + shift.line,
      column: line === 0 ? column + shift.column : column,
    });
  };
  return {
    identity: `${script.id}:${start}`,
    get start() {
      return positionAt(0);
    },
    positionAt,
  };
}

/** Where a function ends whose script could not be analysed: its text is around `position`. */
function endOfFunction(scriptText: string, position: number, text: string): number {
  const start = scriptText.lastIndexOf(text, position);
  return start < 0 || start + text.length < position ? position + text.length : start + text.length;
}
