import { redirectLogs } from "../../src/base/logging.ts";
import * as torch from "../../src/index.ts";
import { runDifferential, type DifferentialResult, type Program } from "../differential.ts";
import type { RandomProgram } from "./generate-program.ts";
import { render } from "./tree.ts";

/** The whole text of the factory that makes a program anew for each run. */
export function programText({ tree }: RandomProgram): string {
  return `"use strict";
const sink = [], seen = [];
${render(tree)}
const live = {
  c0: () => c0, c1: () => c1, c2: () => c2, ct: () => ct, outer: () => outer, ts: () => ts, p: () => p, objs: () => objs, seen: () => seen,
};
const look = (read) => { try { return read(); } catch { return undefined; } };
const watch = new Proxy({}, {
  ownKeys: () => Object.keys(live),
  getOwnPropertyDescriptor: (_, key) => ({ value: look(live[key]), writable: true, enumerable: true, configurable: true }),
});
const before = (call) => {
  for (const f of sink.splice(0)) for (let k = 0; k < 2; k++) { try { seen.push(f(call)); } catch (error) { seen.push(String(error)); } }
  seen.splice(0, seen.length - 20);
  for (const [when, what] of changes) if (when === call) { try { what(); } catch {} }
};
return { fn, calls, self: look(() => self), watch, before };`;
}

/** Runs a random program eager and compiled; throws where they differ. */
export function runProgram(program: RandomProgram): DifferentialResult {
  const factory = new Function("torch", programText(program));
  const restoreLogs = redirectLogs(() => {}); // the compiler's warnings are no output of the program
  try {
    // The text above returns a Program.
    return runDifferential(() => Reflect.apply(factory, undefined, [torch]) as Program, {
      dynamic: program.dynamic,
      configure: () => {
        torch._dynamo.config.reset();
        torch._dynamo.config.capture_scalar_outputs = program.captureScalars;
        torch._dynamo.config.debug_break_every = program.breakEvery;
      },
    });
  } finally {
    restoreLogs();
  }
}
