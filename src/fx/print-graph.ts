import { isGraphModule } from "./graph-module-brand.ts";
import type { Graph } from "./graph.ts";
import type { Node, NodeSource } from "./node.ts";
import { printArgument, printCall, readable } from "./print-argument.ts";

/** The graph as a JavaScript method that can be run where `torch` is in scope: `forward(l_x_ /* f32[3] *\/) { … }`. */
export function printGraph(graph: Graph): string {
  return `forward(${printParameters(graph)}) {\n${printBody(graph, "")}}`;
}

/** The graph and its sub-graphs as a class; sub-graphs are arrow functions in its fields. */
export function printGraphClass(graph: Graph, className = "GraphModule"): string {
  const members = [printGraph(graph), ...printSubgraphs(graph, "")];
  return `class ${className} {\n${members.map(indent).join("\n\n")}\n}`;
}

function printSubgraphs(graph: Graph, prefix: string): string[] {
  const printed: string[] = [];
  for (const [name, value] of graph.attributes) {
    if (!isGraphModule(value)) continue;
    const path = `${prefix}${name}`;
    const body = printBody(value.graph, `${path}$`);
    printed.push(`${path} = (${printParameters(value.graph)}) => {\n${body}};`);
    printed.push(...printSubgraphs(value.graph, `${path}$`));
  }
  return printed;
}

function printParameters(graph: Graph): string {
  return graph.placeholders.map((node) => node.name + printType(node)).join(", ");
}

function printBody(graph: Graph, attributePrefix: string): string {
  const lines: string[] = [];
  let source: NodeSource | null = null;
  for (const node of graph.nodes) {
    if (node.op === "placeholder") continue;
    if (node.meta.source !== null && !isSameSource(node.meta.source, source)) {
      source = node.meta.source;
      if (lines.length > 0) lines.push("");
      lines.push(printSource(source));
    }
    lines.push(printStatement(node, attributePrefix));
  }
  return lines.map((line) => (line === "" ? "\n" : `  ${line}\n`)).join("");
}

function printStatement(
  node: Exclude<Node, { op: "placeholder" }>,
  attributePrefix: string,
): string {
  const declaration = `const ${node.name}${printType(node)} = `;
  switch (node.op) {
    case "get_attr":
      return `${declaration}this.${attributePrefix}${node.target};`;
    case "call_function":
    case "call_method":
      return `${declaration}${printCall(node, readable)};`;
    case "output":
      return `return ${printArgument(node.args[0], readable)};`;
  }
}

function printType(node: Node): string {
  return node.meta.type === null ? "" : ` /* ${node.meta.type} */`;
}

/** `// File: model.ts:4 in fn, code: const y = x.sum();` */
function printSource({ file, line, functionName, code }: NodeSource): string {
  return `// File: ${file}:${line} in ${functionName}, code: ${code.trim()}`;
}

function isSameSource(a: NodeSource, b: NodeSource | null): boolean {
  return b !== null && a.file === b.file && a.line === b.line && a.functionName === b.functionName;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
