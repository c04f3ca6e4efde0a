import { parse } from "acorn";
import type {
  ArrowFunctionExpression,
  ClassBody,
  FunctionExpression,
  Pattern,
  Program,
} from "acorn";
import { ValueError } from "../base/errors.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { createGraphModule } from "./graph-module.ts";
import type { Graph } from "./graph.ts";
import type { Node, NodeSource } from "./node.ts";
import { parseCall, readArgument } from "./parse-expression.ts";
import type { ParseScope } from "./parse-expression.ts";

/** What the names in a printed graph mean. */
export interface GraphScope {
  /** The value of a dotted name: the function `torch.add`, the dtype `torch.float32`. */
  readonly resolve: (name: string) => unknown;
  /** The constants that the graph names as `this.name`; sub-graphs are part of the text. */
  readonly constants?: ReadonlyMap<string, unknown>;
}

interface ParsedText {
  readonly program: Program;
  /** Types in comments, by the offset at which they start. */
  readonly types: ReadonlyMap<number, string>;
  /** Source lines in comments, with the offset at which they end. */
  readonly sources: readonly { readonly end: number; readonly source: NodeSource }[];
}

type FunctionNode = FunctionExpression | ArrowFunctionExpression;

/** Reads back what `printGraphClass` or `printGraph` wrote. Printing the result gives the same text. */
export function parseGraph(text: string, scope: GraphScope): Graph {
  const parsed = parseText(/^\s*class\b/.test(text) ? text : `class GraphModule {\n${text}\n}`);
  const [declaration] = parsed.program.body;
  if (declaration?.type !== "ClassDeclaration")
    throw new ValueError("a printed graph is a class or its forward method");
  const functions = memberFunctions(declaration.body);
  const forward = functions.get("forward");
  if (forward === undefined) throw new ValueError("a printed graph has a method named forward");
  return parseFunction(forward, "", parsed, functions, scope);
}

function parseText(text: string): ParsedText {
  const types = new Map<number, string>();
  const sources: { end: number; source: NodeSource }[] = [];
  const program = parse(text, {
    ecmaVersion: "latest",
    onComment: (isBlock, content, start, end) => {
      if (isBlock) types.set(start, content.trim());
      const source = isBlock ? null : parseSource(content);
      if (source !== null) sources.push({ end, source });
    },
  });
  return { program, types, sources };
}

/** ` File: model.ts:4 in fn, code: const y = x.sum();` */
function parseSource(comment: string): NodeSource | null {
  const match = /^ File: (.*):(\d+) in (.*?), code: (.*)$/.exec(comment);
  const [, file, line, functionName, code] = match ?? [];
  if (file === undefined || functionName === undefined || code === undefined) return null;
  return { file, line: Number(line), functionName, code };
}

function memberFunctions(body: ClassBody): ReadonlyMap<string, FunctionNode> {
  const functions = new Map<string, FunctionNode>();
  for (const member of body.body) {
    if (member.type === "StaticBlock" || member.key.type !== "Identifier") continue;
    const { value } = member;
    if (value?.type === "FunctionExpression" || value?.type === "ArrowFunctionExpression") {
      functions.set(member.key.name, value);
    }
  }
  return functions;
}

function parseFunction(
  fn: FunctionNode,
  prefix: string,
  parsed: ParsedText,
  functions: ReadonlyMap<string, FunctionNode>,
  scope: GraphScope,
): Graph {
  const builder = new GraphBuilder();
  const nodes = new Map<string, Node>();
  const typeAfter = (end: number): string | null => parsed.types.get(end + 1) ?? null;
  const attribute = (path: string): unknown => {
    const subgraph = functions.get(path);
    if (subgraph === undefined) return scope.constants?.get(path);
    return createGraphModule(parseFunction(subgraph, `${path}$`, parsed, functions, scope));
  };
  const expressions: ParseScope = { nodes, resolve: scope.resolve };
  for (const parameter of fn.params) {
    const name = identifierName(parameter);
    nodes.set(name, builder.placeholder(name, { type: typeAfter(parameter.end) }));
  }
  if (fn.body.type !== "BlockStatement")
    throw new ValueError("a printed graph has a block of statements");
  for (const statement of fn.body.body) {
    if (statement.type === "ReturnStatement" && statement.argument) {
      return builder.build(readArgument(statement.argument, expressions));
    }
    if (statement.type !== "VariableDeclaration")
      throw new ValueError(`unexpected ${statement.type} in a printed graph`);
    const [declarator] = statement.declarations;
    const value = declarator?.init;
    if (!declarator || !value)
      throw new ValueError("a statement of a printed graph defines one value");
    const name = identifierName(declarator.id);
    const source =
      parsed.sources.findLast(({ end }) => end <= statement.start && end > fn.start)?.source ??
      null;
    const details = { name, type: typeAfter(declarator.id.end), source };
    if (value.type === "MemberExpression" && value.object.type === "ThisExpression") {
      const path = value.property.type === "Identifier" ? value.property.name : "";
      nodes.set(name, builder.attribute(path.slice(prefix.length), attribute(path), details));
    } else {
      nodes.set(name, parseCall(value, builder, details, expressions));
    }
  }
  throw new ValueError("a printed graph ends with a return statement");
}

function identifierName(pattern: Pattern): string {
  if (pattern.type !== "Identifier")
    throw new ValueError(`unexpected ${pattern.type} in a printed graph`);
  return pattern.name;
}
