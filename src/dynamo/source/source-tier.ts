/**
 * How the front end gets at the variables around a function:
 * - T: accessors that a build- or load-time transform put into the module (`node --import fullgraph/register`);
 * - P: pause and grab, through the inspector of the own process;
 * - R: the inspector's snapshot of the scopes, read only.
 *
 * Automatic takes the first that serves a variable, in this order. `FULLGRAPH_TIER=T`, `P` or `R` forces one.
 */
export type SourceTier = "automatic" | "T" | "P" | "R";

let forced: SourceTier | null = null;

export function sourceTier(): SourceTier {
  if (forced !== null) return forced;
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }; // absent in browsers
  const wanted = process?.env?.["FULLGRAPH_TIER"];
  return wanted === "T" || wanted === "P" || wanted === "R" ? wanted : "automatic";
}

/** For tests: overrides the environment until called with null. Functions located before keep their bindings. */
export function forceSourceTier(tier: SourceTier | null): void {
  forced = tier;
}
