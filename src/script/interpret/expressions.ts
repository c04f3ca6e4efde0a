/** Expressions as closures. */
import type {
  AssignmentExpression,
  Expression,
  Literal,
  PrivateIdentifier,
  Super,
  UnaryExpression,
} from "acorn";
import { call, instantiate, property } from "./calls.ts";
import type { Compiler } from "./compiler.ts";
import type { LexicalScope } from "./lexical-scope.ts";
import { array, object, taggedTemplate, template } from "./literals.ts";
import { binaryOperator, unaryOperators } from "./operators.ts";
import { keyOf, reference, toKey } from "./references.ts";
import { type Evaluate, NotInterpretable, skipped } from "./run.ts";
import { readVariable, typeofVariable } from "./variables.ts";

export function expression(
  compiler: Compiler,
  node: Expression | PrivateIdentifier | Super,
  scope: LexicalScope,
): Evaluate {
  const compile = (inner: Expression | PrivateIdentifier | Super): Evaluate =>
    compiler.expression(inner, scope);
  switch (node.type) {
    case "Literal":
      return literal(node);
    case "Identifier":
      // `undefined` and its like are properties of the global object that cannot change.
      return node.name === "undefined" && scope.find(node.name) === null
        ? () => undefined
        : node.name === "arguments" && scope.find(node.name) === null
          ? (_, { activation }) => (activation.argumentsObject ??= argumentsObject(activation.args))
          : readVariable(node.name, scope);
    case "ThisExpression":
      return (_, { activation }) => activation.receiver;
    case "MetaProperty":
      if (node.meta.name !== "new") throw new NotInterpretable("import.meta");
      return (_, { activation }) => activation.newTarget;
    case "ArrayExpression":
      return array(compiler, node, scope);
    case "ObjectExpression":
      return object(compiler, node, scope);
    case "FunctionExpression":
    case "ArrowFunctionExpression": {
      const make = compiler.closure(node, scope, "plain");
      return (env, frame) => make(env, frame, null);
    }
    case "UnaryExpression":
      return unary(compiler, node, scope);
    case "UpdateExpression": {
      const target = reference(compiler, node.argument, scope);
      const step = node.operator === "++" ? 1 : -1;
      return (env, frame) => {
        const place = target(env, frame);
        let old = place.get() as number; // ToNumeric follows
        const before = old++;
        const next = typeof before === "bigint" ? before + BigInt(step) : before + step;
        place.set(next);
        return node.prefix ? next : before;
      };
    }
    case "BinaryExpression": {
      if (node.left.type === "PrivateIdentifier") throw new NotInterpretable("private names");
      const apply = binaryOperator(node.operator);
      const left = compile(node.left);
      const right = compile(node.right);
      return (env, frame) => apply(left(env, frame), right(env, frame));
    }
    case "LogicalExpression": {
      const left = compile(node.left);
      const right = compile(node.right);
      const goesOn = continues[node.operator];
      return (env, frame) => {
        const value = left(env, frame);
        return goesOn(value) ? right(env, frame) : value;
      };
    }
    case "AssignmentExpression":
      return assignment(compiler, node, scope);
    case "ConditionalExpression": {
      const test = compile(node.test);
      const [yes, no] = [compile(node.consequent), compile(node.alternate)];
      return (env, frame) => (test(env, frame) ? yes(env, frame) : no(env, frame));
    }
    case "CallExpression":
      return call(compiler, node, scope);
    case "NewExpression":
      return instantiate(compiler, node, scope);
    case "MemberExpression":
      return property(compiler, node, scope);
    case "ChainExpression": {
      const chain = compile(node.expression);
      return (env, frame) => {
        const value = chain(env, frame);
        return value === skipped ? undefined : value;
      };
    }
    case "SequenceExpression": {
      const parts = node.expressions.map(compile);
      return (env, frame) => {
        let value: unknown;
        for (let i = 0; i < parts.length; i++) value = parts[i]?.(env, frame);
        return value;
      };
    }
    case "TemplateLiteral":
      return template(compiler, node, scope);
    case "TaggedTemplateExpression":
      return taggedTemplate(compiler, node, scope);
    case "ParenthesizedExpression":
      return compile(node.expression);
    default:
      throw new NotInterpretable(leftOut[node.type] ?? node.type);
  }
}

