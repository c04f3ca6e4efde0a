import type { Graph } from "./graph.ts";
import { argumentNodes, isCall } from "./node.ts";
import { printArgument, printCall } from "./print-argument.ts";
import type { ArgumentPrinter } from "./print-argument.ts";
import { makeFunction } from "../script/make-function.ts";

/** Gets the index of the call that threw, among `graph.calls`, and the outputs as far as they were computed. */
export type FailureReport = (callIndex: number, outputs: unknown) => void;

/** Runs a graph. When a call throws, the failure is reported and the error passes unchanged. */
export type GraphRunner = (...inputs: readonly unknown[]) => unknown;

/**
 * Compiles a graph to one straight-line JavaScript function.
 */
export function compileGraph(graph: Graph, reportFailure: FailureReport): GraphRunner {
  const captured: unknown[] = [];
  const text = runnerText(graph, captured);
  // The text holds only identifiers made by NameScope, literals, and captured values by number.
  const runner = makeFunction(["$captured", "$report"], text)(captured, reportFailure);
  // The text below is a `return function`.
  return runner as GraphRunner;
}

/** The function body that `compileGraph` runs; the values it needs are appended to `captured`. */
function runnerText(graph: Graph, captured: unknown[]): string {
  const capture = (value: unknown): string => `$${captured.push(value) - 1}`;
  const targets = new Map<unknown, string>();
  const printer: ArgumentPrinter = {
    node: (node) => node.name,
    constant: capture,
    target: ({ target }) => {
      const known = targets.get(target) ?? capture(target);
      targets.set(target, known);
      return known;
    },
  };
  const lines: string[] = [];
  let callIndex = 0;
  let outputs = "undefined";
  // Declared before anything runs, so that the failure report can name them.
  const given = new Set([...argumentNodes(graph.output)].filter(isCall));
  for (const node of graph.nodes) {
    switch (node.op) {
      case "placeholder":
        break;
      case "get_attr":
        lines.push(`const ${node.name} = ${capture(graph.attributes.get(node.target))};`);
        break;
      case "call_function":
      case "call_method":
        lines.push(
          `$at = ${callIndex++}; ${given.has(node) ? "" : "const "}${node.name} = ${printCall(node, printer)};`,
        );
        break;
      case "output":
        outputs = printArgument(node.args[0], printer);
        lines.push("$at = -1;", `return ${outputs};`);
        break;
    }
  }
  const prologue = captured.map((_, index) => `const $${index} = $captured[${index}];`);
  return [
    '"use strict";',
    ...prologue,
    `return function forward(${graph.placeholders.map((node) => node.name).join(", ")}) {`,
    ["let $at = -1", ...[...given].map((node) => node.name)].join(", ") + ";",
    "try {",
    ...lines,
    `} catch ($error) { if ($at >= 0) $report($at, ${outputs}); throw $error; }`,
    "};",
  ].join("\n");
}
