import { functionCode, isInterpretable } from "./function-code.ts";

const toText = Function.prototype.toString;

/**
 * Whether a function made anew, such as an arrow function written in the call, is the same as the captured one for all
 * a capture can tell: the same place in the program, and every variable it closes over constant with the same value.
 */
export function sameClosure(value: unknown, captured: Function): boolean {
  if (value === captured) return true;
  if (typeof value !== "function" || value.name !== captured.name) return false;
  // Most strangers differ in their text; finding where a function comes from costs a hundred times more.
  if (toText.call(value) !== toText.call(captured)) return false;
  const a = functionCode(value);
  const b = functionCode(captured);
  if (!isInterpretable(a) || !isInterpretable(b) || a.code !== b.code) return false;
  if (a.code.usesThis && a.code.kind === "arrow") return false;
  return a.captures.every(({ binding }, index) => {
    const other = b.captures[index]?.binding;
    if (other === undefined) return false;
    if (binding.scope !== other.scope) return false;
    if (binding.scope !== "closure") return true; // the same global variable, guarded where it is read
    return binding.constant && other.constant && Object.is(binding.read(), other.read());
  });
}
