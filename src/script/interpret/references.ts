/** What can be assigned: a variable or a property. Its parts are evaluated once. */
import type { Expression, MemberExpression, Pattern } from "acorn";
import type { Compiler } from "./compiler.ts";
import type { LexicalScope } from "./lexical-scope.ts";
import { type Environment, type Evaluate, type Frame, NotInterpretable } from "./run.ts";
import { assignVariable, readVariable } from "./variables.ts";

/** A reference whose parts have been evaluated. */
export interface Reference {
  get(): unknown;
  set(value: unknown): void;
}

export function reference(
  compiler: Compiler,
  node: Expression | Pattern,
  scope: LexicalScope,
): (env: Environment, frame: Frame) => Reference {
  if (node.type === "Identifier") {
    const read = readVariable(node.name, scope);
    const write = assignVariable(node.name, scope);
    return (env, frame) => ({
      get: () => read(env, frame),
      set: (value) => write(env, frame, value),
    });
  }
  if (node.type !== "MemberExpression") throw new NotInterpretable(`assignment to ${node.type}`);
  const object = compiler.expression(node.object, scope);
  const key = keyOf(compiler, node, scope);
  return (env, frame) => {
    // Sound: null and undefined fail in the words of the engine when they are used.
    const base = object(env, frame) as Record<PropertyKey, unknown>;
    const given = key(env, frame);
    let name: PropertyKey | null = null;
    // The key is converted when it is used: after null and undefined are refused.
    const property = (): PropertyKey =>
      (name ??= base === null || base === undefined ? (given as string) : toKey(given));
    return {
      get: () => base[property()],
      set: (value) => setProperty(base, property(), value, scope.isStrict),
    };
  };
}

/** PutValue (ECMA-262 6.2.5.6): what is refused throws in strict code only. */
function setProperty(
  base: Record<PropertyKey, unknown>,
  key: PropertyKey,
  value: unknown,
  isStrict: boolean,
): void {
  if (isStrict || base === null || base === undefined) base[key] = value;
  else Reflect.set(Object(base), key, value, base);
}

export function keyOf(compiler: Compiler, node: MemberExpression, scope: LexicalScope): Evaluate {
  const { property } = node;
  if (property.type === "PrivateIdentifier") throw new NotInterpretable("private names");
  if (node.computed) return compiler.expression(property, scope);
  const name = property.type === "Identifier" ? property.name : "";
  return () => name;
}

/** ToPropertyKey (ECMA-262 7.1.19), by the engine itself. */
export function toKey(value: unknown): PropertyKey {
  if (typeof value === "string" || typeof value === "symbol" || typeof value === "number")
    return value;
  return Reflect.ownKeys({ [value as string]: 0 })[0] ?? ""; // any value may be a computed key
}
