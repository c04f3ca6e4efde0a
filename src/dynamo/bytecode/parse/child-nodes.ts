/** Generic walking over ESTree. */

import type { AnyNode } from "acorn";

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
  );
}

/** The direct subnodes of a node, in source order of their fields. */
export function childNodes(node: AnyNode): readonly AnyNode[] {
  const found: AnyNode[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const element of value) if (isNode(element)) found.push(element);
    } else if (isNode(value)) found.push(value);
  }
  return found;
}

/** Calls `visit` on the node and everything in it; a `visit` that gives false does not go inside. */
export function walk(node: AnyNode, visit: (node: AnyNode) => boolean | undefined): void {
  if (visit(node) === false) return;
  for (const child of childNodes(node)) walk(child, visit);
}
