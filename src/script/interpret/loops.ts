/** Loops. */
import type {
  DoWhileStatement,
  Expression,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  WhileStatement,
} from "acorn";
import type { Compiler } from "./compiler.ts";
import { namesDeclared } from "./declared-names.ts";
import { describeNode } from "./describe-node.ts";
import { iterableOf } from "./iterate.ts";
import { LexicalScope } from "./lexical-scope.ts";
import {
  type Completion,
  type Environment,
  type Evaluate,
  type Execute,
  NotInterpretable,
} from "./run.ts";
import { copyEnvironment, enterScope } from "./variables.ts";

type Loop = WhileStatement | DoWhileStatement | ForStatement | ForInStatement | ForOfStatement;

export function loop(
  compiler: Compiler,
  node: Loop,
  scope: LexicalScope,
  labels: readonly string[],
): Execute {
  switch (node.type) {
    case "WhileStatement":
    case "DoWhileStatement":
      return whileLoop(compiler, node, scope, labels);
    case "ForStatement":
      return forLoop(compiler, node, scope, labels);
    default:
      return forEach(compiler, node, scope, labels);
  }
}

/** What a turn's end means for its loop: go on, leave normally, or leave with the completion. */
type After = "next" | "leave" | { readonly completion: Completion };

function after(ended: Completion, labels: readonly string[]): After {
  if (ended === undefined) return "next";
  const isOurs = ended.label === null || labels.includes(ended.label);
  if (ended.kind === "break" && ended.label === null) return "leave";
  return ended.kind === "continue" && isOurs ? "next" : { completion: ended };
}

function whileLoop(
  compiler: Compiler,
  node: WhileStatement | DoWhileStatement,
  scope: LexicalScope,
  labels: readonly string[],
): Execute {
  const test = compiler.expression(node.test, scope);
  const body = compiler.statement(node.body, scope);
  const testsFirst = node.type === "WhileStatement";
  return (env, frame) => {
    if (testsFirst && !test(env, frame)) return undefined;
    do {
      const next = after(body(env, frame), labels);
      if (next === "leave") return undefined;
      if (next !== "next") return next.completion;
    } while (test(env, frame));
    return undefined;
  };
}

function forLoop(
  compiler: Compiler,
  node: ForStatement,
  outer: LexicalScope,
  labels: readonly string[],
): Execute {
  const { init } = node;
  const isLexical = init?.type === "VariableDeclaration" && init.kind !== "var";
  const own = new LexicalScope(outer);
  if (isLexical)
    for (const name of namesDeclared(init))
      own.declare(name, { hasDeadZone: true, isConstant: init.kind === "const" });
  const scope = isLexical ? own : outer;
  const compile = (part: Expression | null | undefined): Evaluate | null =>
    part ? compiler.expression(part, scope) : null;
  const start: Execute | Evaluate | null =
    init?.type === "VariableDeclaration" ? compiler.statement(init, scope) : compile(init);
  const test = compile(node.test);
  const update = compile(node.update);
  const body = compiler.statement(node.body, scope);
  return (env, frame) => {
    let inner = isLexical ? enterScope(own, env) : env;
    start?.(inner, frame);
    // CreatePerIterationEnvironment (ECMA-262 14.7.4.4).
    const copy = (): Environment => (isLexical ? copyEnvironment(own, inner) : inner);
    inner = copy();
    for (;;) {
      if (test !== null && !test(inner, frame)) return undefined;
      const next = after(body(inner, frame), labels);
      if (next === "leave") return undefined;
      if (next !== "next") return next.completion;
      inner = copy();
      update?.(inner, frame);
    }
  };
}

function forEach(
  compiler: Compiler,
  node: ForInStatement | ForOfStatement,
  outer: LexicalScope,
  labels: readonly string[],
): Execute {
  if (node.type === "ForOfStatement" && node.await) throw new NotInterpretable("for await");
  const { left } = node;
  const isLexical = left.type === "VariableDeclaration" && left.kind !== "var";
  const own = new LexicalScope(outer);
  if (isLexical)
    for (const name of namesDeclared(left))
      own.declare(name, { hasDeadZone: true, isConstant: left.kind === "const" });
  const scope = isLexical ? own : outer;
  const target = left.type === "VariableDeclaration" ? left.declarations[0]?.id : left;
  if (target === undefined) throw new NotInterpretable("a loop without variable");
  const assign = compiler.pattern(target, scope, left.type === "VariableDeclaration");
  const over = compiler.expression(node.right, scope);
  const body = compiler.statement(node.body, scope);
  const description = describeNode(node.right);
  const isOf = node.type === "ForOfStatement";
  return (env, frame) => {
    // The variables of the loop are in their dead zone while its subject is evaluated.
    const subject = over(isLexical ? enterScope(own, env) : env, frame);
    const turn = (value: unknown): After => {
      const inner = isLexical ? enterScope(own, env) : env;
      assign(inner, frame, value);
      return after(body(inner, frame), labels);
    };
    if (isOf) {
      for (const value of iterableOf(subject, description)) {
        const next = turn(value);
        if (next === "leave") return undefined;
        if (next !== "next") return next.completion;
      }
      return undefined;
    }
    // The engine decides which keys there are while the body changes the object.
    for (const key in subject as object) {
      const next = turn(key);
      if (next === "leave") return undefined;
      if (next !== "next") return next.completion;
    }
    return undefined;
  };
}
