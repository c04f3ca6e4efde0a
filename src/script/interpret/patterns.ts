/** Destructuring. */
import type { ArrayPattern, ObjectPattern, Pattern } from "acorn";
import type { Compiler } from "./compiler.ts";
import type { LexicalScope } from "./lexical-scope.ts";
import { reference, toKey } from "./references.ts";
import { type Assign, type Evaluate, NotInterpretable } from "./run.ts";
import { initializeVariable } from "./variables.ts";

/** @param description how V8 names the value in messages; null: it prints the value */
export function pattern(
  compiler: Compiler,
  node: Pattern,
  scope: LexicalScope,
  isDeclaration: boolean,
  description: string | null,
): Assign {
  switch (node.type) {
    case "Identifier":
      if (isDeclaration) return initializeVariable(node.name, scope);
      break;
    case "MemberExpression":
      break;
    case "AssignmentPattern": {
      const name = node.left.type === "Identifier" ? node.left.name : "";
      const fallback = compiler.named(node.right, name, scope);
      const assign = compiler.pattern(node.left, scope, isDeclaration);
      return (env, frame, value) =>
        assign(env, frame, value === undefined ? fallback(env, frame) : value);
    }
    case "ObjectPattern":
      return objectPattern(compiler, node, scope, isDeclaration, description);
    case "ArrayPattern":
      return arrayPattern(compiler, node, scope, isDeclaration);
    default:
      throw new NotInterpretable(node.type);
  }
  const target = reference(compiler, node, scope);
  return (env, frame, value) => target(env, frame).set(value);
}

function objectPattern(
  compiler: Compiler,
  node: ObjectPattern,
  scope: LexicalScope,
  isDeclaration: boolean,
  description: string | null,
): Assign {
  const parts = node.properties.map((property) => {
    if (property.type === "RestElement")
      return { key: null, assign: compiler.pattern(property.argument, scope, isDeclaration) };
    const { key } = property;
    const fixed =
      key.type === "Identifier" ? key.name : key.type === "Literal" ? toKey(key.value) : "";
    const computed: Evaluate = property.computed ? compiler.expression(key, scope) : () => fixed;
    return { key: computed, assign: compiler.pattern(property.value, scope, isDeclaration) };
  });
  const [property] = node.properties;
  const isNamed = property?.type === "Property" && !property.computed;
  const first = isNamed && property.key.type === "Identifier" ? property.key.name : null;
  return (env, frame, value) => {
    if (value === undefined || value === null) {
      const subject = `'${description ?? String(value)}'`;
      const what = first === null ? subject : `property '${first}' of ${subject}`;
      throw new TypeError(`Cannot destructure ${what} as it is ${String(value)}.`);
    }
    const source = Object(value) as Record<PropertyKey, unknown>; // every other value has properties
    const taken = new Set<PropertyKey>();
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i];
      if (part === undefined) continue;
      const { key, assign } = part;
      if (key === null) {
        assign(env, frame, copyWithout(source, taken));
      } else {
        const name = toKey(key(env, frame));
        taken.add(typeof name === "number" ? String(name) : name);
        assign(env, frame, source[name]);
      }
    }
  };
}

const { ownKeys } = Reflect;

/** CopyDataProperties (ECMA-262 7.3.25). */
function copyWithout(source: object, taken: ReadonlySet<PropertyKey>): object {
  const rest = {};
  const keys = ownKeys(source);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (
      key === undefined ||
      taken.has(key) ||
      Reflect.getOwnPropertyDescriptor(source, key)?.enumerable !== true
    )
      continue;
    const value: unknown = Reflect.get(source, key);
    const descriptor = {
      __proto__: null,
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    };
    Object.defineProperty(rest, key, descriptor);
  }
  return rest;
}

function arrayPattern(
  compiler: Compiler,
  { elements }: ArrayPattern,
  scope: LexicalScope,
  isDeclaration: boolean,
): Assign {
  const parts = elements.map((element) => {
    if (element === null) return null;
    const isRest = element.type === "RestElement";
    return {
      isRest,
      assign: compiler.pattern(isRest ? element.argument : element, scope, isDeclaration),
    };
  });
  return (env, frame, value) => {
    // IteratorBindingInitialization (ECMA-262 8.6.2): closed unless it is exhausted or failed itself.
    const iterator = openIterator(value);
    let completed = false;
    try {
      for (let i = 0; i < parts.length; i++) {
        const part = parts[i];
        if (part?.isRest === true) {
          const rest: unknown[] = [];
          for (let one = iterator.next(); one !== null; one = iterator.next())
            rest[rest.length] = one.value;
          part.assign(env, frame, rest);
        } else {
          const one = iterator.next();
          part?.assign(env, frame, one?.value);
        }
      }
      completed = true;
    } finally {
      if (completed) iterator.close();
      else iterator.closeQuietly();
    }
  };
}

interface OpenIterator {
  /** null: exhausted. */
  next(): { readonly value: unknown } | null;
  close(): void;
  closeQuietly(): void;
}

function openIterator(iterable: unknown): OpenIterator {
  if (iterable === undefined || iterable === null)
    throw new TypeError(`${String(iterable)} is not iterable`);
  const method: unknown = Reflect.get(Object(iterable), Symbol.iterator, iterable);
  if (typeof method !== "function") throw new TypeError("object is not iterable");
  const iterator: object = Reflect.apply(method, iterable, []);
  const step = Reflect.get(iterator, "next") as () => { done?: unknown; value: unknown };
  let isDone = false;
  const close = (): void => {
    if (isDone) return;
    isDone = true;
    const finish: unknown = Reflect.get(iterator, "return");
    if (finish !== undefined && finish !== null)
      Reflect.apply(finish as () => unknown, iterator, []); // throws if it is no function
  };
  return {
    next() {
      if (isDone) return null;
      isDone = true; // an error of the iterator's own ends it
      const result = Reflect.apply(step, iterator, []);
      if (result.done) return null;
      const { value } = result;
      isDone = false;
      return { value };
    },
    close,
    closeQuietly() {
      try {
        close();
      } catch {
        // The error under way is the one that counts.
      }
    },
  };
}
