/** Constants as JavaScript text that may stand anywhere an operand may. */

import type { Constant } from "../instructions/operand.ts";

export function printLiteral(value: Constant): string {
  switch (typeof value) {
    case "undefined":
      return "(void 0)";
    case "number":
      return printNumber(value);
    case "bigint":
      return value < 0n ? `(${value}n)` : `${value}n`;
    case "string":
      // JSON leaves the two line separators bare, which older scripts do not allow in strings.
      return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
    default:
      return String(value);
  }
}

/** NaN and Infinity are names that may be shadowed: written as quotients. */
function printNumber(value: number): string {
  if (Number.isNaN(value)) return "(0/0)";
  if (Object.is(value, -0)) return "(-0)";
  if (!Number.isFinite(value)) return value > 0 ? "(1/0)" : "(-1/0)";
  return value < 0 ? `(${value})` : String(value);
}
