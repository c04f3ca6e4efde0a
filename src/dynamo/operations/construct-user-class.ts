import { type Expression, parseExpressionAt } from "acorn";
import type { Code } from "../bytecode/code.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { captureCells } from "../interpreter/captures.ts";
import { Frame } from "../interpreter/frame.ts";
import { functionCode, isInterpretable } from "../interpreter/function-code.ts";
import type { Machine } from "../interpreter/machine.ts";
import { isPackageFile } from "../source/framework-files.ts";
import type { Source } from "../variables/source.ts";
import {
  ArrayVariable,
  ConstantVariable,
  ObjectVariable,
  type UserFunctionVariable,
  type Variable,
  describeVariable,
} from "../variables/variable.ts";

/**
 * `new` of a class of the program (ECMA-262 §10.2.2): the object is made here and its constructor entered. Only base
 * classes whose fields start with literals; of all others the engine makes the object.
 */
export function constructUserClass(
  machine: Machine,
  target: UserFunctionVariable,
  args: readonly Variable[],
): null {
  const refuse = (): never =>
    breakGraph(
      "constructorCall",
      { className: target.value.name },
      `construct ${describeVariable(target)}`,
    );
  const known = functionCode(target.value);
  if (!isInterpretable(known)) return refuse();
  const { code, captures: cells, source } = known;
  if (code.kind !== "classConstructor" || isPackageFile(source.location?.start.file ?? ""))
    return refuse();
  const prototype: unknown = target.value.prototype;
  const fields = initialFields(code);
  if (fields === null || typeof prototype !== "object" || prototype === null) return refuse();
  const object = new ObjectVariable({ prototype });
  for (const [name, value] of fields)
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
      thisValue: object,
      args,
      newTarget: target,
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
