import { environmentVariable } from "../base/environment-variable.ts";
import { nodeBuiltin } from "../base/node-builtin.ts";

/** Set to 0, this environment variable keeps relaxed SIMD unused. */
const variable = "FULLGRAPH_RELAXED_SIMD";
const flag = "--experimental-wasm-relaxed-simd";

export const isRelaxedSimdForbidden = (): boolean => environmentVariable(variable) === "0";

/** V8 of Node 20 has relaxed SIMD behind a flag that can be set while running, before the first module that needs it. */
export function setRelaxedSimdFlag(): void {
  if (isRelaxedSimdForbidden() || !isBehindFlag()) return;
  nodeBuiltin("v8")?.setFlagsFromString(flag);
}

/** V8 11.4 is the first to have it without a flag, and refuses the flag's name. */
function isBehindFlag(): boolean {
  const { process: host } = globalThis as { process?: NodeJS.Process }; // absent in browsers
  if (host?.versions["bun"] !== undefined || host?.versions["deno"] !== undefined) return false;
  const [major = 0, minor = 0] = (host?.versions.v8 ?? "").split(".").map(Number);
  return major === 10 || (major === 11 && minor < 4);
}
