/** The engine's debugger, on only while something pauses: code that runs meanwhile is slower, above all `await`. */
import type { InspectorSession } from "../../base/inspector-session.ts";

let batchDepth = 0;
let sessionToSwitchOff: InspectorSession | null = null;

/**
 * Switching on costs 5 to 30 ms, because the engine reports every script it knows. Inside `run` that happens once at most,
 * however many functions are grabbed. Nothing of the user's should run inside.
 */
export function batchGrabs<Result>(run: () => Result): Result {
  batchDepth++;
  try {
    return run();
  } finally {
    batchDepth--;
    switchOffUnlessBatched();
  }
}

/** null: the debugger could not be switched on. */
export function withDebugger<Result>(session: InspectorSession, use: () => Result): Result | null {
  if (sessionToSwitchOff === null) {
    if (session.post("Debugger.enable") === null) return null;
    sessionToSwitchOff = session;
  }
  try {
    return use();
  } finally {
    switchOffUnlessBatched();
  }
}

function switchOffUnlessBatched(): void {
  if (batchDepth > 0) return;
  sessionToSwitchOff?.post("Debugger.disable");
  sessionToSwitchOff = null;
}
