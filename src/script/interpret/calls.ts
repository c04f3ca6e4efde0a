/** Calls, `new`, and optional chains. */
import type {
  CallExpression,
  Expression,
  MemberExpression,
  NewExpression,
  SpreadElement,
  Super,
} from "acorn";
import type { Compiler } from "./compiler.ts";
import { describeNode } from "./describe-node.ts";
import { iterableOf } from "./iterate.ts";
import type { LexicalScope } from "./lexical-scope.ts";
import { keyOf } from "./references.ts";
import { type Environment, type Evaluate, type Frame, NotInterpretable, skipped } from "./run.ts";

const { apply, construct } = Reflect;

type EvaluateList = (env: Environment, frame: Frame) => unknown[];

function list(
  compiler: Compiler,
  nodes: readonly (Expression | SpreadElement)[],
  scope: LexicalScope,
): EvaluateList {
  const parts = nodes.map((node) =>
    node.type === "SpreadElement"
      ? { spread: describeNode(node.argument), value: compiler.expression(node.argument, scope) }
      : { spread: null, value: compiler.expression(node, scope) },
  );
  return (env, frame) => {
    const values: unknown[] = [];
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i];
      if (part === undefined) continue;
      const { spread, value } = part;
      const item = value(env, frame);
      if (spread === null) append(values, item);
      else for (const one of iterableOf(item, spread)) append(values, one);
    }
    return values;
  };
}

/** Without running setters that a program may have put on Array.prototype. */
function append(values: unknown[], value: unknown): void {
  const descriptor = {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  };
  Object.defineProperty(values, values.length, descriptor);
}

export function call(compiler: Compiler, node: CallExpression, scope: LexicalScope): Evaluate {
  const args = list(compiler, node.arguments, scope);
  const { callee } = node;
  if (callee.type === "Identifier" && callee.name === "eval" && !node.optional)
    throw new NotInterpretable("a direct call of eval");
  const description = describeNode(callee);
  const invoke = (fn: unknown, receiver: unknown, env: Environment, frame: Frame): unknown => {
    if (node.optional && (fn === undefined || fn === null)) return skipped;
    const given = args(env, frame);
    if (typeof fn !== "function") throw new TypeError(`${description} is not a function`);
    return apply(fn, receiver, given);
  };
  if (callee.type === "MemberExpression") {
    const target = member(compiler, callee, scope);
    return (env, frame) => {
      const found = target(env, frame);
      return found === skipped ? skipped : invoke(found.value, found.object, env, frame);
    };
  }
  if (callee.type === "Super") throw new NotInterpretable("super");
  const target = compiler.expression(callee, scope);
  return (env, frame) => {
    const fn = target(env, frame);
    return fn === skipped ? skipped : invoke(fn, undefined, env, frame);
  };
}

export function property(
  compiler: Compiler,
  node: MemberExpression,
  scope: LexicalScope,
): Evaluate {
  const target = member(compiler, node, scope);
  return (env, frame) => {
    const found = target(env, frame);
    return found === skipped ? skipped : found.value;
  };
}

interface Member {
  readonly object: unknown;
  readonly value: unknown;
}

function member(
  compiler: Compiler,
  node: MemberExpression,
  scope: LexicalScope,
): (env: Environment, frame: Frame) => Member | typeof skipped {
  const object = compiler.expression(withoutSuper(node.object), scope);
  const key = keyOf(compiler, node, scope);
  return (env, frame) => {
    // Sound: null and undefined fail in the words of the engine.
    const base = object(env, frame) as Record<PropertyKey, unknown>;
    if ((base as unknown) === skipped) return skipped;
    if (node.optional && (base === undefined || base === null)) return skipped;
    return { object: base, value: base[key(env, frame) as string] };
  };
}

function withoutSuper(node: Expression | Super): Expression {
  if (node.type === "Super") throw new NotInterpretable("super");
  return node;
}

export function instantiate(
  compiler: Compiler,
  node: NewExpression,
  scope: LexicalScope,
): Evaluate {
  const callee = compiler.expression(node.callee, scope);
  const args = list(compiler, node.arguments, scope);
  const description = describeNode(node.callee);
  return (env, frame) => {
    const constructor = callee(env, frame);
    const given = args(env, frame);
    if (!isConstructor(constructor)) throw new TypeError(`${description} is not a constructor`);
    return construct(constructor, given);
  };
}

/** IsConstructor (ECMA-262 7.2.4): `new.target` is checked before anything of either function runs. */
function isConstructor(value: unknown): value is Function {
  if (typeof value !== "function") return false;
  try {
    construct(Object, [], value);
    return true;
  } catch (error) {
    return !(error instanceof TypeError);
  }
}
