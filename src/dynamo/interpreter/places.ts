import { InternalError } from "../../base/errors.ts";
import type { NodeSource } from "../../fx/node.ts";
import type { Code } from "../bytecode/code.ts";
import { relativePath } from "../graph-breaks/relative-path.ts";
import type { SourcePosition } from "../source/function-source.ts";
import type { Frame } from "./frame.ts";
import { locationOf, nameOf } from "./function-code.ts";
import { polyfillName } from "./polyfill.ts";

/** One line of a user's stack: the function and the expression that is being evaluated. */
export interface Place {
  readonly functionName: string;
  readonly position: SourcePosition;
  /** Length of the expression on its first line. */
  readonly length: number;
}

/** The function's name, or that of the variable its compiled form is kept in: `const fn = torch.compile((x) => …)`. */
export function displayName(code: Code): string {
  const name = nameOf(code);
  if (name !== "") return name;
  const start = locationOf(code)?.start;
  const before = code.span.start === 0 ? start?.lineText?.slice(0, start.column - 1) : undefined;
  return (
    /(?:const|let|var)\s+([\w$]+)\s*(?::[^=]+)?=\s*(?:[\w$.]+\.)?compile\(\s*\(?$/.exec(
      before ?? "",
    )?.[1] ?? "<anonymous>"
  );
}

function hasPlace(code: Code, pc: number): boolean {
  return locationOf(code) !== null && code.spans[pc] !== undefined && polyfillName(code) === null;
}

/** Where an instruction is in the user's file; null for code without a file. */
export function placeOf(code: Code, pc: number): Place | null {
  const location = locationOf(code);
  const span = code.spans[pc];
  if (location === null || span === undefined || polyfillName(code) !== null) return null;
  const position = location.positionAt(span.start);
  const end = location.positionAt(span.end);
  const rest = (position.lineText?.length ?? position.column) - position.column + 1;
  const length =
    end.line === position.line ? Math.max(1, end.column - position.column) : Math.max(1, rest);
  return { functionName: displayName(code), position, length };
}

/** The user's stack inside the compiled region, outermost first. A caller stands at its call. */
export function placesOf(frames: readonly Frame[]): readonly Place[] {
  return frames.flatMap((frame, depth) => {
    const place = placeOf(frame.code, depth === frames.length - 1 ? frame.pc : frame.pc - 1);
    return place === null ? [] : [place];
  });
}

/** The innermost line of the stack that is the user's. */
export function nodeSource(frames: readonly Frame[]): NodeSource | null {
  for (let depth = frames.length - 1; depth >= 0; depth--) {
    const frame = frames[depth];
    if (frame === undefined) continue;
    const pc = depth === frames.length - 1 ? frame.pc : frame.pc - 1;
    if (hasPlace(frame.code, pc)) return new LineOfProgram(frame.code, pc);
  }
  return null;
}

/** Found out when it is asked for: the first position of a file takes more time than capturing a small function. */
class LineOfProgram implements NodeSource {
  readonly #code: Code;
  readonly #pc: number;
  #known: NodeSource | null = null;

  constructor(code: Code, pc: number) {
    this.#code = code;
    this.#pc = pc;
  }

  get file(): string {
    return this.#found.file;
  }

  get line(): number {
    return this.#found.line;
  }

  get functionName(): string {
    return this.#found.functionName;
  }

  get code(): string {
    return this.#found.code;
  }

  get #found(): NodeSource {
    this.#known ??= readLine(this.#code, this.#pc);
    return this.#known;
  }
}

function readLine(code: Code, pc: number): NodeSource {
  const place = placeOf(code, pc);
  if (place === null) throw new InternalError("an instruction lost its place in the program");
  const { position, functionName } = place;
  return {
    file: relativePath(position.file),
    line: position.line,
    functionName,
    code: position.lineText?.trim() ?? "",
  };
}
