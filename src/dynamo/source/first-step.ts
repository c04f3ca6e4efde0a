import type { AnyNode, Function as FunctionNode } from "acorn";

/**
 * Whether the engine can stop before the function's first step. Every statement has a place to stop at its start, except
 * class declarations: their `extends`, computed keys and static parts would run first.
 */
export function canStopBeforeFirstStep(fn: FunctionNode): boolean {
  return fn.body.type !== "BlockStatement" || firstStep(fn.body.body)?.type !== "ClassDeclaration";
}

/** The first statement that does anything when it is reached; null if none does. */
function firstStep(statements: readonly AnyNode[]): AnyNode | null {
  for (const statement of statements) {
    const step = stepOf(statement);
    if (step !== null) return step;
  }
  return null;
}

function stepOf(statement: AnyNode): AnyNode | null {
  switch (statement.type) {
    case "EmptyStatement":
    case "FunctionDeclaration":
      return null;
    case "VariableDeclaration":
      return statement.declarations.some(({ init }) => init) ? statement : null;
    case "BlockStatement":
      return firstStep(statement.body);
    case "LabeledStatement":
      return stepOf(statement.body);
    case "TryStatement":
      return firstStep([statement.block, ...(statement.finalizer ? [statement.finalizer] : [])]);
    default:
      return statement;
  }
}
