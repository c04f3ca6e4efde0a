/** One inspector session with the own process: synchronous requests, and a holder object both sides can see. */
import { nodeBuiltin } from "./node-builtin.ts";

export interface InspectorSession {
  /** The answer of a request that the engine answers in the same turn; null if it was refused. */
  post(method: string, parameters?: object): unknown;
  /** A request whose answer comes later or not at all. */
  postWithoutAnswer(method: string): void;
  on(event: string, listener: (message: { readonly params: unknown }) => void): void;
  off(event: string, listener: (message: { readonly params: unknown }) => void): void;
  /** Exchange of real values: functions sent by the inspector find this object as `this`. */
  readonly holder: Record<string, unknown>;
  readonly holderId: string;
  /** The main global object: `globalThis` of the place where `Runtime.evaluate` runs, also for code in vm contexts. */
  readonly mainGlobal: object;
}

/** Remote handles made under this group are released after each use. */
export const objectGroup = "fullgraph";

let session: InspectorSession | null | undefined;

/** null where there is no inspector (browsers, Node built without it) or it does not answer synchronously (Deno, Bun). */
export function inspectorSession(): InspectorSession | null {
  if (session === undefined) session = connect();
  return session;
}

/** Whether a debugger is, or may at any time be, attached from outside: the process would wait for it at every pause. */
export function isDebuggerAttachable(): boolean {
  return nodeBuiltin("inspector")?.url() !== undefined || isWorkerOfDebuggedProcess();
}

/** A worker is not told whether its process is being debugged; the usual ways to start that leave traces. */
function isWorkerOfDebuggedProcess(): boolean {
  const { NODE_OPTIONS, VSCODE_INSPECTOR_OPTIONS } = process.env;
  const hasTraces =
    VSCODE_INSPECTOR_OPTIONS !== undefined ||
    [...process.execArgv, NODE_OPTIONS ?? ""].some((option) => /--inspect(?!-port)/.test(option));
  // Last, because most processes never load that module.
  return hasTraces && nodeBuiltin("worker_threads")?.isMainThread === false;
}

function connect(): InspectorSession | null {
  const inspector = nodeBuiltin("inspector");
  const vm = nodeBuiltin("vm");
  if (inspector === null || vm === null) return null;
  try {
    return connectTo(inspector, vm);
  } catch {
    return null; // an inspector that exists only in name; the tiers that need it step aside
  }
}

function connectTo(
  inspector: typeof import("node:inspector"),
  vm: typeof import("node:vm"),
): InspectorSession | null {
  const channel = new inspector.Session();
  channel.connect();
  // @types/node has one overload per method of the protocol; the names come from tables here.
  const send = channel.post.bind(channel) as (
    method: string,
    parameters: object,
    answer: (error: Error | null, result: unknown) => void,
  ) => void;
  const post = (method: string, parameters: object = {}): unknown => {
    let answer: unknown = null;
    send(method, parameters, (error, result) => {
      answer = error === null ? result : null;
    });
    return answer;
  };
  const mainGlobal: object = vm.runInThisContext("globalThis");
  const holder: Record<string, unknown> = {};
  const holderId = withTemporaryGlobal(mainGlobal, holder, (name) =>
    remoteId(post("Runtime.evaluate", { expression: name, objectGroup: "fullgraph-holder" })),
  );
  if (holderId === null) return null;
  return {
    post,
    postWithoutAnswer: (method) => send(method, {}, () => undefined),
    on: (event, listener) => void channel.on(event, listener),
    off: (event, listener) => void channel.off(event, listener),
    holder,
    holderId,
    mainGlobal,
  };
}

/** Makes `value` reachable by a global name while `use` runs. */
export function withTemporaryGlobal<Result>(
  globalObject: object,
  value: unknown,
  use: (name: string) => Result,
): Result {
  const name = "__fullgraph_exchange__";
  Object.defineProperty(globalObject, name, {
    value,
    configurable: true,
    enumerable: false,
    writable: false,
  });
  try {
    return use(name);
  } finally {
    Reflect.deleteProperty(globalObject, name);
  }
}

/** The handle in the answer of a request that evaluated something. */
function remoteId(answer: unknown): string | null {
  // The shape is fixed by the protocol: Runtime.evaluate and callFunctionOn answer {result: {objectId?}}.
  return (answer as { result?: { objectId?: string } } | null)?.result?.objectId ?? null;
}

/** A handle for a real value. */
export function remoteOf(session: InspectorSession, value: unknown): string | null {
  session.holder["value"] = value;
  try {
    return remoteId(
      session.post("Runtime.callFunctionOn", {
        objectId: session.holderId,
        functionDeclaration: "function () { return this.value }",
        objectGroup,
      }),
    );
  } finally {
    session.holder["value"] = null;
  }
}

export function releaseRemotes(session: InspectorSession): void {
  session.post("Runtime.releaseObjectGroup", { objectGroup });
}
