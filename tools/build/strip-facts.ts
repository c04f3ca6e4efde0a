import ts from "typescript";

/** Facts of records that serve tests and documentation only, by the files that hold such records. */
const strippedFacts: readonly { readonly files: RegExp; readonly names: ReadonlySet<string> }[] = [
  { files: /\/src\/ops\/.*\.ts$/, names: new Set(["doc", "reference", "samples"]) },
  {
    files: /\/src\/dynamo\/graph-breaks\/[a-z-]+-breaks\.ts$/,
    names: new Set(["facts", "context", "wrongExample", "rightExample"]),
  },
];

/** The text of a source file without those facts, so that the package does not carry them; null: as it is. */
export function stripFacts(text: string, path: string): string | null {
  const rule = strippedFacts.find(({ files }) => files.test(path.replaceAll("\\", "/")));
  if (rule === undefined) return null;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const kept: string[] = [];
  let position = 0;
  visit(file);
  return kept.join("") + text.slice(position);

  function visit(node: ts.Node): void {
    if (!ts.isObjectLiteralExpression(node)) return ts.forEachChild(node, visit);
    for (const property of node.properties) {
      const { name } = property;
      if (name === undefined || !ts.isIdentifier(name) || !rule?.names.has(name.text)) {
        visit(property);
        continue;
      }
      kept.push(text.slice(position, property.getFullStart()));
      position = property.getEnd();
      if (text[position] === ",") position += 1;
    }
  }
}
