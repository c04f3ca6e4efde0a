/** The explicit constructor of a base class, and what else `new` does. */

import type { ClassExpression, FunctionExpression } from "acorn";
import type { ClassField, Code } from "../code.ts";
import { keyName } from "../parse/parse-function.ts";
import { UnsupportedSyntax } from "../unsupported-syntax.ts";

interface FoundConstructor {
  readonly node: FunctionExpression;
  readonly body: NonNullable<Code["classBody"]>;
}

export function findConstructor(node: ClassExpression, base: number): FoundConstructor {
  if (node.superClass)
    throw new UnsupportedSyntax("constructor of a derived class", 0, node.end - base);
  const fields: ClassField[] = [];
  let isPlain = true;
  let found: FunctionExpression | null = null;
  for (const member of node.body.body) {
    if (member.type === "MethodDefinition") {
      if (member.kind === "constructor") found = member.value;
      else if (member.key.type === "PrivateIdentifier") isPlain = false;
    } else if (member.type === "PropertyDefinition" && !member.static) {
      const isLiteral = !member.computed && member.key.type !== "PrivateIdentifier";
      if (!isLiteral) isPlain = false;
      const initializer = member.value ?? null;
      fields.push({
        name: isLiteral && member.key.type !== "PrivateIdentifier" ? keyName(member.key) : null,
        initializerSpan: initializer && {
          start: initializer.start - base,
          end: initializer.end - base,
        },
      });
    }
  }
  if (found === null)
    throw new UnsupportedSyntax("class without an explicit constructor", 0, node.end - base);
  return { node: found, body: { fields, isPlain } };
}
