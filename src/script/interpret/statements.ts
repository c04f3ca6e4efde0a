/** Statements as closures. */
import type { AnyNode, SwitchStatement, TryStatement, VariableDeclaration } from "acorn";
import type { Compiler } from "./compiler.ts";
import { namesDeclared, namesOf } from "./declared-names.ts";
import { LexicalScope } from "./lexical-scope.ts";
import { loop } from "./loops.ts";
import {
  type Assign,
  type Completion,
  type Environment,
  type Evaluate,
  type Execute,
  type Frame,
  NotInterpretable,
  returned,
} from "./run.ts";
import { enterScope } from "./variables.ts";

const nothing: Execute = () => undefined;

export function statement(
  compiler: Compiler,
  node: AnyNode,
  scope: LexicalScope,
  labels: readonly string[],
): Execute {
  switch (node.type) {
    case "EmptyStatement":
    case "DebuggerStatement":
    case "FunctionDeclaration": // made when its block begins
      return nothing;
    case "ExpressionStatement": {
      const value = compiler.expression(node.expression, scope);
      return (env, frame) => {
        value(env, frame);
        return undefined;
      };
    }
    case "VariableDeclaration":
      return declaration(compiler, node, scope);
    case "BlockStatement":
      return block(compiler, node.body, scope);
    case "IfStatement": {
      const test = compiler.expression(node.test, scope);
      const yes = compiler.statement(node.consequent, scope);
      const no = node.alternate ? compiler.statement(node.alternate, scope) : nothing;
      return (env, frame) => (test(env, frame) ? yes(env, frame) : no(env, frame));
    }
    case "ReturnStatement": {
      if (!node.argument)
        return (_, frame) => {
          frame.result = undefined;
          return returned;
        };
      const value = compiler.expression(node.argument, scope);
      return (env, frame) => {
        frame.result = value(env, frame);
        return returned;
      };
    }
    case "ThrowStatement": {
      const value = compiler.expression(node.argument, scope);
      return (env, frame) => {
        throw value(env, frame);
      };
    }
    case "BreakStatement":
    case "ContinueStatement": {
      const kind = node.type === "BreakStatement" ? "break" : "continue";
      const jump = { kind, label: node.label?.name ?? null } as const;
      return () => jump;
    }
    case "LabeledStatement": {
      const { name } = node.label;
      const body = compiler.statement(node.body, scope, [...labels, name]);
      return (env, frame) => {
        const ended = body(env, frame);
        return ended?.kind === "break" && ended.label === name ? undefined : ended;
      };
    }
    case "TryStatement":
      return tryStatement(compiler, node, scope);
    case "SwitchStatement":
      return switchStatement(compiler, node, scope);
    case "WhileStatement":
    case "DoWhileStatement":
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
      return loop(compiler, node, scope, labels);
    default:
      throw new NotInterpretable(node.type === "ClassDeclaration" ? "a class" : node.type);
  }
}

function declaration(compiler: Compiler, node: VariableDeclaration, scope: LexicalScope): Execute {
  if (node.kind !== "var" && node.kind !== "let" && node.kind !== "const")
    throw new NotInterpretable(node.kind);
  const parts: { readonly assign: Assign; readonly value: Evaluate }[] = [];
  for (const { id, init } of node.declarations) {
    if (!init && node.kind === "var") continue;
    const name = id.type === "Identifier" ? id.name : "";
    const value = init ? compiler.named(init, name, scope) : () => undefined;
    parts.push({ assign: compiler.pattern(id, scope, true, init), value });
  }
  return (env, frame) => {
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i];
      part?.assign(env, frame, part.value(env, frame));
    }
    return undefined;
  };
}

/** Declares what the statements of a block declare; gives what makes their functions. */
export function declareBlock(
  compiler: Compiler,
  nodes: readonly AnyNode[],
  scope: LexicalScope,
): (env: Environment, frame: Frame) => void {
  for (const node of nodes) {
    if (node.type === "VariableDeclaration" && node.kind !== "var") {
      for (const name of namesDeclared(node))
        scope.declare(name, { hasDeadZone: true, isConstant: node.kind === "const" });
    } else if (node.type === "FunctionDeclaration" && node.id) scope.declare(node.id.name);
  }
  const functions = nodes.flatMap((node) => {
    if (node.type !== "FunctionDeclaration" || !node.id) return [];
    return [
      { variable: scope.declare(node.id.name), make: compiler.closure(node, scope, "plain") },
    ];
  });
  return (env, frame) => {
    for (let i = 0; i < functions.length; i++) {
      const made = functions[i];
      if (made !== undefined) env[made.variable.slot] = made.make(env, frame, made.variable.name);
    }
  };
}

