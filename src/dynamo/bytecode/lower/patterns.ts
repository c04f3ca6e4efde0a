/** Binding and assignment patterns: each consumes the value on the stack. */

import type {
  ArrayPattern,
  AssignmentPattern,
  MemberExpression,
  ObjectPattern,
  Pattern,
  RestElement,
} from "acorn";
import { keyName } from "../parse/parse-function.ts";
import { storeMember } from "./assignments.ts";
import { conditionalSite, printCallSite } from "./call-site.ts";
import { lowerMemberReference } from "./calls.ts";
import { closeAndThrow } from "./exits.ts";
import { lowerExpression, lowerNamed } from "./expressions.ts";
import type { Lowering } from "./lowering.ts";

export interface PatternMode {
  /** True where the pattern declares its variables, false where it assigns them. */
  readonly initializes: boolean;
  /** Names the value in messages: an expression, "" to print the value itself, null inside another pattern. */
  readonly site: string | null;
  /** The engine sees a default of a parameter as `given === undefined ? default : given`. */
  readonly isParameter?: boolean;
}

export function lowerPattern(at: Lowering, node: Pattern, mode: PatternMode): void {
  switch (node.type) {
    case "Identifier": {
      const { variable } = at.reference(node);
      if (mode.initializes && variable.kind !== "var") at.initializeVariable(node, variable);
      else at.assignVariable(node, variable);
      return;
    }
    case "AssignmentPattern":
      lowerDefault(at, node);
      return lowerPattern(at, node.left, {
        ...mode,
        site: defaultSite(node, mode),
      });
    case "ObjectPattern":
      return lowerObjectPattern(at, node, mode);
    case "ArrayPattern":
      return lowerArrayPattern(at, node, mode);
    case "MemberExpression":
    case "RestElement":
      return at.unsupported(node, "assignment target");
  }
}

function defaultSite({ left, right }: AssignmentPattern, { isParameter }: PatternMode): string {
  if (left.type !== "ObjectPattern") return "";
  return isParameter === true ? conditionalSite : printCallSite(right);
}

/** `target = default`: replaces undefined on the stack. */
function lowerDefault(at: Lowering, node: AssignmentPattern): void {
  const given = at.label();
  at.jump(node, "jumpIfDefinedOrPop", given);
  lowerNamed(at, node.right, node.left.type === "Identifier" ? node.left.name : "");
  at.emitter.bind(given);
}

/** A member expression as target: evaluated before its value is fetched. */
export function lowerMemberTarget(at: Lowering, target: MemberExpression, fetch: () => void): void {
  lowerMemberReference(at, target);
  fetch();
  storeAndDrop(at, target);
}

/** An element of a pattern: a member target is evaluated before its value is fetched (ECMA-262 13.15.5). */
function lowerElement(at: Lowering, node: Pattern, mode: PatternMode, fetch: () => void): void {
  const target = node.type === "AssignmentPattern" ? node.left : node;
  if (target.type !== "MemberExpression") {
    fetch();
    lowerPattern(at, node, { initializes: mode.initializes, site: null });
    return;
  }
  lowerMemberReference(at, target);
  fetch();
  if (node.type === "AssignmentPattern") lowerDefault(at, node);
  storeAndDrop(at, target);
}

function storeAndDrop(at: Lowering, target: MemberExpression): void {
  storeMember(at, target, target);
  at.emit(target, { op: "pop" });
}

function lowerObjectPattern(at: Lowering, node: ObjectPattern, mode: PatternMode): void {
  const first = node.properties[0];
  const property = first?.type === "Property" && !first.computed ? keyName(first.key) : null;
  at.emit(node, { op: "requireObject", site: objectSite(first, mode.site), property });
  const object = at.emitter.allocate("$object", false, false);
  at.emit(node, { op: "storeLocal", slot: object });
  const hasRest = node.properties.some((element) => element.type === "RestElement");
  /** Keys already taken, for the rest element. */
  const taken: (string | { readonly slot: number })[] = [];
  for (const element of node.properties) {
    if (element.type === "RestElement") {
      lowerElement(at, element.argument, mode, () => {
        at.emit(element, { op: "loadLocal", slot: object });
        for (const key of taken) {
          if (typeof key === "string") at.emit(element, { op: "pushConstant", value: key });
          else at.emit(element, { op: "loadLocal", slot: key.slot });
        }
        at.emit(element, { op: "excludeProperties", count: taken.length });
      });
    } else if (!element.computed) {
      const name = keyName(element.key);
      taken.push(name);
      lowerElement(at, element.value, mode, () => {
        at.emit(element, { op: "loadLocal", slot: object });
        at.emit(element, { op: "getProperty", name });
      });
    } else {
      const target =
        element.value.type === "AssignmentPattern" ? element.value.left : element.value;
      if (!hasRest && target.type !== "MemberExpression") {
        at.emit(element, { op: "loadLocal", slot: object });
        lowerExpression(at, element.key);
        at.emit(element, { op: "getElement" });
        lowerPattern(at, element.value, { initializes: mode.initializes, site: null });
        continue;
      }
      lowerExpression(at, element.key);
      at.emit(element.key, { op: "toPropertyKey" });
      const slot = at.emitter.allocate("$key", false, false);
      at.emit(element.key, { op: "storeLocal", slot });
      taken.push({ slot });
      lowerElement(at, element.value, mode, () => {
        at.emit(element, { op: "loadLocal", slot: object });
        at.emit(element, { op: "loadLocal", slot });
        at.emit(element, { op: "getElement" });
      });
    }
  }
  for (const key of taken) if (typeof key !== "string") at.emitter.release(key.slot);
  at.emitter.release(object);
}

/** V8 does not check the value when its first property has a default or goes to a member: the read itself fails then. */
function objectSite(first: ObjectPattern["properties"][0] | undefined, site: string | null) {
  if (first?.type !== "Property" || first.computed) return site;
  const { value } = first;
  if (value.type === "MemberExpression") return null;
  if (value.type !== "AssignmentPattern") return site;
  return value.left.type === "ObjectPattern" ? printCallSite(value.right) : null;
}

function lowerArrayPattern(at: Lowering, node: ArrayPattern, mode: PatternMode): void {
  const handler = at.label();
  const end = at.label();
  const iterator = at.emitter.allocate("$iterator", false, false);
  at.emit(node, { op: "getIterator", site: mode.site ?? "" });
  at.emit(node, { op: "storeLocal", slot: iterator });
  at.emitter.openRegion(handler, null);
  for (const element of node.elements) {
    if (element === null) {
      at.emit(node, { op: "iteratorStep", iterator });
      at.emit(node, { op: "pop" });
    } else if (element.type === "RestElement") {
      const rest: RestElement = element;
      lowerElement(at, rest.argument, mode, () => at.emit(rest, { op: "iteratorRest", iterator }));
    } else
      lowerElement(at, element, mode, () => at.emit(element, { op: "iteratorStep", iterator }));
  }
  at.emitter.closeRegion();
  at.emit(node, { op: "iteratorClose", iterator });
  at.jump(node, "jump", end);
  at.emitter.bind(handler);
  closeAndThrow(at, node, iterator);
  at.emitter.bind(end);
  at.emitter.release(iterator);
}
