import { RuntimeScalar } from "../../core/runtime-scalar.ts";
import type { ScalarValue } from "../program.ts";

/** The same for scalars that are the same number at every call. */
export function scalarKey(value: ScalarValue): string {
  if (value instanceof RuntimeScalar) return `#${value.slot} ${value.converted?.name ?? ""}`;
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : String(value);
}
