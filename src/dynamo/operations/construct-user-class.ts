import { type Expression, parseExpressionAt } from "acorn";
import { isObject } from "../../base/is-object.ts";
import type { CallResult } from "../builtins/builtin.ts";
import type { Code } from "../bytecode/code.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { captureCells } from "../interpreter/captures.ts";
import { Frame } from "../interpreter/frame.ts";
import { type FunctionCode, functionCode, isInterpretable } from "../interpreter/function-code.ts";
import type { Machine } from "../interpreter/machine.ts";
import { isPackageFile } from "../source/framework-files.ts";
import type { Source } from "../variables/source.ts";
import {
  ArrayVariable,
  ConstantVariable,
  type ForcedVariable,
  ObjectVariable,
  type UserFunctionVariable,
  type Variable,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";
import { nextLink } from "./prototype-chain.ts";

/**
 * `new` of a class of the program (ECMA-262 §10.2.2): the object is made here and its constructor entered. Only classes
 * whose fields start with literals, and that extend such classes or built-in errors; of all others the engine makes the object.
 */
export function constructUserClass(
  machine: Machine,
  target: UserFunctionVariable,
  args: readonly Variable[],
): null {
  const known = knownChain(machine, target);
  if (known === null) {
    return breakGraph(
      "constructorCall",
      { className: target.value.name },
      `construct ${describeVariable(target)}`,
    );
  }
  return enterConstructor(machine, known, target, target, args);
}

/** `super(…)`: the parent makes the object. That it can was found out when the class was constructed, or natively. */
export function constructParent(
  machine: Machine,
  self: Variable,
  newTarget: Variable,
  args: readonly Variable[],
): CallResult {
  const [own, made] = [machine.force(self), machine.force(newTarget)];
  const parent =
    own.kind === "function" && made.kind === "function" ? parentOf(machine, own) : null;
  if (made.kind === "function" && parent !== null) {
    if (parent.kind === "builtin" && parent.builtin.constructFor !== undefined)
      return parent.builtin.constructFor(machine, args, made.value);
    const known = parent.kind === "function" ? knownChain(machine, parent) : null;
    if (parent.kind === "function" && known !== null)
      return enterConstructor(machine, known, parent, made, args);
  }
  return breakGraph("constructorCall", { className: "super" }, "superConstruct");
}

function parentOf(machine: Machine, target: UserFunctionVariable): ForcedVariable | null {
  const source: Source = target.source ?? {
    kind: "pinned",
    value: target.value,
    name: target.value.name,
  };
  const parent = nextLink(machine, { value: target.value, source })?.value;
  return typeof parent === "function" ? machine.force(machine.tracer.pinnedFunction(parent)) : null;
}

/** The constructor of a class that can be interpreted, and so can those of all it extends; else null. */
function knownChain(machine: Machine, target: UserFunctionVariable): FunctionCode | null {
  const known = functionCode(target.value);
  if (!isInterpretable(known)) return null;
  const { code, source } = known;
  if (code.kind !== "classConstructor" || isPackageFile(source.location?.start.file ?? ""))
    return null;
  if (initialFields(code) === null || !isObject(target.value.prototype)) return null;
  if (code.classBody?.isDerived !== true) return known;
  const parent = parentOf(machine, target);
  const isKnown =
    parent?.kind === "function"
      ? knownChain(machine, parent) !== null
      : parent?.kind === "builtin" && parent.builtin.constructFor !== undefined;
  return isKnown ? known : null;
}

function enterConstructor(
  machine: Machine,
  { code, captures: cells }: FunctionCode,
  target: UserFunctionVariable,
  newTarget: UserFunctionVariable,
  args: readonly Variable[],
): null {
  const isDerived = code.classBody?.isDerived === true;
  const prototype: unknown = newTarget.value.prototype;
  const object = new ObjectVariable({ prototype: isObject(prototype) ? prototype : null });
  for (const [name, value] of isDerived ? [] : (initialFields(code) ?? []))
    object.properties.set(name, { kind: "data", value, enumerable: true });
  const capturesSource: Source = {
    kind: "pinned",
    value: cells,
    name: `captures of ${target.value.name}`,
  };
  machine.tracer.frames.push(
    new Frame({
      code,
      captures: captureCells(machine, code, cells, capturesSource),
      capturesSource,
      // The constructor of a derived class gets its object from `super(…)`, and hands it on.
      thisValue: isDerived ? undefinedVariable : object,
      args,
      newTarget,
      self: target,
      returnMode: "construct",
    }),
  );
  return null;
}

/** The instance fields with their first values; null if one is computed or starts with more than a literal. */
function initialFields({ classBody, text }: Code): readonly (readonly [string, Variable])[] | null {
  if (classBody === null || !classBody.isPlain) return null;
  const fields: (readonly [string, Variable])[] = [];
  for (const { name, initializerSpan } of classBody.fields) {
    const value =
      initializerSpan === null
        ? new ConstantVariable(undefined)
        : literal(
            parseExpressionAt(text.slice(initializerSpan.start, initializerSpan.end), 0, {
              ecmaVersion: "latest",
            }),
          );
    if (name === null || value === null) return null;
    fields.push([name, value]);
  }
  return fields;
}

/** A fresh value for every object, as each evaluation of the initializer gives. */
function literal(node: Expression): Variable | null {
  if (node.type === "Literal" && node.regex === undefined)
    return new ConstantVariable(node.bigint == null ? node.value : BigInt(node.bigint));
  if (node.type === "ArrayExpression" && node.elements.length === 0)
    return new ArrayVariable({ items: [] });
  if (node.type === "ObjectExpression" && node.properties.length === 0)
    return new ObjectVariable({ prototype: Object.prototype });
  if (
    node.type === "UnaryExpression" &&
    node.operator === "-" &&
    node.argument.type === "Literal" &&
    typeof node.argument.value === "number"
  ) {
    return new ConstantVariable(-node.argument.value);
  }
  return null;
}
