import { relativePath } from "../graph-breaks/relative-path.ts";
import { functionCode, isInterpretable } from "../interpreter/function-code.ts";
import { displayName } from "../interpreter/places.ts";
import { unwrap } from "../transparent-wrapper.ts";
import type { CompiledFunctionPlace } from "../reports/format-recompile.ts";

/** Where a function is defined, for messages. */
export function functionPlace(fn: Function): CompiledFunctionPlace {
  const known = functionCode(unwrap(fn).fn);
  const start = isInterpretable(known) ? known.source.location?.start : undefined;
  return {
    functionName: functionName(fn),
    file: start === undefined ? "<unknown>" : relativePath(start.file),
    line: start?.line ?? 0,
  };
}

/** The function's name; of one without a name, that of the variable its compiled form is kept in, or `<anonymous>`. */
export function functionName(fn: Function): string {
  if (typeof fn.name === "string" && fn.name !== "") return fn.name;
  const known = functionCode(unwrap(fn).fn);
  return isInterpretable(known) ? displayName(known.code) : "<anonymous>";
}
