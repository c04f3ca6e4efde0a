/** What a direct `eval` is given, as far as the program's text tells, and whether running it elsewhere is the same. */

import * as acorn from "acorn";
import type {
  AnyNode,
  ArrowFunctionExpression,
  CallExpression,
  FunctionExpression,
  Program,
  Statement,
} from "acorn";
import { makeFunction } from "../../../script/make-function.ts";
import { walk } from "./child-nodes.ts";
import { boundIdentifiers } from "./patterns.ts";

/** A direct eval (ECMA-262 13.3.6.1 step 6), should `eval` be the engine's function. */
export function isEvalCall(node: CallExpression): boolean {
  return node.callee.type === "Identifier" && node.callee.name === "eval" && !node.optional;
}

/** The text where it is written as a literal; null: known at run time only. */
export function literalText({ arguments: [argument] }: CallExpression): string | null {
  return argument === undefined ? "" : textOf(argument);
}

function textOf(node: AnyNode): string | null {
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? node.value : null;
    case "TemplateLiteral":
      return node.expressions.length === 0 ? (node.quasis[0]?.value.cooked ?? null) : null;
    case "BinaryExpression": {
      const left = node.operator === "+" ? textOf(node.left) : null;
      const right = left === null ? null : textOf(node.right);
      return left === null || right === null ? null : left + right;
    }
    default:
      return null;
  }
}

/** Eval code as the body of an arrow function in a function: what `this`, `new.target` and `arguments` mean is around it. */
export interface EvalCode {
  /** What was parsed. */
  readonly source: string;
  readonly around: FunctionExpression;
  readonly arrow: ArrowFunctionExpression;
  readonly body: readonly Statement[];
  /** Where the text is in `source`. */
  readonly start: number;
  readonly end: number;
}

/** null: no such text. What only some contexts allow (`super`, private names, `return`) is left to the engine to refuse. */
export function parseEvalCode(text: string, isStrict: boolean): EvalCode | null {
  const start = `(function(){${isStrict ? strictPrologue : ""}(()=>{`;
  const source = `${start}${text.replace(/^#!/, "//")}\n})})`;
  let program: Program;
  try {
    program = acorn.parse(source, {
      ecmaVersion: "latest",
      sourceType: "script",
      checkPrivateFields: false,
      allowSuperOutsideMethod: true,
    });
  } catch {
    return null;
  }
  const [statement] = program.body;
  const around = statement?.type === "ExpressionStatement" ? statement.expression : null;
  if (around?.type !== "FunctionExpression") return null;
  const last = around.body.body.at(-1);
  const arrow = last?.type === "ExpressionStatement" ? last.expression : null;
  if (arrow?.type !== "ArrowFunctionExpression" || arrow.body.type !== "BlockStatement")
    return null;
  // The text may close the braces itself.
  const isWhole =
    program.body.length === 1 &&
    around.body.body.length === (isStrict ? 2 : 1) &&
    arrow.body.start === start.length - 1 &&
    arrow.body.end === source.length - ")})".length;
  if (!isWhole) return null;
  const end = start.length + text.length;
  return { source, around, arrow, body: arrow.body.body, start: start.length, end };
}

const strictPrologue = '"use strict";';

/** Whether the engine takes a text that acorn refuses: then nothing is known of it. */
export function engineAccepts(text: string): boolean {
  try {
    makeFunction([], text);
    return true;
  } catch {
    return false;
  }
}

/** The names that sloppy eval code declares in the function around it (ECMA-262 19.2.1.3); strict code keeps its own. */
export function namesDeclaredOutside({ body }: EvalCode): ReadonlySet<string> {
  const names = new Set<string>();
  if (body.some(isUseStrict)) return names;
  for (const statement of body) {
    walk(statement, (node) => {
      // Annex B hoists functions out of blocks, too.
      if (node.type === "FunctionDeclaration") names.add(node.id?.name ?? "");
      if (node.type === "VariableDeclaration" && node.kind === "var") {
        for (const declarator of node.declarations)
          for (const { name } of boundIdentifiers(declarator.id)) names.add(name);
      }
      return !isFunctionOrClass(node);
    });
  }
  return names;
}

function isUseStrict(statement: AnyNode): boolean {
  return statement.type === "ExpressionStatement" && statement.directive === "use strict";
}

function isFunctionOrClass({ type }: AnyNode): boolean {
  return (
    type === "FunctionDeclaration" ||
    type === "FunctionExpression" ||
    type === "ArrowFunctionExpression" ||
    type === "ClassDeclaration" ||
    type === "ClassExpression"
  );
}
