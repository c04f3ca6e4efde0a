import { isObject } from "../../base/is-object.ts";
import { returnCompletion } from "../bytecode/suspension.ts";
import type { Code } from "../bytecode/code.ts";
import { describeBreak, GraphBreak } from "../graph-breaks/graph-break.ts";
import { type Frame, maximumDepth } from "../interpreter/frame.ts";
import type { Machine, StopAtStep } from "../interpreter/machine.ts";
import { generatorPrototype } from "./generator-prototype.ts";
import { ProgramThrow, throwTypeError } from "../interpreter/program-throw.ts";
import type { Stopped } from "../interpreter/outcome.ts";
import { GeneratorVariable } from "../variables/iterator-variables.ts";
import type { Source } from "../variables/source.ts";
import {
  type ClosureVariable,
  ConstantVariable,
  type UserFunctionVariable,
  type Variable,
  undefinedVariable,
} from "../variables/variable.ts";

/** What a step gives: CreateIteratorResultObject (ECMA-262 §7.4.14) without the object. */
export interface GeneratorStep {
  readonly value: Variable;
  readonly done: boolean;
}

/** What a generator's handlers get when its `return` is called. */
export const returnCompletionVariable = new ConstantVariable(returnCompletion);

/** A call of a generator function: its parameters are evaluated, its body waits (§15.5.2). */
export function makeGenerator(
  machine: Machine,
  callee: UserFunctionVariable | ClosureVariable,
  frame: Frame,
): GeneratorVariable {
  const generator = new GeneratorVariable(callee, frame, machine.tracer.lastStep);
  machine.generators.push(generator);
  guardPrototype(machine, callee);
  run(machine, generator, frame);
  return generator;
}

/** The object it inherits from is what the function's `prototype` is when it is called. */
function guardPrototype({ tracer }: Machine, callee: UserFunctionVariable | ClosureVariable): void {
  if (callee.kind !== "function" || callee.source === null) return;
  const source: Source = { kind: "member", base: callee.source, key: "prototype" };
  const value: unknown = Reflect.get(callee.value, "prototype");
  tracer.addGuard(
    isObject(value)
      ? { kind: "ID_MATCH", source, value }
      : { kind: "CONSTANT_MATCH", source, value },
  );
}

/** `next(value)`: GeneratorResume (§27.5.3.3). */
export function resumeGenerator(
  machine: Machine,
  generator: GeneratorVariable,
  sent: Variable,
): GeneratorStep {
  enter(machine, generator);
  const { frame, delegate, state } = generator;
  if (frame === null) return { value: undefinedVariable, done: true };
  let received = sent;
  if (delegate !== null) {
    let inner: GeneratorStep;
    try {
      inner = stepOf(machine, generator, delegate, sent);
    } catch (error) {
      if (!(error instanceof ProgramThrow)) throw error;
      return raise(machine, generator, error.value);
    }
    if (!inner.done) return inner;
    received = inner.value;
  }
  if (state === "yield") frame.push(received);
  return run(machine, generator, frame);
}

/** `return(value)`: GeneratorResumeAbrupt (§27.5.3.4). `finally` blocks run, and may yield or return themselves. */
export function returnFromGenerator(
  machine: Machine,
  generator: GeneratorVariable,
  value: Variable,
): GeneratorStep {
  enter(machine, generator);
  if (generator.delegate !== null) machine.closeIterator(generator.delegate);
  try {
    return raise(machine, generator, returnCompletionVariable);
  } catch (error) {
    if (!(error instanceof ProgramThrow) || error.value !== returnCompletionVariable) throw error;
    return { value, done: true };
  }
}

/** `throw(error)` (§27.5.1.4). */
export function throwIntoGenerator(
  machine: Machine,
  generator: GeneratorVariable,
  error: Variable,
): GeneratorStep {
  enter(machine, generator);
  // It would go to the inner iterator.
  if (generator.delegate !== null) throw refusal(generator, null);
  return raise(machine, generator, error);
}

/** Where a capture has to end that would have had to hand over a generator in the middle. */
export function stopAtGenerator(
  generator: GeneratorVariable,
  obstacle: GraphBreak | null,
): StopAtStep {
  const graphBreak = refusal(generator, obstacle?.reason.title ?? null, obstacle?.isSilent);
  return { step: generator.step, graphBreak };
}

