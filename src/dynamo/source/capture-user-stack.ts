/** The user's part of the current call stack, in positions of the user's own files. */
import { isFrameworkFile } from "./framework-files.ts";
import type { SourcePosition } from "./function-source.ts";
import { knownPositionMap, positionMapOnDisk } from "./position-map-of-file.ts";
import { pathOf, sourceLine } from "./source-file.ts";

export interface StackFrame extends SourcePosition {
  /** null: code of a module outside any function, or a function without name. */
  readonly functionName: string | null;
}

/** Innermost first. Frames of this package, of Node and of test runners and loaders are left out. */
export function captureUserStack(): readonly StackFrame[] {
  const { sites, loaderHook } = captureCallSites();
  const frames: StackFrame[] = [];
  for (const site of sites) {
    const frame = userFrame(site, loaderHook);
    if (frame !== null) frames.push(frame);
  }
  return frames;
}

const depth = 200;

type StackHook = (error: Error, sites: readonly NodeJS.CallSite[]) => unknown;

interface CallSites {
  readonly sites: readonly NodeJS.CallSite[];
  /** What was installed to make text of call sites; loaders with source maps of their own are. */
  readonly loaderHook: StackHook | null;
}

function captureCallSites(): CallSites {
  if (typeof Error.captureStackTrace !== "function") return { sites: [], loaderHook: null }; // engines other than V8
  const { stackTraceLimit } = Error;
  const previous = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  let sites: readonly NodeJS.CallSite[] = [];
  const takeSites: StackHook = (_error, captured) => {
    sites = captured;
    return "";
  };
  try {
    Error.stackTraceLimit = depth;
    Object.defineProperty(Error, "prepareStackTrace", {
      value: takeSites,
      configurable: true,
      writable: true,
    });
    const error: { stack?: unknown } = {};
    Error.captureStackTrace(error, captureUserStack);
    void error.stack; // the hook runs now or has run already
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (previous === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
    else Object.defineProperty(Error, "prepareStackTrace", previous);
  }
  const hook: unknown = previous?.value;
  return { sites, loaderHook: typeof hook === "function" ? (hook as StackHook) : null }; // Node documents the signature
}

function userFrame(site: NodeJS.CallSite, loaderHook: StackHook | null): StackFrame | null {
  const url = site.getFileName() ?? site.getScriptNameOrSourceURL();
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  if (!url || line === null || column === null || isFrameworkFile(url)) return null;
  const engine = { line: line - 1, column: column - 1 };
  const known = knownPositionMap(url);
  const position =
    known === null
      ? (mappedByLoader(site, loaderHook) ?? positionMapOnDisk(url).originalOfUser(engine))
      : known.originalOfUser(engine);
  return position === null || isFrameworkFile(position.file)
    ? null
    : { functionName: site.getFunctionName(), ...atCallee(position) };
}

/** Loaders call imported functions as `(0, module.name)(…)`, which maps to the bracket after the name. */
function atCallee(position: SourcePosition): SourcePosition {
  const { column, lineText } = position;
  if (lineText?.[column - 1] !== "(") return position;
  const name = /[\p{ID_Continue}$]+$/u.exec(lineText.slice(0, column - 1));
  return name === null ? position : { ...position, column: column - name[0].length };
}

/** Loaders that keep source maps to themselves (vitest's) answer only in text: `at name (file:line:column)`. */
function mappedByLoader(
  site: NodeJS.CallSite,
  loaderHook: StackHook | null,
): SourcePosition | null {
  if (loaderHook === null) return null;
  try {
    const text = loaderHook(new Error(), [site]);
    const place =
      typeof text === "string"
        ? /(?:\(|at )((?:[^()\n]|\([^()\n]*\))+):(\d+):(\d+)\)?\s*$/.exec(text)
        : null;
    if (place === null) return null;
    const file = pathOf(place[1] ?? "");
    const line = Number(place[2]);
    const column = Number(place[3]);
    // Node's own hook, and any other that knows nothing of the file, repeats the position of the engine.
    if (line === site.getLineNumber() && column === site.getColumnNumber()) return null;
    return { file, line, column, lineText: sourceLine(file, line) };
  } catch {
    return null; // a hook that needs more than one call site; the position of the engine remains
  }
}
