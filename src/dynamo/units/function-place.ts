import { relativePath } from "../graph-breaks/relative-path.ts";
import { functionCode, isInterpretable } from "../interpreter/function-code.ts";
import type { CompiledFunctionPlace } from "../reports/format-recompile.ts";

/** Where a function is defined, for messages. */
export function functionPlace(fn: Function): CompiledFunctionPlace {
  const known = functionCode(fn);
  const start = isInterpretable(known) ? known.source.location?.start : undefined;
  return {
    functionName: fn.name,
    file: start === undefined ? "<unknown>" : relativePath(start.file),
    line: start?.line ?? 0,
  };
}