function refusal(
  { callee }: GeneratorVariable,
  obstacle: string | null,
  isSilent = false,
): GraphBreak {
  const functionName =
    callee.kind === "function"
      ? callee.value.name
      : (callee.name ?? callee.parent.children[callee.child]?.name ?? "");
  const context = `call UserFunctionVariable(${functionName})`;
  const reason = describeBreak("generatorFunction", { functionName, obstacle }, context);
  return new GraphBreak(reason, isSilent);
}

function enter(machine: Machine, generator: GeneratorVariable): void {
  machine.tracer.noteMutation(generator, "a generator");
  if (generator.state === "running") throwTypeError("Generator is already running");
}

function end(generator: GeneratorVariable): void {
  generator.state = "done";
  generator.frame = null;
  generator.delegate = null;
}

/** Goes on with an error at the `yield` that the frame waits behind. */
function raise(machine: Machine, generator: GeneratorVariable, error: Variable): GeneratorStep {
  const { frame, state } = generator;
  const region = frame === null || state !== "yield" ? null : frame.code.regionAt(frame.pc - 1);
  if (frame === null || region === null) {
    end(generator);
    throw new ProgramThrow(error);
  }
  frame.stack.length = region.depth;
  frame.push(error);
  frame.pc = region.handler;
  return run(machine, generator, frame);
}

/** Runs the body to its next `yield` or its end. */
function run(machine: Machine, generator: GeneratorVariable, frame: Frame): GeneratorStep {
  const { frames } = machine.tracer;
  const base = frames.length;
  if (base >= maximumDepth) throw refusal(generator, null);
  const isStarting = generator.state === "start" && frame.pc === 0;
  generator.state = "running";
  generator.delegate = null;
  machine.noteNested();
  frames.push(frame);
  const outcome = machine.options.interpret(machine, base, stopsOf(frame.code));
  switch (outcome.kind) {
    case "stopped":
      frames.length = base;
      return wait(machine, generator, frame, outcome, isStarting);
    case "return":
      end(generator);
      return { value: outcome.value, done: true };
    case "throw":
      frames.length = base;
      end(generator);
      throw new ProgramThrow(outcome.value);
    case "break":
      throw outcome.graphBreak;
  }
}

/** The frame stands before a `yield`: it is put aside behind it. */
function wait(
  machine: Machine,
  generator: GeneratorVariable,
  frame: Frame,
  { pc }: Stopped,
  isStarting: boolean,
): GeneratorStep {
  generator.frame = frame;
  frame.pc = pc + 1;
  if (isStarting) {
    generator.state = "start";
    return { value: undefinedVariable, done: false };
  }
  generator.state = "yield";
  const value = frame.pop();
  if (frame.code.instructions[pc]?.op !== "yieldDelegate") return { value, done: false };
  try {
    generator.delegate = machine.getIterator(value);
  } catch (error) {
    if (!(error instanceof ProgramThrow)) throw error;
    return raise(machine, generator, error.value);
  }
  return resumeGenerator(machine, generator, undefinedVariable);
}

/** A step of what `yield*` goes over: its last value becomes that of the expression (§15.5.5). */
function stepOf(
  machine: Machine,
  generator: GeneratorVariable,
  record: Variable,
  sent: Variable,
): GeneratorStep {
  const inner = machine.force(record);
  if (inner.kind === "protocol") {
    // Its `next` is given the value, and what it gives at the end is that of the expression.
    const iterator = machine.force(inner.iterator);
    const next = machine.force(inner.next);
    const isGenerator = iterator.kind === "generator" && "value" in next;
    if (isGenerator && next.value === Reflect.get(generatorPrototype, "next"))
      return resumeGenerator(machine, iterator, sent);
    throw refusal(generator, null);
  }
  return machine.advance(inner)
    ? { value: machine.currentValue(inner), done: false }
    : { value: undefinedVariable, done: true };
}

const stopsByCode = new WeakMap<Code, ReadonlySet<number>>();

/** The instructions where a generator stands still. */
function stopsOf(code: Code): ReadonlySet<number> {
  let stops = stopsByCode.get(code);
  if (stops === undefined) {
    const ops = new Set(["startGenerator", "yield", "yieldDelegate"]);
    stops = new Set(code.instructions.flatMap(({ op }, pc) => (ops.has(op) ? [pc] : [])));
    stopsByCode.set(code, stops);
  }
  return stops;
}
