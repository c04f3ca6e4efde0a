/** Array and object literals, templates. */
import type {
  ArrayExpression,
  ObjectExpression,
  Property,
  TaggedTemplateExpression,
  TemplateLiteral,
} from "acorn";
import type { Compiler } from "./compiler.ts";
import { describeNode } from "./describe-node.ts";
import { iterableOf } from "./iterate.ts";
import type { LexicalScope } from "./lexical-scope.ts";
import { toKey } from "./references.ts";
import { type Environment, type Evaluate, type Frame, NotInterpretable } from "./run.ts";

const { ownKeys } = Reflect;

function define(object: object, key: PropertyKey, value: unknown): void {
  const descriptor = {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  };
  Object.defineProperty(object, key, descriptor);
}

export function array(
  compiler: Compiler,
  { elements }: ArrayExpression,
  scope: LexicalScope,
): Evaluate {
  const parts = elements.map((node) => {
    if (node === null) return null;
    return node.type === "SpreadElement"
      ? { spread: describeNode(node.argument), value: compiler.expression(node.argument, scope) }
      : { spread: null, value: compiler.expression(node, scope) };
  });
  return (env, frame) => {
    const result: unknown[] = [];
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] ?? null;
      if (part === null) result.length++;
      else if (part.spread === null) define(result, result.length, part.value(env, frame));
      else
        for (const one of iterableOf(part.value(env, frame), part.spread))
          define(result, result.length, one);
    }
    return result;
  };
}

type Fill = (object: object, env: Environment, frame: Frame) => void;

export function object(
  compiler: Compiler,
  { properties }: ObjectExpression,
  scope: LexicalScope,
): Evaluate {
  const fills = properties.map((node): Fill => {
    if (node.type !== "SpreadElement") return fill(compiler, node, scope);
    const value = compiler.expression(node.argument, scope);
    // CopyDataProperties into the object itself.
    return (target, env, frame) => {
      const source = { ...(value(env, frame) as object) }; // null and undefined are empty
      const keys = ownKeys(source);
      for (let i = 0; i < keys.length; i++)
        define(target, keys[i] ?? "", Reflect.get(source, keys[i] ?? ""));
    };
  });
  return (env, frame) => {
    const result = {};
    for (let i = 0; i < fills.length; i++) fills[i]?.(result, env, frame);
    return result;
  };
}

function fill(compiler: Compiler, node: Property, scope: LexicalScope): Fill {
  const { key: keyNode, value } = node;
  const fixed =
    keyNode.type === "Identifier"
      ? keyNode.name
      : keyNode.type === "Literal"
        ? toKey(keyNode.value)
        : "";
  const computed = node.computed ? compiler.expression(keyNode, scope) : null;
  const keyOf = (env: Environment, frame: Frame): PropertyKey =>
    computed === null ? fixed : toKey(computed(env, frame));
  if (node.method || node.kind !== "init") {
    if (value.type !== "FunctionExpression") throw new NotInterpretable(value.type);
    const form = node.kind === "get" ? "getter" : node.kind === "set" ? "setter" : "method";
    const make = compiler.closure(value, scope, form);
    return (target, env, frame) => {
      const key = keyOf(env, frame);
      const closure = make(env, frame, key);
      if (form === "method") return define(target, key, closure);
      const half = form === "getter" ? { get: closure } : { set: closure };
      Object.defineProperty(
        target,
        key,
        Object.assign(Object.create(null), half, { enumerable: true, configurable: true }),
      );
    };
  }
  if (!node.computed && !node.shorthand && fixed === "__proto__") {
    const prototype = compiler.expression(value, scope);
    return (target, env, frame) => {
      const given = prototype(env, frame);
      if (given === null || typeof given === "object" || typeof given === "function")
        Object.setPrototypeOf(target, given);
    };
  }
  if (computed !== null && isFunction(value)) {
    const make = compiler.closure(value, scope, "plain");
    return (target, env, frame) => {
      const key = keyOf(env, frame);
      define(target, key, make(env, frame, key));
    };
  }
  const evaluate = compiler.named(value, String(fixed), scope);
  return (target, env, frame) => {
    const key = keyOf(env, frame);
    define(target, key, evaluate(env, frame));
  };
}

function isFunction(
  node: Property["value"],
): node is Extract<Property["value"], { type: "FunctionExpression" | "ArrowFunctionExpression" }> {
  return (
    node.type === "ArrowFunctionExpression" || (node.type === "FunctionExpression" && !node.id)
  );
}

export function template(compiler: Compiler, node: TemplateLiteral, scope: LexicalScope): Evaluate {
  const texts = node.quasis.map(({ value }) => value.cooked ?? "");
  const values = node.expressions.map((part) => compiler.expression(part, scope));
  return (env, frame) => {
    let text = texts[0] ?? "";
    for (let i = 0; i < values.length; i++)
      text += `${values[i]?.(env, frame) as string}${texts[i + 1] ?? ""}`; // ToString of any value; a symbol throws
    return text;
  };
}

export function taggedTemplate(
  compiler: Compiler,
  node: TaggedTemplateExpression,
  scope: LexicalScope,
): Evaluate {
  const { quasis, expressions } = node.quasi;
  const raw = Object.freeze(quasis.map(({ value }) => value.raw));
  const cooked = quasis.map(({ value }) => value.cooked ?? undefined);
  // One frozen array per site (ECMA-262 13.2.8.4).
  const strings = Object.freeze(Object.defineProperty(cooked, "raw", { value: raw }));
  const { tag } = node;
  const values = expressions.map((part) => compiler.expression(part, scope));
  const receiver = tag.type === "MemberExpression" ? compiler.expression(tag.object, scope) : null;
  const key = tag.type === "MemberExpression" ? tag.property : null;
  const target = receiver === null ? compiler.expression(tag, scope) : null;
  const name =
    key === null || key.type === "PrivateIdentifier"
      ? null
      : tag.type === "MemberExpression" && tag.computed
        ? compiler.expression(key, scope)
        : () => (key.type === "Identifier" ? key.name : "");
  return (env, frame) => {
    const base = receiver?.(env, frame) as Record<string, unknown> | undefined;
    const fn = target === null ? base?.[name?.(env, frame) as string] : target(env, frame);
    const args: unknown[] = [strings];
    for (let i = 0; i < values.length; i++) define(args, i + 1, values[i]?.(env, frame));
    if (typeof fn !== "function") throw new TypeError(`${describeNode(tag)} is not a function`);
    return Reflect.apply(fn, base, args);
  };
}
