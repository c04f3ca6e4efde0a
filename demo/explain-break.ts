import type * as torch from "fullgraph";

/** A graph break in a few lines: where, what, why, and what could be done. */
export function explainBreak({ reason, stack }: torch.GraphBreakRecord): string {
  const place = stack.at(-1);
  return [
    ...(place === undefined
      ? []
      : [`${place.file}:${place.line}:${place.column}  ${place.lineText?.trim() ?? ""}`]),
    `  ${reason.title}`,
    `  ${reason.explanation}`,
    ...reason.hints.map((hint) => `  - ${hint}`),
  ].join("\n");
}
