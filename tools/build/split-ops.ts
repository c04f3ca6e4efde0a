import ts from "typescript";

/**
 * Rewrites `defineOp({ name, …, lowering: (args) => … })` to `defineOp({ name, … }, () => ({ lowering: (args) => … }))`: hundreds
 * of functions that most programs never call are then not even made when the package starts. null: nothing to rewrite.
 */
export function splitOps(text: string, path: string): string | null {
  if (!/\/src\/ops\/.*\.ts$/.test(path.replaceAll("\\", "/"))) return null;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const changes: Change[] = [];
  visit(file);
  if (changes.length === 0) return null;
  let result = text;
  for (const { start, end, replacement } of changes.sort((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + replacement + result.slice(end);
  }
  return result;

  function visit(node: ts.Node): void {
    if (ts.isCallExpression(node) && node.expression.getText() === "defineOp") split(node);
    ts.forEachChild(node, visit);
  }

  function split(call: ts.CallExpression): void {
    const [definition] = call.arguments;
    if (definition === undefined || !ts.isObjectLiteralExpression(definition)) return;
    const functions = definition.properties.filter(isFunction);
    if (functions.length === 0) return;
    for (const property of functions) {
      const end = property.getEnd();
      changes.push({
        start: property.getFullStart(),
        end: text[end] === "," ? end + 1 : end,
        replacement: "",
      });
    }
    const end = definition.getEnd();
    const texts = functions.map((property) => property.getText());
    changes.push({ start: end, end, replacement: `, () => ({ ${texts.join(", ")} })` });
  }
}

interface Change {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

const isFunction = (property: ts.ObjectLiteralElementLike): boolean =>
  ts.isMethodDeclaration(property) ||
  (ts.isPropertyAssignment(property) &&
    (ts.isArrowFunction(property.initializer) || ts.isFunctionExpression(property.initializer)));
