/** One call in the user's stack, at the expression that is being run. */
export interface UserFrame {
  readonly functionName: string;
  /** Relative to the working directory, so that editors can open it. */
  readonly file: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** The whole source line; null where the file cannot be read. */
  readonly lineText: string | null;
  /** How many characters the expression has; it may reach past the end of the line. */
  readonly spanLength: number;
}

/** `model.ts:6:7` */
export function formatLocation({ file, line, column }: UserFrame): string {
  return `${file}:${line}:${column}`;
}

/** A stack, outermost call first, each with its source line and carets under the expression. */
export function formatFrames(frames: readonly UserFrame[]): string {
  return frames.flatMap(frameLines).join("\n");
}

/** Shows a function and the resume functions made from it as the one function that the user wrote. */
export function collapseResumeFrames(frames: readonly UserFrame[]): readonly UserFrame[] {
  const collapsed: UserFrame[] = [];
  for (const frame of frames) {
    const original = originalName(frame.functionName);
    const previous = collapsed.at(-1);
    if (original !== frame.functionName && previous?.functionName === original) collapsed.pop();
    collapsed.push({ ...frame, functionName: original });
  }
  return collapsed;
}

/** `fn` for `torch_dynamo_resume_in_fn_at_6`; other names as they are. */
function originalName(functionName: string): string {
  return /^torch_dynamo_resume_in_(.+)_at_\d+$/.exec(functionName)?.[1] ?? functionName;
}

function frameLines(frame: UserFrame): string[] {
  const { functionName, lineText } = frame;
  const location = formatLocation(frame);
  const lines = [
    functionName === "" ? `    at ${location}` : `    at ${functionName} (${location})`,
  ];
  if (lineText === null) return lines;
  lines.push(`        ${lineText.trim()}`);
  const carets = caretLine(lineText, frame.column, frame.spanLength);
  if (carets !== null) lines.push(`        ${carets}`);
  return lines;
}

// Carets under a whole line would say nothing, so there are none. Tabs are kept, which keeps the columns aligned.
function caretLine(lineText: string, column: number, spanLength: number): string | null {
  const indentation = lineText.length - lineText.trimStart().length;
  const text = lineText.trim();
  const start = column - 1 - indentation;
  const length = Math.min(Math.max(spanLength, 1), text.length - start);
  if (start < 0 || length <= 0 || length >= text.length) return null;
  return text.slice(0, start).replace(/[^\t]/g, " ") + "^".repeat(length);
}
