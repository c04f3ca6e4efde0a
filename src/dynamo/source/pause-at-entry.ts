/** Stops at a function's first statement, evaluates one expression in its scope, and unwinds. */
import { withDebugger } from "./debugger-switch.ts";
import {
  objectGroup,
  releaseRemotes,
  withTemporaryGlobal,
  type InspectorSession,
} from "../../base/inspector-session.ts";
import { asyncGeneratorNext, generatorNext } from "./generator-next.ts";
import type { EnginePlace } from "./read-scopes.ts";
import { mayGenerateCode } from "../../script/may-generate-code.ts";

export interface PauseRequest {
  readonly fn: Function;
  /** The expression that enters the function, given the name of the exchange object. */
  readonly entry: (exchange: string) => string;
  /** Evaluated at the function's first statement; leaves its result in the exchange object's `value`. */
  readonly expression: (exchange: string) => string;
  /** Where the engine says the function's parameter list is. */
  readonly place: EnginePlace;
  readonly bodyStart: EnginePlace;
  readonly end: EnginePlace;
  /** The global object of the function's realm. */
  readonly globalObject: object | null;
}

export interface Pause {
  readonly value: unknown;
  /** The first statement is inside a block that has variables of its own. */
  readonly isInBlock: boolean;
}

/** Shapes fixed by the protocol (domains Runtime and Debugger). */
interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber?: number;
}
interface CallFrame {
  readonly callFrameId: string;
  readonly functionLocation?: Location;
  readonly scopeChain: readonly { readonly type: string }[];
}

const apply = Reflect.apply;
const { eval: realEval } = globalThis;

/** The exchange object of the pauses: one shape, made for each pause. */
function exchangeFor(request: PauseRequest): { value: unknown } {
  const resume = (generator: object): unknown =>
    apply(Symbol.asyncIterator in generator ? asyncGeneratorNext : generatorNext, generator, []);
  const ownEval: unknown = Reflect.get(request.globalObject ?? globalThis, "eval") ?? realEval;
  return Object.assign(Object.create(null), {
    fn: request.fn,
    resume,
    eval: mayGenerateCode() ? ownEval : null,
    value: undefined,
  });
}

/**
 * null: the engine did not stop where it should. The caller must have made sure that no debugger is attached (the process
 * would wait for it) and that entering the function evaluates nothing before its first statement.
 */
export function pauseAt(session: InspectorSession, request: PauseRequest): Pause | null {
  const exchange = exchangeFor(request);
  const { mainGlobal } = session;
  const realm = request.globalObject ?? mainGlobal;
  const pause = (name: string): Pause | null =>
    withDebugger(session, () => run(session, request, exchange, name));
  return withTemporaryGlobal(mainGlobal, exchange, (name) =>
    realm === mainGlobal ? pause(name) : withTemporaryGlobal(realm, exchange, pause),
  );
}

function run(
  session: InspectorSession,
  request: PauseRequest,
  exchange: { value: unknown },
  name: string,
): Pause | null {
  const breakpoints: string[] = [];
  let frame: CallFrame | null = null;
  let isRightPlace = false;
  const onPaused = (message: { readonly params: unknown }): void => {
    if (frame === null) {
      frame = (message.params as { callFrames: readonly CallFrame[] }).callFrames[0] ?? null; // Debugger.paused
      isRightPlace = frame !== null && isSamePlace(frame.functionLocation, request.place);
      if (frame !== null && isRightPlace) {
        session.post("Debugger.evaluateOnCallFrame", {
          callFrameId: frame.callFrameId,
          expression: request.expression(name),
          objectGroup,
        });
      }
    }
    session.postWithoutAnswer("Runtime.terminateExecution");
    session.post("Debugger.resume");
  };
  session.on("Debugger.paused", onPaused);
  try {
    if (!setBreakpoints(session, request, breakpoints)) return null;
    // Ends by termination, which Runtime.evaluate catches and clears: code after it runs normally.
    session.post("Runtime.evaluate", {
      expression: request.entry(name),
      silent: true,
      objectGroup,
    });
    return isRightPlace ? { value: exchange.value, isInBlock: isBlock(frame) } : null;
  } finally {
    session.off("Debugger.paused", onPaused);
    for (const breakpointId of breakpoints)
      session.post("Debugger.removeBreakpoint", { breakpointId });
    releaseRemotes(session);
  }
}

/** Parameters are skipped, nothing of them is evaluated; of a long body the beginning is enough. */
const mostBreakpoints = 200;

/** On the places of the body where the engine can stop, so that it stops at whichever comes first. */
function setBreakpoints(
  session: InspectorSession,
  request: PauseRequest,
  breakpoints: string[],
): boolean {
  const place = ({ scriptId, line, column }: EnginePlace): Location => ({
    scriptId,
    lineNumber: line,
    columnNumber: column,
  });
  const possible = session.post("Debugger.getPossibleBreakpoints", {
    start: place(request.bodyStart),
    end: place(request.end),
  }) as {
    readonly locations: readonly Location[];
  } | null;
  for (const { scriptId, lineNumber, columnNumber = 0 } of possible?.locations.slice(
    0,
    mostBreakpoints,
  ) ?? []) {
    const answer = session.post("Debugger.setBreakpoint", {
      location: { scriptId, lineNumber, columnNumber },
    });
    const id = (answer as { readonly breakpointId?: string } | null)?.breakpointId;
    if (id !== undefined) breakpoints.push(id);
  }
  return breakpoints.length > 0;
}

function isSamePlace(location: Location | undefined, place: EnginePlace): boolean {
  return (
    location?.scriptId === place.scriptId &&
    location.lineNumber === place.line &&
    (location.columnNumber ?? 0) === place.column
  );
}

function isBlock(frame: CallFrame | null): boolean {
  return frame?.scopeChain[0]?.type !== "local";
}