function block(compiler: Compiler, nodes: readonly AnyNode[], outer: LexicalScope): Execute {
  const scope = new LexicalScope(outer);
  const declare = declareBlock(compiler, nodes, scope);
  if (scope.variables.size === 0) {
    // No environment of its own: the scope around it is the one to look in.
    return compiler.statements(nodes, outer);
  }
  const body = compiler.statements(nodes, scope);
  return (env, frame) => {
    const inner = enterScope(scope, env);
    declare(inner, frame);
    return body(inner, frame);
  };
}

export function statements(
  compiler: Compiler,
  nodes: readonly AnyNode[],
  scope: LexicalScope,
): Execute {
  const parts = nodes
    .map((node) => compiler.statement(node, scope))
    .filter((part) => part !== nothing);
  return (env, frame) => {
    for (let i = 0; i < parts.length; i++) {
      const ended = parts[i]?.(env, frame);
      if (ended !== undefined) return ended;
    }
    return undefined;
  };
}

function tryStatement(compiler: Compiler, node: TryStatement, scope: LexicalScope): Execute {
  const body = compiler.statement(node.block, scope);
  const finalizer = node.finalizer ? compiler.statement(node.finalizer, scope) : null;
  let handle: ((env: Environment, frame: Frame, error: unknown) => Completion) | null = null;
  if (node.handler) {
    const { param, body: handlerBody } = node.handler;
    const caught = new LexicalScope(scope);
    for (const name of param ? namesOf(param) : [])
      caught.declare(name, { hasDeadZone: param?.type !== "Identifier" });
    const assign = param ? compiler.pattern(param, caught, true) : null;
    const handler = compiler.statement(handlerBody, caught);
    handle = (env, frame, error) => {
      const inner = enterScope(caught, env);
      assign?.(inner, frame, error);
      return handler(inner, frame);
    };
  }
  return (env, frame) => {
    let ended: Completion;
    let failure: { readonly error: unknown } | null = null;
    try {
      ended = body(env, frame);
    } catch (error) {
      failure = { error };
    }
    if (failure !== null && handle !== null) {
      const { error } = failure;
      failure = null;
      try {
        ended = handle(env, frame, error);
      } catch (another) {
        failure = { error: another };
      }
    }
    if (finalizer !== null) {
      const { result } = frame;
      const last = finalizer(env, frame);
      if (last !== undefined) return last;
      frame.result = result;
    }
    if (failure !== null) throw failure.error;
    return ended;
  };
}

function switchStatement(compiler: Compiler, node: SwitchStatement, outer: LexicalScope): Execute {
  const value = compiler.expression(node.discriminant, outer);
  const scope = new LexicalScope(outer);
  const declare = declareBlock(
    compiler,
    node.cases.flatMap((one) => one.consequent),
    scope,
  );
  const cases = node.cases.map(({ test, consequent }) => ({
    test: test ? compiler.expression(test, scope) : null,
    body: compiler.statements(consequent, scope),
  }));
  const isDefault = cases.findIndex(({ test }) => test === null);
  const fallback = isDefault < 0 ? cases.length : isDefault;
  return (env, frame) => {
    const wanted = value(env, frame);
    const inner = enterScope(scope, env);
    declare(inner, frame);
    let at = 0;
    for (; at < cases.length; at++) {
      const test = cases[at]?.test ?? null;
      if (test !== null && test(inner, frame) === wanted) break;
    }
    if (at === cases.length) at = fallback;
    for (; at < cases.length; at++) {
      const ended = cases[at]?.body(inner, frame);
      if (ended?.kind === "break" && ended.label === null) return undefined;
      if (ended !== undefined) return ended;
    }
    return undefined;
  };
}
