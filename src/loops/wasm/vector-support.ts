/** What of the expression language has vector code. */
import { dtypes } from "../../core/dtype.ts";
import { at } from "../../core/shape.ts";
import type { Expression } from "../expression.ts";
import { expressionsOf, visitExpressions, type Kernel } from "../kernel.ts";
import { arithmeticOn } from "./arithmetic.ts";
import { kindOf } from "./lower-expression.ts";
import type { LaneKind } from "./program.ts";
import { unaryOn } from "./unary.ts";

/** Why a kernel is left to the JavaScript backend, or null. */
export function reasonAgainst(kernel: Kernel): string | null {
  let reason: string | null = null;
  visitExpressions(
    kernel.stages.flatMap((own) => expressionsOf(own)),
    (expression) => (reason ??= reasonAgainstExpression(expression)),
  );
  return reason ?? reasonAgainstStores(kernel);
}

function reasonAgainstExpression(expression: Expression): string | null {
  if (expression.kind === "unary") {
    const { operation, x } = expression;
    const kind = x.type === "index" ? "i64" : kindOf(x.type);
    if (unaryOn(operation, kind, x.type === "uint8") === null)
      return `no vector code for ${operation} of ${x.type}`;
  }
  if (expression.kind === "arithmetic") {
    const { operation, type } = expression;
    if (!hasArithmetic(operation, type)) return `no vector code for ${operation} of ${type}`;
  }
  return null;
}

function hasArithmetic(
  operation: Parameters<typeof arithmeticOn>[0],
  type: Expression["type"],
): boolean {
  const kinds: readonly LaneKind[] = type === "index" ? ["i32", "i64"] : [kindOf(type)];
  return kinds.every((kind) => arithmeticOn(operation, kind, type === "uint8") !== null);
}

const combining = { add: "add", multiply: "mul", minimum: "minimum", maximum: "maximum" } as const;

function reasonAgainstStores(kernel: Kernel): string | null {
  const hasSweeps = kernel.stages.some((own) => own.over === "sweep");
  if (!hasSweeps && (kernel.stages.length !== 1 || kernel.stages[0]?.states.length !== 0))
    return "several stages and no sweep";
  for (const { stores } of kernel.stages)
    for (const { mode, operand, coordinates } of stores) {
      if (mode === "set") continue;
      if (coordinates === null) return `stores by ${mode} at the current point`;
      const { type } = at(kernel.operands, operand);
      if (!hasArithmetic(combining[mode], dtypes[type].computeName))
        return `no vector code for ${mode} of ${type}`;
    }
  return null;
}
