/** Text to function without the engine's compiler. */
import { type Expression, type Function as FunctionNode, parseExpressionAt } from "acorn";
import { closure, invocation } from "./closures.ts";
import type { Compiler } from "./compiler.ts";
import { describeNode } from "./describe-node.ts";
import { expression } from "./expressions.ts";
import { LexicalScope } from "./lexical-scope.ts";
import { pattern } from "./patterns.ts";
import { type Evaluate, NotInterpretable } from "./run.ts";
import { statement, statements } from "./statements.ts";

const compiler: Compiler = {
  expression: (node, scope) => expression(compiler, node, scope),
  named: (node, name, scope) => named(node, name, scope),
  statement: (node, scope, labels = []) => statement(compiler, node, scope, labels),
  statements: (nodes, scope) => statements(compiler, nodes, scope),
  pattern: (node, scope, isDeclaration, source = null) =>
    pattern(compiler, node, scope, isDeclaration, source === null ? null : describeNode(source)),
  closure: (node, scope, form) => closure(compiler, node, scope, form),
};

function named(node: Expression, name: string, scope: LexicalScope): Evaluate {
  const isAnonymous =
    node.type === "ArrowFunctionExpression" || (node.type === "FunctionExpression" && !node.id);
  if (!isAnonymous) return compiler.expression(node, scope);
  const make = compiler.closure(node, scope, "plain");
  return (env, frame) => make(env, frame, name);
}

/** @throws NotInterpretable for syntax the interpreter leaves out; SyntaxError as `new Function` does */
export function interpretFunction(
  parameters: readonly string[],
  body: string,
): (...args: readonly unknown[]) => unknown {
  const node = parseBody(parameters, body);
  const { invoke } = invocation(compiler, node, new LexicalScope(null));
  return function (this: unknown, ...args: readonly unknown[]): unknown {
    return invoke(
      {},
      { receiver: this, args, newTarget: new.target, argumentsObject: undefined },
      args,
    );
  };
}

/** What of a function's text the interpreter leaves out, or null if it takes all of it. */
export function syntaxLeftOut(text: string): string | null {
  // The texts of methods stand by themselves only in a literal.
  for (const wrapped of [`(${text})`, `({${text}})`]) {
    try {
      const node = parseExpressionAt(wrapped, 0, { ecmaVersion: "latest" });
      compiler.expression(node, new LexicalScope(null));
      return null;
    } catch (error) {
      if (error instanceof NotInterpretable) return error.message;
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return "syntax it does not know";
}

function parseBody(parameters: readonly string[], body: string): FunctionNode {
  // A line break before the brace: the parameters may end with a comment.
  const text = `(function (${parameters.join(",")}\n) {\n${body}\n})`;
  const parsed = parseExpressionAt(text, 0, { ecmaVersion: "latest" });
  if (parsed.type !== "FunctionExpression") throw new SyntaxError(`no function body: ${body}`);
  return parsed;
}
