/** Assignments and updates. `wantsValue` false drops the result where that saves work. */

import type {
  AssignmentExpression,
  Identifier,
  LogicalOperator,
  MemberExpression,
  UpdateExpression,
} from "acorn";
import type { BinaryOperator } from "../instructions/operand.ts";
import { lowerMemberReference, propertyName } from "./calls.ts";
import { jumpOfLogical, lowerExpression, lowerNamed } from "./expressions.ts";
import type { Lowering } from "./lowering.ts";
import { lowerPattern } from "./patterns.ts";
import { printCallSite } from "./call-site.ts";
import { getKeyed, hasKey, setKeyed } from "./private-names.ts";

export function lowerAssignment(
  at: Lowering,
  node: AssignmentExpression,
  wantsValue: boolean,
): void {
  const { left, operator } = node;
  if (operator === "=") {
    if (left.type === "MemberExpression") {
      lowerMemberReference(at, left);
      lowerExpression(at, node.right);
      storeMember(at, node, left);
      if (!wantsValue) at.emit(node, { op: "pop" });
      return;
    }
    // A name in parentheses names nothing (ECMA-262 13.15.2 step 1.c).
    if (left.type === "Identifier" && left.start === node.start)
      lowerNamed(at, node.right, left.name);
    else lowerExpression(at, node.right);
    if (wantsValue) at.emit(node, { op: "duplicate" });
    const site = left.type === "ArrayPattern" ? "" : printCallSite(node.right);
    lowerPattern(at, left, { initializes: false, site });
    return;
  }
  const logical = logicalOperator(operator);
  if (left.type === "Identifier") {
    if (logical === null) assignCompound(at, node, left, wantsValue);
    else {
      assignLogical(at, node, left, logical);
      if (!wantsValue) at.emit(node, { op: "pop" });
    }
    return;
  }
  if (left.type !== "MemberExpression") at.unsupported(node, "assignment target");
  readMember(at, node, left);
  if (logical === null) {
    lowerExpression(at, node.right);
    at.emit(node, { op: "binary", operator: compoundOperator(operator) });
    storeMember(at, node, left);
  } else {
    const keep = at.label();
    const end = at.label();
    at.jump(node, jumpOfLogical[logical], keep);
    lowerExpression(at, node.right);
    storeMember(at, node, left);
    at.jump(node, "jump", end);
    at.emitter.bind(keep);
    at.emit(node, { op: "nip" });
    if (hasKey(left)) at.emit(node, { op: "nip" });
    at.emitter.bind(end);
  }
  if (!wantsValue) at.emit(node, { op: "pop" });
}

function assignCompound(
  at: Lowering,
  node: AssignmentExpression,
  left: Identifier,
  wantsValue: boolean,
): void {
  const { variable } = at.reference(left);
  at.loadVariable(left, variable);
  lowerExpression(at, node.right);
  at.emit(node, { op: "binary", operator: compoundOperator(node.operator) });
  if (wantsValue) at.emit(node, { op: "duplicate" });
  at.assignVariable(node, variable);
}

function assignLogical(
  at: Lowering,
  node: AssignmentExpression,
  left: Identifier,
  operator: LogicalOperator,
): void {
  const { variable } = at.reference(left);
  const end = at.label();
  at.loadVariable(left, variable);
  at.jump(node, jumpOfLogical[operator], end);
  lowerNamed(at, node.right, left.name);
  at.emit(node, { op: "duplicate" });
  at.assignVariable(node, variable);
  at.emitter.bind(end);
}

function logicalOperator(operator: string): LogicalOperator | null {
  return operator === "&&=" ? "&&" : operator === "||=" ? "||" : operator === "??=" ? "??" : null;
}

function compoundOperator(operator: string): BinaryOperator {
  // Sound: every assignment operator but `=` and the logical ones is a binary operator followed by "=".
  return operator.slice(0, -1) as BinaryOperator;
}

export function lowerUpdate(at: Lowering, node: UpdateExpression, wantsValue: boolean): void {
  const by = node.operator === "++" ? 1 : -1;
  const { argument, prefix } = node;
  if (argument.type === "Identifier") return updateVariable(at, node, argument, by, wantsValue);
  if (argument.type !== "MemberExpression") at.unsupported(node, "update target");
  readMember(at, argument, argument);
  if (prefix || !wantsValue) {
    at.emit(node, { op: "increment", by });
    storeMember(at, node, argument);
  } else {
    at.emit(node, { op: "toNumeric" });
    at.emit(node, hasKey(argument) ? { op: "insert3" } : { op: "insert2" });
    at.emit(node, { op: "increment", by });
    storeMember(at, node, argument);
    at.emit(node, { op: "pop" });
  }
  if (!wantsValue) at.emit(node, { op: "pop" });
}

function updateVariable(
  at: Lowering,
  node: UpdateExpression,
  argument: Identifier,
  by: 1 | -1,
  wantsValue: boolean,
): void {
  const { variable } = at.reference(argument);
  const isPlain = at.isOwn(variable) && !variable.isCaptured && !variable.needsCheck;
  if (!wantsValue && isPlain && variable.kind !== "const" && variable.kind !== "ownName") {
    at.emit(node, { op: "updateLocal", slot: at.slotOf(variable), by });
    return;
  }
  at.loadVariable(argument, variable);
  if (!node.prefix && wantsValue) {
    at.emit(node, { op: "toNumeric" });
    at.emit(node, { op: "duplicate" });
    at.emit(node, { op: "increment", by });
  } else {
    at.emit(node, { op: "increment", by });
    if (wantsValue) at.emit(node, { op: "duplicate" });
  }
  at.assignVariable(node, variable);
}

/** Leaves the reference and, above it, its current value. */
function readMember(
  at: Lowering,
  node: AssignmentExpression | MemberExpression,
  member: MemberExpression,
): void {
  lowerMemberReference(at, member);
  if (hasKey(member)) {
    at.emit(node, { op: "duplicatePair" });
    at.emit(member, { op: getKeyed(member) });
  } else {
    at.emit(node, { op: "duplicate" });
    at.emit(member, { op: "getProperty", name: propertyName(at, member) });
  }
}

export function storeMember(
  at: Lowering,
  node: AssignmentExpression | UpdateExpression | MemberExpression,
  member: MemberExpression,
): void {
  if (hasKey(member)) at.emit(node, { op: setKeyed(member) });
  else at.emit(node, { op: "setProperty", name: propertyName(at, member) });
}
