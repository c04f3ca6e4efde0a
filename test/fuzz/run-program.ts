import { redirectLogs } from "../../src/base/logging.ts";
import * as torch from "../../src/index.ts";
import { transformModule } from "../../src/transform/transform-module.ts";
import { runDifferential, type DifferentialResult, type Program } from "../differential.ts";
import type { RandomProgram } from "./generate-program.ts";
import { render } from "./tree.ts";

/** The whole text of a module that makes a program anew each time it is evaluated. */
export function programText({ tree }: RandomProgram): string {
  return `"use strict";
const torch = $torch, sink = [], seen = [];
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
$give({ fn, calls, self: look(() => self), watch, before });`;
}

/** Evaluates the program's text, as it is or as `fullgraph/register` prepares it, which spares the inspector's 100 ms. */
function makeProgram(program: RandomProgram, evaluation: number): Program {
  const plain = programText(program);
  const isTransformed = program.tier === "T";
  // The engine's cache would share one script between evaluations, and then no table says which of them a function is of.
  const text = `${isTransformed ? transformed(plain) : plain}\n//${evaluation}`;
  const programs: Program[] = [];
  const evaluate = new Function("$torch", "$give", text);
  evaluate(torch, (made: Program) => programs.push(made));
  const [made] = programs;
  if (made === undefined) throw new Error("the program's text made no program");
  return made;
}

/** The function constructor puts two lines before the text: the map is to count them. */
function transformed(text: string): string {
  return transformModule(`\n\n${text}`, "fuzz:///program.js", "probe").slice(2);
}

let evaluations = 0;

/** Runs a random program eager and compiled; throws where they differ. */
export function runProgram(program: RandomProgram): DifferentialResult {
  const restoreLogs = redirectLogs(() => {}); // the compiler's warnings are no output of the program
  try {
    return runDifferential(() => makeProgram(program, evaluations++), {
      dynamic: program.dynamic,
      backend: program.backend,
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
