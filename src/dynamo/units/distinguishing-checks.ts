import { GuardSet } from "../guards/guard-set.ts";
import { type CompiledEntry, type GuardFunction, compileGuards } from "./compiled-entry.ts";

/**
 * For each entry a check of what it does not assume alike with all others: nothing, where there is one entry only.
 * Guards that are left out may be what others rely on; one that fails in reading its value just does not hold.
 */
export function distinguishingChecks(entries: readonly CompiledEntry[]): readonly GuardFunction[] {
  const keys = new GuardSet();
  const counts = new Map<string, number>();
  for (const { guards } of entries) {
    for (const { guard } of guards) {
      const key = keys.keyOf(guard);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  if (entries.length === 1) return [() => true];
  return entries.map(({ guards, inputCount }) =>
    compileGuards(
      guards.filter(({ guard }) => counts.get(keys.keyOf(guard)) !== entries.length),
      inputCount,
    ),
  );
}
