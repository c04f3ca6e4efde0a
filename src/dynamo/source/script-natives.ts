/** The engine's own answers about a function: which script it is from, the whole text of that script, and where. */
import { nodeBuiltin } from "../../base/node-builtin.ts";

export interface ScriptOfFunction {
  readonly scriptId: number;
  readonly scriptText: string;
  /** Offset of the parameter list (of the constructor, for classes) in `scriptText`. */
  readonly position: number;
}

interface Natives {
  readonly scriptId: (fn: Function) => unknown;
  readonly scriptText: (fn: Function) => unknown;
  readonly position: (fn: Function) => unknown;
}

let cached: Natives | null | undefined;

/** null: a function without script (native, bound, a Proxy), or an engine without these answers. */
export function scriptOfFunction(fn: Function): ScriptOfFunction | null {
  cached ??= buildNatives();
  if (cached === null) return null;
  try {
    return ask(cached, fn);
  } catch {
    // The engine throws away byte code that was idle for long; recompiling it needs the syntax switch again.
    cached = buildNatives();
    return cached === null ? null : ask(cached, fn);
  }
}

function ask(natives: Natives, fn: Function): ScriptOfFunction | null {
  const scriptId = Number(natives.scriptId(fn));
  if (!(scriptId >= 0)) return null; // -1 for native and bound functions and proxies
  const scriptText = natives.scriptText(fn);
  const position = natives.position(fn);
  return typeof scriptText === "string" && typeof position === "number"
    ? { scriptId, scriptText, position }
    : null;
}

function buildNatives(): Natives | null {
  const v8 = nodeBuiltin("v8");
  const vm = nodeBuiltin("vm");
  if (v8 === null || vm === null) return null;
  const wasOn = process.execArgv.some((argument) => /^--allow[-_]natives[-_]syntax/.test(argument));
  // The % syntax is only a parser switch: it is on for the three lines that need it and the functions stay valid.
  v8.setFlagsFromString("--allow-natives-syntax");
  try {
    // Function bodies are compiled lazily: the first call forces it while the syntax is allowed.
    const compile = (body: string): ((fn: Function) => unknown) => {
      // Fixed text; a script may be compiled where a program may not make code from text.
      const native = vm.runInThisContext(`(fn) => ${body}`) as (fn: Function) => unknown;
      native(buildNatives);
      return native;
    };
    return {
      scriptId: compile("%FunctionGetScriptId(fn)"),
      scriptText: compile("%FunctionGetScriptSource(fn)"),
      position: compile("%FunctionGetScriptSourcePosition(fn)"),
    };
  } catch {
    return null;
  } finally {
    if (!wasOn) v8.setFlagsFromString("--no-allow-natives-syntax");
  }
}
