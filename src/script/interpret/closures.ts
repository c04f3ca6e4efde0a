/** Functions of the text as real functions. */
import type { AnyNode, ArrowFunctionExpression, Function as FunctionNode, Pattern } from "acorn";
import type { Compiler, FunctionForm, MakeClosure } from "./compiler.ts";
import { namesOf, varNames } from "./declared-names.ts";
import { noteInterpreted } from "./interpreted-functions.ts";
import { LexicalScope } from "./lexical-scope.ts";
import { type Activation, type Environment, type Frame, NotInterpretable } from "./run.ts";
import { declareBlock } from "./statements.ts";
import { enterScope } from "./variables.ts";

/** What a call does, given the environment the function was made in. */
export type Invoke = (
  env: Environment,
  activation: Activation,
  args: readonly unknown[],
) => unknown;

export function closure(
  compiler: Compiler,
  node: FunctionNode | ArrowFunctionExpression,
  outer: LexicalScope,
  form: FunctionForm,
): MakeClosure {
  if (node.async || node.generator)
    throw new NotInterpretable(node.generator ? "a generator" : "an async function");
  // A function expression's own name is a constant around it.
  const ownName = node.type === "FunctionExpression" && node.id ? node.id.name : null;
  const named = new LexicalScope(outer);
  if (ownName !== null) named.declare(ownName, { isConstant: true });
  const scope = ownName === null ? outer : named;
  const isArrow = node.type === "ArrowFunctionExpression";
  const { invoke, isStrict } = invocation(compiler, node, scope);
  const length = node.params.findIndex(
    (parameter) =>
      parameter.type !== "Identifier" &&
      parameter.type !== "ObjectPattern" &&
      parameter.type !== "ArrayPattern",
  );
  const prefix = form === "getter" ? "get " : form === "setter" ? "set " : "";
  return (env, frame, given) => {
    const around = ownName === null ? env : enterScope(named, env);
    const made = isArrow
      ? arrow(invoke, around, frame.activation)
      : form === "plain"
        ? plain(invoke, around, isStrict)
        : method(invoke, around, isStrict);
    noteInterpreted(made);
    const name = ("id" in node && node.id ? node.id.name : given) ?? "";
    const text =
      typeof name === "symbol"
        ? name.description === undefined
          ? ""
          : `[${name.description}]`
        : String(name);
    Object.defineProperty(made, "length", { value: length < 0 ? node.params.length : length });
    Object.defineProperty(made, "name", { value: `${prefix}${text}` });
    if (ownName !== null) around[1] = made;
    return made;
  };
}

function arrow(invoke: Invoke, env: Environment, activation: Activation): Function {
  return (...args: unknown[]) => invoke(env, activation, args);
}

/** OrdinaryCallBindThis (ECMA-262 10.2.1.2). */
function receiverOf(value: unknown, isStrict: boolean): unknown {
  if (isStrict) return value;
  return value === undefined || value === null ? globalThis : Object(value);
}

function plain(invoke: Invoke, env: Environment, isStrict: boolean): Function {
  return function (this: unknown, ...args: unknown[]): unknown {
    return invoke(
      env,
      {
        receiver: receiverOf(this, isStrict),
        args,
        newTarget: new.target,
        argumentsObject: undefined,
      },
      args,
    );
  };
}

function method(invoke: Invoke, env: Environment, isStrict: boolean): Function {
  return {
    made(this: unknown, ...args: unknown[]): unknown {
      return invoke(
        env,
        {
          receiver: receiverOf(this, isStrict),
          args,
          newTarget: undefined,
          argumentsObject: undefined,
        },
        args,
      );
    },
  }.made;
}

/** FunctionDeclarationInstantiation (ECMA-262 10.2.11) and the body. */
export function invocation(
  compiler: Compiler,
  node: FunctionNode | ArrowFunctionExpression,
  outer: LexicalScope,
): { readonly invoke: Invoke; readonly isStrict: boolean } {
  const hasExpressions = node.params.some((parameter) => !isPlain(parameter));
  const scope = new LexicalScope(outer);
  scope.isStrict ||= node.body.type === "BlockStatement" && node.body.body.some(isUseStrict);
  for (const name of node.params.flatMap(namesOf))
    scope.declare(name, { hasDeadZone: hasExpressions });
  const parameters = node.params.map((parameter) => ({
    isRest: parameter.type === "RestElement",
    assign: compiler.pattern(
      parameter.type === "RestElement" ? parameter.argument : parameter,
      scope,
      true,
    ),
  }));
  const body: readonly AnyNode[] | null =
    node.body.type === "BlockStatement" ? node.body.body : null;
  // With expressions among the parameters the body has variables of its own (step 28).
  const inner = hasExpressions ? new LexicalScope(scope) : scope;
  const vars = (body ?? []).flatMap(varNames);
  for (const name of vars) inner.declare(name);
  const declare = declareBlock(compiler, body ?? [], inner);
  const copied = hasExpressions ? vars.filter((name) => scope.variables.has(name)) : [];
  const run = body === null ? null : compiler.statements(body, inner);
  const value = node.body.type === "BlockStatement" ? null : compiler.expression(node.body, inner);
  const invoke: Invoke = (env, activation, args) => {
    const own = enterScope(scope, env);
    const frame: Frame = { activation, result: undefined };
    for (let i = 0; i < parameters.length; i++) {
      const parameter = parameters[i];
      parameter?.assign(own, frame, parameter.isRest ? restOf(args, i) : args[i]);
    }
    const place = inner === scope ? own : enterScope(inner, own);
    for (let i = 0; i < copied.length; i++) {
      const name = copied[i] ?? "";
      place[inner.variables.get(name)?.slot ?? 0] = own[scope.variables.get(name)?.slot ?? 0];
    }
    declare(place, frame);
    if (value !== null) return value(place, frame);
    run?.(place, frame);
    return frame.result;
  };
  return { invoke, isStrict: scope.isStrict };
}

const isUseStrict = (node: AnyNode): boolean =>
  node.type === "ExpressionStatement" && node.directive === "use strict";

/** Not by `slice`, which asks the array for its constructor. */
function restOf(args: readonly unknown[], from: number): readonly unknown[] {
  const rest: unknown[] = [];
  for (let i = from; i < args.length; i++) {
    const descriptor = {
      __proto__: null,
      value: args[i],
      writable: true,
      enumerable: true,
      configurable: true,
    };
    Object.defineProperty(rest, i - from, descriptor);
  }
  return rest;
}

function isPlain(parameter: Pattern): boolean {
  return (
    parameter.type === "Identifier" ||
    (parameter.type === "RestElement" && parameter.argument.type === "Identifier")
  );
}
