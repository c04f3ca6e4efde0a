/** JavaScript of an object with accessors for variables, to be evaluated where they can be seen. */
import { privateAccessorText } from "../dynamo/source/private-name.ts";
import type { Declaration } from "../dynamo/source/script-scope.ts";

export interface ScopeExtras {
  readonly usesThis?: boolean;
  readonly privateNames?: readonly string[];
}

/** No user variable is called this: a text that mentions the registry is not transformed. */
const given = "$fullgraph_value";

export function scopeLiteral(
  declarations: readonly Declaration[],
  { usesThis = false, privateNames = [] }: ScopeExtras = {},
): string {
  const parts = [`variables:{__proto__:null,${declarations.map(accessor).join(",")}}`];
  if (usesThis) parts.push("readThis:()=>this");
  if (privateNames.length > 0)
    parts.push(`privateNames:{${privateNames.map(privateAccessor).join(",")}}`);
  return `{${parts.join(",")}}`;
}

/** Only what somebody assigns gets a writer: the engine keeps treating the others as constants. */
function accessor({ name, kind, isReassigned }: Declaration): string {
  const get = `get:()=>${name}`;
  const canWrite =
    isReassigned && kind !== "import" && kind !== "functionName" && kind !== "arguments";
  return `${JSON.stringify(name)}:{${canWrite ? `${get},set:${given}=>{${name}=${given}}` : get}}`;
}

function privateAccessor(name: string): string {
  return `"${name}":${privateAccessorText(name, given)}`;
}
