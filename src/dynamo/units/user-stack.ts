import { relativePath } from "../graph-breaks/relative-path.ts";
import type { UserFrame } from "../graph-breaks/user-frame.ts";
import type { Frame } from "../interpreter/frame.ts";
import type { Code } from "../bytecode/code.ts";
import type { GuardPlace } from "../guards/guard-set.ts";
import { type Place, placeOf, placesOf } from "../interpreter/places.ts";
import { captureUserStack } from "../source/capture-user-stack.ts";
import { expressionSpanAt } from "../source/expression-span.ts";

/** The calls that led to the compiled function, outermost first, in the user's own files. */
export function userCallers(): readonly UserFrame[] {
  return captureUserStack()
    .map(({ functionName, file, line, column, lineText }): UserFrame => {
      const span = lineText === null ? null : expressionSpanAt(lineText, column);
      return {
        functionName: functionName ?? "",
        file: relativePath(file),
        line,
        column: span?.start ?? column,
        lineText,
        spanLength: span === null ? 1 : span.end - span.start,
      };
    })
    .reverse();
}

/** The compiled function and the calls traced into; a resume function shows by its own name. */
export function userStack(
  frames: readonly Frame[],
  unitName: string,
  isRoot: boolean,
): readonly UserFrame[] {
  const places = placesOf(frames);
  return places.map((place, depth) =>
    userFrame(
      place,
      depth === places.length - 1 && !isRoot && unitName.includes(`_in_${place.functionName}_at_`)
        ? unitName
        : place.functionName,
    ),
  );
}

/** Where in the program an assumption was made. */
export function userFrameAt({ code, pc }: GuardPlace): UserFrame | null {
  const place = placeOf(code as Code, pc); // guards are placed at instructions of codes
  return place === null ? null : userFrame(place, place.functionName);
}

const userFrame = ({ position, length }: Place, functionName: string): UserFrame => ({
  functionName,
  file: relativePath(position.file),
  line: position.line,
  column: position.column,
  lineText: position.lineText,
  spanLength: length,
});
