import type { UserFrame } from "../../src/dynamo/graph-breaks/user-frame.ts";

/** A frame whose expression is found in its line by its text. */
export function frame(
  functionName: string,
  file: string,
  line: number,
  lineText: string,
  expression: string,
): UserFrame {
  const column = lineText.indexOf(expression) + 1;
  return { functionName, file, line, column, lineText, spanLength: expression.length };
}

export const mainFrame = frame(
  "main",
  "examples/data-dependent.ts",
  12,
  "console.log(fn(torch.ones(3, 3)));",
  "fn(torch.ones(3, 3))",
);

export const branchFrame = frame(
  "fn",
  "examples/data-dependent.ts",
  6,
  "  if (y.gt(0).item()) {",
  "y.gt(0).item()",
);
