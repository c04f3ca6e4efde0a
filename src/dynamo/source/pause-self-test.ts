/** Tries the pause on a function of our own before the first one of the user's. */
import type { InspectorSession } from "../../base/inspector-session.ts";
import { pauseAt } from "./pause-at-entry.ts";
import { readScopes } from "./read-scopes.ts";
import { nodeBuiltin } from "../../base/node-builtin.ts";

let works: boolean | undefined;

export function pausingWorks(session: InspectorSession): boolean {
  works ??= selfTest(session);
  return works;
}

/** True only if the engine stopped, gave access to the variables, and ran nothing of the body. */
function selfTest(session: InspectorSession): boolean {
  // A script of its own: bundlers rename what is in files.
  const make: unknown = nodeBuiltin("vm")?.runInThisContext(
    "(() => { let inside = 1, calls = 0; return [() => { calls++; return inside }, () => [inside, calls]] })",
  );
  if (typeof make !== "function") return false;
  const [fn, look] = make() as [() => number, () => [number, number]]; // as written in the line above
  const place = readScopes(fn)?.place;
  if (place === undefined) return false;
  const pause = pauseAt(session, {
    fn,
    entry: (exchange) => `${exchange}.fn()`,
    expression: (exchange) =>
      `${exchange}.value = { get: () => inside, set: (v) => { inside = v } }; undefined`,
    place,
    bodyStart: place,
    end: { ...place, column: place.column + 40 },
    globalObject: session.mainGlobal,
  });
  const access = pause?.value as { get: () => unknown; set: (value: unknown) => void } | undefined; // the expression
  if (access === undefined) return false;
  access.set(2);
  const [inside, calls] = look();
  return access.get() === 2 && inside === 2 && calls === 0;
}
