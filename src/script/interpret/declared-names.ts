/** Names that statements and patterns declare. */
import type { AnyNode, Pattern, VariableDeclaration } from "acorn";

export function namesOf(pattern: Pattern): readonly string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        namesOf(property.type === "RestElement" ? property.argument : property.value),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element === null ? [] : namesOf(element)));
    case "AssignmentPattern":
      return namesOf(pattern.left);
    case "RestElement":
      return namesOf(pattern.argument);
    default:
      return [];
  }
}

export const namesDeclared = (declaration: VariableDeclaration): readonly string[] =>
  declaration.declarations.flatMap(({ id }) => namesOf(id));

/** `var`s of a function, wherever in its body they stand (ECMA-262 VarDeclaredNames). */
export function varNames(node: AnyNode | null | undefined): readonly string[] {
  if (node === null || node === undefined) return [];
  switch (node.type) {
    case "VariableDeclaration":
      return node.kind === "var" ? namesDeclared(node) : [];
    case "BlockStatement":
      return node.body.flatMap(varNames);
    case "IfStatement":
      return [...varNames(node.consequent), ...varNames(node.alternate)];
    case "ForStatement":
      return [...varNames(node.init), ...varNames(node.body)];
    case "ForInStatement":
    case "ForOfStatement":
      return [...varNames(node.left), ...varNames(node.body)];
    case "WhileStatement":
    case "DoWhileStatement":
    case "LabeledStatement":
      return varNames(node.body);
    case "SwitchStatement":
      return node.cases.flatMap((one) => one.consequent.flatMap(varNames));
    case "TryStatement":
      return [node.block, node.handler?.body, node.finalizer].flatMap(varNames);
    default:
      return [];
  }
}
