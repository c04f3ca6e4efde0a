/**
 * The source of a nested function or class with its captured variables replaced by cell accesses: `x` becomes `$c3.v`.
 * Variables that can no longer change are passed by value instead and keep their names.
 */

import type { AnyNode, CallExpression, Identifier } from "acorn";
import { childNodes } from "../parse/child-nodes.ts";
import { isAnonymousDefinition } from "../lower/expressions.ts";
import type { Source } from "../lower/lowering.ts";
import type { Reference, Scope, Unit, Variable } from "../parse/scope.ts";

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** How the rewritten source refers to a captured variable. */
export interface CaptureText {
  /** An expression that reads it and can be assigned; null: leave the name as it is. */
  textOf(variable: Variable): string | null;
  cellOf(variable: Variable): string;
  /** A variable with the captured one's name that may be assigned before a use that errors name; null if there is none. */
  displayOf(variable: Variable): string | null;
  /** What the variable is: in the text of an eval, a variable around it. */
  kindOf(variable: Variable): Variable["kind"];
  /** An expression for what translates the texts of a direct eval. */
  evalSite(call: CallExpression, scope: Scope): string;
  /** Whether `this` and `new.target` of the closure's surroundings are the names that start with the prefix. */
  readonly namesLexical: boolean;
  /** Start of the generator's own names, which the source does not use. */
  readonly prefix: string;
}

export function rewriteSource(source: Source, unit: Unit, captures: CaptureText): string {
  const { node } = unit;
  if (node === null) throw new Error("a unit without a node has no source");
  return applyEdits(source.parsedText, node.start, node.end, editsOf(source, unit, captures));
}

/** The same for a part of the unit's source, and with something inserted at an offset. */
export function rewritePart(
  source: Source,
  unit: Unit,
  captures: CaptureText,
  part: { readonly start: number; readonly end: number; readonly insertAt: number },
  inserted: () => string,
): string {
  const edits = editsOf(source, unit, captures);
  const { start, end, insertAt } = part;
  return applyEdits(source.parsedText, start, end, [
    { start: insertAt, end: insertAt, text: inserted() },
    ...edits,
  ]);
}

function editsOf(source: Source, unit: Unit, captures: CaptureText): readonly Edit[] {
  const { node } = unit;
  if (node === null) throw new Error("a unit without a node has no source");
  const edits: Edit[] = [];
  const parents = parentsIn(node);
  for (const reference of source.analysis.references.values()) {
    // The name of a function declaration is a variable around it, and its own name here.
    const isOwnName = "id" in node && node.id === reference.identifier;
    if (isEvalCallee(source, reference, parents)) continue;
    if (!isOwnName && parents.has(reference.identifier) && unit.captures.has(reference.variable)) {
      rewriteReference(source, reference, parents, captures, edits);
    }
  }
  for (const [expression, importer] of source.analysis.imports) {
    const text = captures.textOf(importer);
    if (!parents.has(expression) || text === null) continue;
    const { start } = expression;
    edits.push({
      start,
      end: start + "import".length,
      text: `${captures.prefix}r.valueOf(${text})`,
    });
  }
  for (const [call, scope] of source.analysis.evals) {
    const [text] = call.arguments;
    if (!parents.has(call) || text === undefined) continue;
    const site = captures.evalSite(call, scope);
    const open = `${captures.prefix}r.evalText(eval,${site},`;
    edits.push({ start: text.start, end: text.start, text: open });
    edits.push({ start: text.end, end: text.end, text: ")" });
  }
  for (const use of captures.namesLexical ? source.analysis.lexicalUses : []) {
    if (!parents.has(use.node) || (use.owner !== null && unit.contains(use.owner))) continue;
    edits.push({ start: use.node.start, end: use.node.end, text: `${captures.prefix}${use.kind}` });
  }
  return edits;
}

/** A direct eval is one only by the name of the function. */
function isEvalCallee(
  { analysis }: Source,
  { identifier }: Reference,
  parents: ReadonlyMap<AnyNode, AnyNode>,
): boolean {
  const parent = parents.get(identifier);
  return (
    parent?.type === "CallExpression" && parent.callee === identifier && analysis.evals.has(parent)
  );
}

