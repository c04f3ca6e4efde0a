import { interpretFunction } from "./interpret/interpret-function.ts";
import { mayGenerateCode } from "./may-generate-code.ts";

/**
 * `new Function(...parameters, body)`, also where that is forbidden: then the text is interpreted.
 * Text of the compiler's own, never of a stranger's: it runs with everything the process may do.
 */
export function makeFunction(
  parameters: readonly string[],
  body: string,
): (...args: readonly unknown[]) => unknown {
  if (!mayGenerateCode()) return interpretFunction(parameters, body);
  // Every function can be called this way.
  return new Function(...parameters, body) as (...args: readonly unknown[]) => unknown;
}