const leftOut: Readonly<Record<string, string>> = {
  ClassExpression: "a class",
  ImportExpression: "import()",
  Super: "super",
};

function literal(node: Literal): Evaluate {
  const { value } = node;
  if (node.regex === null || node.regex === undefined) return () => value;
  const { pattern, flags } = node.regex;
  return () => new RegExp(pattern, flags);
}

const continues: Readonly<Record<"&&" | "||" | "??", (value: unknown) => boolean>> = {
  "&&": (value) => Boolean(value),
  "||": (value) => !value,
  "??": (value) => value === null || value === undefined,
};

function unary(compiler: Compiler, node: UnaryExpression, scope: LexicalScope): Evaluate {
  const { argument, operator } = node;
  if (operator === "typeof" && argument.type === "Identifier" && argument.name !== "arguments")
    return typeofVariable(argument.name, scope);
  if (operator === "delete") {
    const target = argument.type === "ChainExpression" ? argument.expression : argument;
    if (target.type !== "MemberExpression") {
      const value = compiler.expression(argument, scope);
      return (env, frame) => {
        value(env, frame);
        return true;
      };
    }
    const object = compiler.expression(target.object, scope);
    const key = keyOf(compiler, target, scope);
    return (env, frame) => {
      const base = object(env, frame) as
        | Record<string, unknown>
        | null
        | undefined
        | typeof skipped;
      if (base === skipped) return true;
      if (target.optional && (base === null || base === undefined)) return true;
      const name = key(env, frame) as string; // converted by the engine
      if (!scope.isStrict && base !== null && base !== undefined)
        return Reflect.deleteProperty(Object(base), toKey(name));
      // Sound: the engine refuses null and undefined, and what cannot be deleted.
      return delete (base as Record<string, unknown>)[name];
    };
  }
  const apply = unaryOperators[operator] as ((value: unknown) => unknown) | undefined; // any value
  if (apply === undefined) throw new NotInterpretable(`the operator ${operator}`);
  const value = compiler.expression(argument, scope);
  return (env, frame) => apply(value(env, frame));
}

function assignment(compiler: Compiler, node: AssignmentExpression, scope: LexicalScope): Evaluate {
  const { left, operator } = node;
  const name = left.type === "Identifier" ? left.name : "";
  const right = compiler.named(node.right, name, scope);
  if (operator === "=" && (left.type === "ObjectPattern" || left.type === "ArrayPattern")) {
    const assign = compiler.pattern(left, scope, false, node.right);
    return (env, frame) => {
      const value = right(env, frame);
      assign(env, frame, value);
      return value;
    };
  }
  const target = reference(compiler, left, scope);
  if (operator === "=")
    return (env, frame) => {
      const place = target(env, frame);
      const value = right(env, frame);
      place.set(value);
      return value;
    };
  if (operator === "&&=" || operator === "||=" || operator === "??=") {
    const goesOn = continues[operator.slice(0, 2) as "&&" | "||" | "??"]; // without the "="
    return (env, frame) => {
      const place = target(env, frame);
      const old = place.get();
      if (!goesOn(old)) return old;
      const value = right(env, frame);
      place.set(value);
      return value;
    };
  }
  const apply = binaryOperator(operator.slice(0, -1) as Parameters<typeof binaryOperator>[0]); // without the "="
  return (env, frame) => {
    const place = target(env, frame);
    const old = place.get();
    const value = apply(old, right(env, frame));
    place.set(value);
    return value;
  };
}

const collect = function (): unknown {
  return arguments;
};

/** Unmapped, as in strict code. */
function argumentsObject(args: readonly unknown[]): unknown {
  return Reflect.apply(collect, undefined, args);
}
