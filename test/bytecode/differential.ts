/** Runs one function natively and as generated code, whole and split, and describes what happened. */

import { inspect } from "node:util";
import { Cell } from "../../src/dynamo/bytecode/cell.ts";
import type { Code } from "../../src/dynamo/bytecode/code.ts";
import { instantiate } from "../../src/dynamo/bytecode/codegen/instantiate.ts";
import {
  compileContinuation,
  type Continuation,
  type FrameState,
  resume,
} from "../../src/dynamo/bytecode/codegen/run.ts";
import { globalBinding } from "../../src/dynamo/bytecode/global-binding.ts";
import {
  type LowerOptions,
  lowerFunction,
} from "../../src/dynamo/bytecode/lower/lower-function.ts";

export interface Program {
  readonly title: string;
  /** A function expression, arrow function or method. It may call `log(x)`, which gives x. */
  readonly source: string;
  readonly args?: () => readonly unknown[];
  readonly receiver?: () => unknown;
  readonly lower?: LowerOptions;
  /** Error messages that V8 words by the text of generated code, which has other names: only the class is compared. */
  readonly ignoresMessages?: boolean;
  readonly construct?: boolean;
  /** It patches built-ins that the compiler itself uses: code for the rest of it cannot be made while it runs. */
  readonly wholeOnly?: boolean;
}

export type Shape = "best" | "dispatch";

/** The outcome of the program run by the JavaScript engine itself. */
export function runNatively(program: Program): string {
  return observe(program, (log) => nativeFunction(program, log));
}

/** The outcome of generated code that hands the frame over at each of `splitAt`, to code generated from there. */
export function runGenerated(
  program: Program,
  code: Code,
  splitAt: ReadonlySet<number>,
  shape: Shape,
): string {
  return observe(program, (log) => generatedFunction(program, code, splitAt, shape, log));
}

export function codeOf(program: Program): Code {
  return lowerFunction(program.source, program.lower);
}

/** All pcs that some path reaches. */
export function reachablePcs(code: Code): readonly number[] {
  return code.instructions.map((_, pc) => pc).filter((pc) => code.depthAt(pc) >= 0);
}

type Log = (value: unknown) => unknown;
type AnyFunction = (...args: never[]) => unknown;

function nativeFunction(program: Program, log: Log): AnyFunction {
  const mode = program.lower?.isStrict === false ? "" : '"use strict";';
  const expression =
    /^(?:get |set |async |\*|\[|['"\d]|\w+\s*\()/.test(program.source) &&
    !/^(?:async )?function\b/.test(program.source)
      ? methodExpression(program.source)
      : `(${program.source})`;
  return new Function("log", `${mode}return ${expression}`).call(program.receiver?.(), log);
}

function methodExpression(source: string): string {
  return `(o=>{const k=Reflect.ownKeys(o)[0],d=Object.getOwnPropertyDescriptor(o,k);return d.get??d.set??d.value})({${source}})`;
}

function generatedFunction(
  program: Program,
  code: Code,
  splitAt: ReadonlySet<number>,
  shape: Shape,
  log: Log,
): AnyFunction {
  const captures = code.captures.map(({ name }) =>
    name === "log" ? new Cell(log, name) : globalBinding(name),
  );
  const globalNames = new Set(
    code.captures.map(({ name }) => name).filter((name) => name !== "log"),
  );
  const compiled = new Map<number, Continuation>();
  const at = (pc: number): Continuation => {
    let continuation = compiled.get(pc);
    if (continuation === undefined) {
      continuation = compileContinuation(
        code,
        pc,
        { splitAt, shape, globalNames },
        (frame) => new Suspended(frame),
      );
      compiled.set(pc, continuation);
    }
    return continuation;
  };
  // A loop instead of nested calls: a program may be split ten thousand times.
  const run: Continuation = function (this: unknown, args, newTarget, self, cells, locals, stack) {
    let result: unknown = resume(at(0), {
      pc: 0,
      this: this,
      args,
      newTarget,
      self,
      captures: cells,
      locals,
      stack,
    });
    while (result instanceof Suspended) result = resume(at(result.frame.pc), result.frame);
    return result;
  };
  return instantiate(code, run, captures, program.receiver?.());
}

class Suspended {
  readonly frame: FrameState;

  constructor(frame: FrameState) {
    this.frame = frame;
  }
}

function observe(program: Program, make: (log: Log) => AnyFunction): string {
  const lines: string[] = [];
  const log = (value: unknown): unknown => {
    lines.push(show(value));
    return value;
  };
  const args = program.args?.() ?? [];
  const receiver = program.receiver?.();
  let outcome: string;
  try {
    const run = make(log);
    const result = program.construct
      ? Reflect.construct(run, args)
      : Reflect.apply(run, receiver, args);
    outcome = `returns ${show(result)}`;
  } catch (error) {
    outcome = `throws ${describeError(error, program.ignoresMessages ?? false)}`;
  }
  return [
    outcome,
    `args ${show(args)}`,
    `this ${show(receiver)}`,
    ...lines.map((line) => `log ${line}`),
  ].join("\n");
}

function describeError(error: unknown, ignoresMessages: boolean): string {
  if (!(error instanceof Error)) return show(error);
  return ignoresMessages ? error.name : `${error.name}: ${error.message}`;
}

function show(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY });
}
