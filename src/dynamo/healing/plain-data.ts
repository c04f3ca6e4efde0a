import type { ArrayVariable, ObjectVariable } from "../variables/variable.ts";

/** Whether making it again from its elements or properties gives the same: no class, no accessor, nothing hidden. */
export function isPlainData(value: ArrayVariable | ObjectVariable): boolean {
  if (value.source !== null || value.frozen) return false;
  if (value.kind === "array")
    return value.flavour === "array" && value.named.size === 0 && value.appended.length === 0;
  return (
    value.prototype === Object.prototype &&
    value.error === null &&
    [...value.properties.values()].every((slot) => slot.kind === "data" && slot.enumerable)
  );
}
