/** Tier R: a snapshot of the scopes a function closes over. Read only, about 0.2 ms. */
import {
  inspectorSession,
  objectGroup,
  releaseRemotes,
  remoteOf,
  type InspectorSession,
} from "../../base/inspector-session.ts";

export interface ScopeSnapshot {
  /** Innermost first, as V8 names them: "Block", "Closure (f)", "Catch", "Module", "Script", "Global". */
  readonly scopes: readonly ScopeObject[];
  /** Where the engine says the function's parameter list is. */
  readonly place: EnginePlace;
}

/** A place in a script, 0-based, with the script's own offsets applied. */
export interface EnginePlace {
  readonly scriptId: string;
  readonly line: number;
  readonly column: number;
}

export interface ScopeObject {
  readonly kind: "closure" | "module" | "script" | "global";
  readonly values: Record<string, unknown>;
}

interface ProtocolLocation {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

interface PropertiesAnswer {
  readonly internalProperties?: readonly {
    readonly name: string;
    readonly value?: { readonly objectId?: string; readonly value?: ProtocolLocation };
  }[];
}

/** null: no inspector, or a function without scopes. */
export function readScopes(fn: Function): ScopeSnapshot | null {
  const session = inspectorSession();
  if (session === null) return null;
  try {
    return snapshot(session, fn);
  } finally {
    releaseRemotes(session);
  }
}

/** The innermost scope that shows a variable; the global object does not count. */
export function scopeWith(snapshot: ScopeSnapshot | null, name: string): ScopeObject | null {
  return (
    snapshot?.scopes.find(
      (scope) => scope.kind !== "global" && Object.hasOwn(scope.values, name),
    ) ?? null
  );
}

function snapshot(session: InspectorSession, fn: Function): ScopeSnapshot | null {
  const functionId = remoteOf(session, fn);
  if (functionId === null) return null;
  // The shape of the answer is fixed by the protocol (Runtime.getProperties).
  const properties = session.post("Runtime.getProperties", {
    objectId: functionId,
    ownProperties: true,
  }) as PropertiesAnswer | null;
  const internal = properties?.internalProperties ?? [];
  const scopesId = internal.find((property) => property.name === "[[Scopes]]")?.value?.objectId;
  const location = internal.find((property) => property.name === "[[FunctionLocation]]")?.value
    ?.value;
  if (scopesId === undefined || location === undefined) return null;
  const list = realValue(session, scopesId);
  if (!isScopeList(list)) return null;
  const scopes: ScopeObject[] = [];
  for (let index = 0; index < list.length; index++) {
    const entry = list[index];
    if (entry !== undefined)
      scopes.push({ kind: scopeKind(entry.description), values: entry.object });
  }
  return {
    scopes,
    place: {
      scriptId: location.scriptId,
      line: location.lineNumber,
      column: location.columnNumber,
    },
  };
}

function realValue(session: InspectorSession, objectId: string): unknown {
  // `this` of the called function is the real object behind the handle; the holder travels as an argument.
  session.post("Runtime.callFunctionOn", {
    objectId,
    functionDeclaration: "function (holder) { holder.result = this }",
    arguments: [{ objectId: session.holderId }],
    objectGroup,
  });
  const result = session.holder["result"];
  session.holder["result"] = null;
  return result;
}

interface ScopeListEntry {
  readonly description: string;
  readonly object: Record<string, unknown>;
}

function isScopeList(value: unknown): value is ArrayLike<ScopeListEntry> {
  return typeof value === "object" && value !== null && "length" in value;
}

function scopeKind(description: string): ScopeObject["kind"] {
  if (description === "Global") return "global";
  if (description === "Script") return "script";
  return description === "Module" ? "module" : "closure";
}
