import { InternalError } from "../base/errors.ts";
import type { Graph } from "./graph.ts";
import { argumentNodes } from "./node.ts";
import type { Node } from "./node.ts";

/** Throws an internal error when a graph breaks one of the rules that all code over graphs relies on. */
export function verifyGraph(graph: Graph): void {
  const seen = new Set<Node>();
  const names = new Set<string>();
  const members = new Set(graph.nodes);
  let pastPlaceholders = false;
  for (const node of graph.nodes) {
    const fail = (problem: string): never => {
      throw new InternalError(`invalid graph: node ${node.name} (${node.op}) ${problem}`);
    };
    if (names.has(node.name)) fail("has the name of an earlier node");
    if (!/^[A-Za-z_$][\w$]*$/.test(node.name)) fail("has a name that is not an identifier");
    if (node.op === "placeholder" && pastPlaceholders) fail("is an input after an operation");
    if (node.op !== "placeholder") pastPlaceholders = true;
    if (node.op === "output" && node !== graph.output) fail("is a second output");
    if (node.op === "get_attr" && !graph.attributes.has(node.target))
      fail("names an attribute that is not there");
    if (node.op === "call_method" && node.args.length === 0)
      fail("has no object to call the method on");
    for (const argument of argumentNodes(node)) {
      if (!seen.has(argument)) fail(`uses ${argument.name}, which is not defined before it`);
      if (!argument.users.has(node)) fail(`is missing among the users of ${argument.name}`);
    }
    for (const user of node.users) {
      if (!members.has(user)) fail(`is used by ${user.name}, which is not in the graph`);
    }
    seen.add(node);
    names.add(node.name);
  }
}
