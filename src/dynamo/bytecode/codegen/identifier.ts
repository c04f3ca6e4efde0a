/** Names that may be written bare in generated JavaScript. */

const identifierName = /^[A-Za-z_$][\w$]*$/;

/** True for an ASCII IdentifierName: usable after a dot and as a property name. */
export function isIdentifierName(name: string): boolean {
  return identifierName.test(name);
}

/** Words that cannot name a variable of generated code, in strict or sloppy mode. */
const reserved = new Set(
  (
    "arguments eval undefined NaN Infinity let static yield await implements interface package private protected public " +
    "break case catch class const continue debugger default delete do else enum export extends false finally for function " +
    "if import in instanceof new null return super switch this throw true try typeof var void while with"
  ).split(" "),
);

/** True if generated code may declare a variable of this name. Names with `$` at the start belong to the generator. */
export function isVariableName(name: string): boolean {
  return identifierName.test(name) && !name.startsWith("$") && !reserved.has(name);
}
