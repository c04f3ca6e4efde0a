/** Which ways at closure variables may be used: `FULLGRAPH_SOURCE_TIER=R` or `P`, else the engine's choice. */
export type SourceTier = "automatic" | "R" | "P";

let forced: SourceTier | null = null;

export function sourceTier(): SourceTier {
  if (forced !== null) return forced;
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }; // absent in browsers
  const wanted = process?.env?.["FULLGRAPH_SOURCE_TIER"];
  return wanted === "R" || wanted === "P" ? wanted : "automatic";
}

/** For tests: overrides the environment until called with null. Functions located before keep their bindings. */
export function forceSourceTier(tier: SourceTier | null): void {
  forced = tier;
}
