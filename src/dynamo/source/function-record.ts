/** The record of a function or class of a script: filled while the script is walked, read-only afterwards. */
import type { AnyNode, Class, Function as FunctionNode, MethodDefinition } from "acorn";
import { canStopBeforeFirstStep } from "./first-step.ts";
import { harmlessArguments } from "./harmless-arguments.ts";
import type {
  FreeName,
  FunctionForm,
  FunctionRecord,
  PrivateKind,
  ScriptScope,
} from "./script-scope.ts";

export interface GrowingRecord extends FunctionRecord {
  readonly freeNames: Map<string, FreeName>;
  readonly privateUses: Set<string>;
  readonly ownNames: Set<string>;
  readonly outermostNames: Set<string>;
}

export function recordOfFunction(
  node: FunctionNode,
  form: FunctionForm,
  definedIn: ScriptScope,
  isStatic = false,
): GrowingRecord {
  return {
    start: node.start,
    end: node.end,
    form,
    isArrow: node.type === "ArrowFunctionExpression",
    isStatic,
    isAsync: node.async,
    isGenerator: node.generator,
    isStrict: true,
    definedIn,
    bodyStart: node.body.start,
    bodyEnd: node.body.end,
    hasExpressionBody: node.body.type !== "BlockStatement",
    probeAt: startOfSteps(node),
    usesThis: false,
    privateNames: [],
    privateUses: new Set(),
    freeNames: new Map(),
    ownNames: new Set(),
    outermostNames: new Set(),
    harmlessArguments: canStopBeforeFirstStep(node) ? harmlessArguments(node.params) : null,
  };
}

/** A class is called through its constructor; without one, or with fields to initialise first, it cannot be entered. */
export function recordOfClass(node: Class, definedIn: ScriptScope): GrowingRecord {
  const constructor = constructorOf(node)?.value;
  const hasFields = node.body.body.some(
    (member) => member.type === "PropertyDefinition" && !member.static,
  );
  const isDerived = node.superClass !== null && node.superClass !== undefined;
  const canEnter =
    constructor !== undefined && (isDerived || !hasFields) && canStopBeforeFirstStep(constructor);
  return {
    start: node.start,
    end: node.end,
    form: "class",
    isArrow: false,
    isStatic: false,
    isAsync: false,
    isGenerator: false,
    isStrict: true, // ECMA-262 11.2.2
    definedIn,
    bodyStart: constructor?.body.start ?? node.start,
    bodyEnd: constructor?.body.end ?? node.end,
    hasExpressionBody: false,
    probeAt: node.body.start + 1,
    usesThis: false,
    privateNames: [...privateKindsOf(node).keys()],
    privateUses: new Set(),
    freeNames: new Map(),
    ownNames: new Set(),
    outermostNames: new Set(),
    harmlessArguments: canEnter ? harmlessArguments(constructor.params) : null,
  };
}

/** Behind the directives: they are such only at the start of a body. */
function startOfSteps({ body }: FunctionNode): number {
  if (body.type !== "BlockStatement") return body.start;
  return body.body.findLast(isDirective)?.end ?? body.start + 1;
}

function isDirective(statement: AnyNode): boolean {
  return statement.type === "ExpressionStatement" && statement.directive !== undefined;
}

export function privateKindsOf(node: Class): ReadonlyMap<string, PrivateKind> {
  const kinds = new Map<string, PrivateKind>();
  for (const member of node.body.body) {
    if (member.type === "StaticBlock" || member.key.type !== "PrivateIdentifier") continue;
    const isAccessor =
      member.type === "MethodDefinition" && (member.kind === "get" || member.kind === "set");
    const ofMember = member.type === "MethodDefinition" ? "method" : "field";
    kinds.set(`#${member.key.name}`, isAccessor ? "accessor" : ofMember);
  }
  return kinds;
}

export function constructorOf(node: Class): MethodDefinition | undefined {
  return node.body.body.find(isConstructor);
}

function isConstructor(member: AnyNode): member is MethodDefinition {
  return member.type === "MethodDefinition" && member.kind === "constructor";
}
