import { arrayItem } from "../interpreter/contents.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { ArrayVariable } from "../variables/variable.ts";
import { arrayIndex } from "./array-index.ts";

/** HasOwnProperty (ECMA-262 §7.3.12) of an array: its elements, `length`, and what the program added by name. */
export function arrayHasOwn(machine: Machine, target: ArrayVariable, key: PropertyKey): boolean {
  if (key === "length") return true;
  const index = arrayIndex(key);
  if (index !== null) {
    return (arrayItem(machine, target, index) ?? null) !== null;
  }
  if (typeof key === "string" && target.named.has(key)) return true;
  const { value, source } = target;
  if (value === null || source === null) return false;
  const isPresent = Object.hasOwn(value, key);
  machine.tracer.addGuard({ kind: isPresent ? "PRESENT" : "NOT_PRESENT", source, key });
  return isPresent;
}

/** Whether an array has elements only, guarded: `Object.assign([], { k: 1 })` enumerates `k` too. */
export function hasOnlyElements(machine: Machine, target: ArrayVariable): boolean {
  if (target.named.size > 0) return false;
  const { value, source } = target;
  if (value === null || source === null) return true;
  const keys = Reflect.ownKeys(value);
  machine.tracer.addGuard({ kind: "KEYS_MATCH", source, keys });
  return keys.every((key) => key === "length" || arrayIndex(key) !== null);
}
