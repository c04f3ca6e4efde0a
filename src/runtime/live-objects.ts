/**
 * Which objects of a class are still reachable, answered at once.
 *
 * `FinalizationRegistry` and `WeakRef` answer only after the running job has ended, so a loop that never awaits could not
 * free anything by them. The inspector can be asked in the middle of a job: it collects garbage and gives what is left.
 */
import {
  inspectorSession,
  type InspectorSession,
  releaseRemotes,
  remoteOf,
  objectGroup,
} from "../base/inspector-session.ts";

/** All reachable objects made by `objectClass` or a subclass (and prototypes of subclasses), or null where there is no inspector to ask (browsers, Bun, Deno). */
export function liveObjects<Instance extends object>(
  objectClass: abstract new (...args: never) => Instance,
): readonly Instance[] | null {
  const session = inspectorSession();
  if (session === null) return null;
  try {
    const found = query(session, objectClass.prototype);
    if (!Array.isArray(found)) return null;
    return found.filter((candidate): candidate is Instance => candidate instanceof objectClass);
  } finally {
    releaseRemotes(session);
  }
}

function query(session: InspectorSession, prototype: unknown): unknown {
  const prototypeObjectId = remoteOf(session, prototype);
  if (prototypeObjectId === null) return null;
  const answer = session.post("Runtime.queryObjects", { prototypeObjectId, objectGroup });
  // The shape is fixed by the protocol: Runtime.queryObjects answers {objects: {objectId}}.
  const objectId = (answer as { objects?: { objectId?: string } } | null)?.objects?.objectId;
  if (objectId === undefined) return null;
  session.holder["value"] = null;
  session.post("Runtime.callFunctionOn", {
    objectId: session.holderId,
    functionDeclaration: "function (found) { this.value = found }",
    arguments: [{ objectId }],
    objectGroup,
  });
  const found = session.holder["value"];
  session.holder["value"] = null;
  return found;
}