function rewriteReference(
  source: Source,
  { identifier, variable, isWrite }: Reference,
  parents: ReadonlyMap<AnyNode, AnyNode>,
  captures: CaptureText,
  edits: Edit[],
): void {
  const parent = parents.get(identifier);
  let text = captures.textOf(variable);
  if (text === null) return;
  const { start, end, name } = identifier;
  const runtime = `${captures.prefix}r`;
  const kind = captures.kindOf(variable);
  if (isWrite) {
    if (kind === "outer" && !isInStrictCode(source, identifier, parents))
      text = `${runtime}.looseBinding(${captures.cellOf(variable)}).v`;
    if (kind === "const") text = `${runtime}.constantBinding(${captures.cellOf(variable)}).v`;
    if (kind === "ownName") {
      text = `${runtime}.${isInStrictCode(source, identifier, parents) ? "constantBinding" : "silentBinding"}(${captures.cellOf(variable)}).v`;
    }
  }
  if (parent === undefined) {
    edits.push({ start, end, text });
    return;
  }
  if (parent.type === "UnaryExpression" && parent.operator === "typeof" && kind === "outer") {
    edits.push({
      start: parent.start,
      end: parent.end,
      text: ` ${runtime}.typeofBinding(${captures.cellOf(variable)})`,
    });
    return;
  }
  const isShorthand = (node: AnyNode | undefined): boolean =>
    node?.type === "Property" && node.shorthand;
  if (isShorthand(parent) || (isDefaultOf(parent, identifier) && isShorthand(parents.get(parent))))
    text = `${name}:${text}`;
  if (!isWrite && isNamedInErrors(identifier, parents)) {
    // V8 prints `(x = …)` as "x". A call through the cell alone would also pass the cell as receiver.
    const display = captures.displayOf(variable);
    if (display === null) text = `${runtime}.valueOf(${text})`;
    else text = `${startsStatement(identifier, parents) ? "void 0," : ""}(${display}=${text})`;
  }
  edits.push({ start, end, text });
  const named = assignedFunction(parent, identifier);
  if (named !== null) {
    // NamedEvaluation needs a name on the left, which the cell access is not. A computed key would not do: V8 gives
    // its name to a class with a static method `name`, too. A quoted "__proto__" would set the prototype.
    const key = name === "__proto__" ? '["__proto__"]' : JSON.stringify(name);
    edits.push({ start: named.start, end: named.start, text: `({${key}:` });
    edits.push({ start: named.end, end: named.end, text: `})[${JSON.stringify(name)}]` });
  }
}

function isInStrictCode(
  source: Source,
  identifier: Identifier,
  parents: ReadonlyMap<AnyNode, AnyNode>,
): boolean {
  for (let node = parents.get(identifier); node !== undefined; node = parents.get(node)) {
    const unit = source.analysis.units.get(node);
    if (unit !== undefined) return unit.isStrict;
  }
  return source.analysis.root.isStrict;
}

/** True where an error would name the variable: what is called, constructed, iterated or destructured. */
function isNamedInErrors(identifier: Identifier, parents: ReadonlyMap<AnyNode, AnyNode>): boolean {
  const parent = parents.get(identifier);
  if (parent === undefined) return false;
  if (parent.type === "MemberExpression" && parent.object === identifier) {
    const around = parents.get(parent);
    return around !== undefined && isCalled(parent, around);
  }
  if (isCalled(identifier, parent) || parent.type === "SpreadElement") return true;
  if (parent.type === "ForOfStatement") return parent.right === identifier;
  return (
    parent.type === "VariableDeclarator" &&
    parent.init === identifier &&
    parent.id.type === "ObjectPattern"
  );
}

function isCalled(node: AnyNode, parent: AnyNode): boolean {
  if (parent.type === "CallExpression" || parent.type === "NewExpression")
    return parent.callee === node;
  return parent.type === "TaggedTemplateExpression" && parent.tag === node;
}

/** True if the identifier begins an expression statement: text that begins with "(" might continue the line before. */
function startsStatement(identifier: Identifier, parents: ReadonlyMap<AnyNode, AnyNode>): boolean {
  for (
    let node = parents.get(identifier);
    node?.start === identifier.start;
    node = parents.get(node)
  ) {
    if (node.type === "ExpressionStatement") return true;
  }
  return false;
}

function isDefaultOf(node: AnyNode, identifier: Identifier): boolean {
  return node.type === "AssignmentPattern" && node.left === identifier;
}

/** The anonymous function or class that an assignment to the identifier names. */
function assignedFunction(parent: AnyNode, identifier: Identifier): AnyNode | null {
  if (parent.type !== "AssignmentExpression" && parent.type !== "AssignmentPattern") return null;
  if (parent.left !== identifier || !isAnonymousDefinition(parent.right)) return null;
  if (parent.start !== identifier.start) return null; // in parentheses
  const names =
    parent.type === "AssignmentPattern" || ["=", "&&=", "||=", "??="].includes(parent.operator);
  return names ? parent.right : null;
}

function parentsIn(root: AnyNode): ReadonlyMap<AnyNode, AnyNode> {
  const parents = new Map<AnyNode, AnyNode>();
  const visit = (node: AnyNode): void => {
    for (const child of childNodes(node)) {
      parents.set(child, node);
      visit(child);
    }
  };
  visit(root);
  return parents;
}

/** Insertions at one offset keep their order: those that open come before replacements, those that close after. */
function applyEdits(text: string, start: number, end: number, edits: readonly Edit[]): string {
  const sorted = edits
    .map((edit, i) => ({ ...edit, i }))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.i - b.i);
  let result = "";
  let at = start;
  for (const edit of sorted) {
    if (edit.start < at) continue;
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at, end);
}
