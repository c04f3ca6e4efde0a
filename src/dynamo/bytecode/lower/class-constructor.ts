/** The constructor of a class, and what else `new` does. */

import type { ClassExpression, Expression, FunctionExpression, PropertyDefinition } from "acorn";
import type { ClassField, Code } from "../code.ts";
import { keyName } from "../parse/parse-function.ts";
import { UnsupportedSyntax } from "../unsupported-syntax.ts";

interface FoundConstructor {
  readonly node: FunctionExpression;
  readonly body: NonNullable<Code["classBody"]>;
  /** The instance fields of a class that extends another: its constructor defines them once `super(…)` has returned. */
  readonly derivedFields: readonly DerivedField[] | null;
}

export interface DerivedField {
  readonly node: PropertyDefinition;
  readonly name: string;
  readonly value: Expression | null;
}

const constructorOf = ({ body }: ClassExpression): FunctionExpression | null => {
  for (const member of body.body)
    if (member.type === "MethodDefinition" && member.kind === "constructor") return member.value;
  return null;
};

/**
 * The text of a class that has no constructor, with the one it has by default (ECMA-262 §15.7.14 step 14). Its `super()`
 * passes all arguments on, which no text says: `...args` would iterate them.
 */
export function withDefaultConstructor(text: string, node: ClassExpression): string | null {
  if (constructorOf(node) !== null) return null;
  const at = node.body.start + 1;
  const added = node.superClass ? "constructor(){super()}" : "constructor(){}";
  return text.slice(0, at) + added + text.slice(at);
}

export function findConstructor(node: ClassExpression, base: number): FoundConstructor {
  const found = constructorOf(node);
  const unsupported = (construct: string): never => {
    throw new UnsupportedSyntax(construct, 0, node.end - base);
  };
  if (found === null) return unsupported("class without a constructor");
  const fields: ClassField[] = [];
  const derivedFields: DerivedField[] = [];
  let isPlain = true;
  for (const member of node.body.body) {
    if (member.type === "MethodDefinition") {
      if (member.key.type === "PrivateIdentifier") isPlain = false;
    } else if (member.type === "PropertyDefinition" && !member.static) {
      const name =
        member.computed || member.key.type === "PrivateIdentifier" ? null : keyName(member.key);
      const value = member.value ?? null;
      if (name === null || (value !== null && !isFreshLiteral(value))) isPlain = false;
      else derivedFields.push({ node: member, name, value });
      fields.push({
        name,
        initializerSpan: value && { start: value.start - base, end: value.end - base },
      });
    }
  }
  if (node.superClass && !isPlain) return unsupported("field of a derived class");
  return {
    node: found,
    body: { fields, isPlain, isDerived: node.superClass != null },
    derivedFields: node.superClass ? derivedFields : null,
  };
}

/** Whether the value is the same in every scope: what a field may start with where its initializer is not interpreted. */
function isFreshLiteral(node: Expression): boolean {
  if (node.type === "Literal") return node.regex === undefined;
  if (node.type === "ArrayExpression") return node.elements.length === 0;
  if (node.type === "ObjectExpression") return node.properties.length === 0;
  return (
    node.type === "UnaryExpression" &&
    node.operator === "-" &&
    node.argument.type === "Literal" &&
    typeof node.argument.value === "number"
  );
}
