/** Names bound by a binding pattern. */

import type { Identifier, Pattern } from "acorn";

/** The identifiers that a pattern binds, in source order. */
export function boundIdentifiers(
  pattern: Pattern,
  found: Identifier[] = [],
): readonly Identifier[] {
  switch (pattern.type) {
    case "Identifier":
      found.push(pattern);
      break;
    case "AssignmentPattern":
      boundIdentifiers(pattern.left, found);
      break;
    case "RestElement":
      boundIdentifiers(pattern.argument, found);
      break;
    case "ArrayPattern":
      for (const element of pattern.elements) if (element) boundIdentifiers(element, found);
      break;
    case "ObjectPattern":
      for (const property of pattern.properties) {
        boundIdentifiers(
          property.type === "RestElement" ? property.argument : property.value,
          found,
        );
      }
      break;
    case "MemberExpression":
      break;
  }
  return found;
}
