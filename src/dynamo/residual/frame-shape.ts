import { appendElement } from "../bytecode/append-element.ts";
import type { BindingCell } from "../bytecode/cell.ts";
import type { Code } from "../bytecode/code.ts";
import { Frame, type ReturnMode } from "../interpreter/frame.ts";
import { captureCells, realCell } from "../interpreter/captures.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Source } from "../variables/source.ts";
import { LazyVariable, type Variable, undefinedVariable } from "../variables/variable.ts";

/** What a frame of a resume function consists of; the values come in as inputs, in this order. */
export interface FrameShape {
  readonly code: Code;
  readonly pc: number;
  readonly returnMode: ReturnMode;
  readonly hasThis: boolean;
  readonly hasArgs: boolean;
  readonly hasNewTarget: boolean;
  readonly hasSelf: boolean;
  /** Locals that are live at `pc`, and those that the call in front of it needs when it throws. */
  readonly slots: readonly number[];
  readonly stackDepth: number;
}

const codeIds = new WeakMap<Code, number>();
let codeCount = 0;

export function shapeKey(shapes: readonly FrameShape[]): string {
  return shapes
    .map(
      ({ code, pc, returnMode, stackDepth }) => `${idOf(code)}:${pc}:${returnMode}:${stackDepth}`,
    )
    .join("/");
}

function idOf(code: Code): number {
  let id = codeIds.get(code);
  if (id === undefined) {
    id = codeCount++;
    codeIds.set(code, id);
  }
  return id;
}

/** `pc`: where the frame goes on: now, or after the call in front of it. */
export function shapeOfFrame(
  frame: Frame,
  {
    pc,
    stackDepth,
    isCalling,
  }: { readonly pc: number; readonly stackDepth: number; readonly isCalling: boolean },
): FrameShape {
  const { code } = frame;
  const later = code.instructions.slice(pc);
  return {
    code,
    pc,
    returnMode: frame.returnMode,
    // A constructor's caller gets the object it worked on.
    hasThis: code.usesThis || frame.returnMode === "construct",
    hasArgs: later.some(
      ({ op }) => op === "loadParameter" || op === "restParameters" || op === "createArguments",
    ),
    hasNewTarget: code.usesNewTarget,
    hasSelf: code.instructions.some(({ op }) => op === "loadSelf"),
    slots: isCalling ? code.liveLocalsDuringCall(pc) : code.liveLocalsAt(pc),
    stackDepth,
  };
}

/** The inputs of one frame, as expressions. Same order as `frameFromInputs` and `frameState` read them. */
export interface FrameTexts {
  readonly captures: string;
  readonly thisValue: () => string;
  readonly args: () => string;
  readonly newTarget: () => string;
  readonly self: () => string;
  readonly local: (slot: number) => string;
  readonly stack: readonly string[];
}

export function frameInputs(shape: FrameShape, texts: FrameTexts): readonly string[] {
  return [
    texts.captures,
    ...(shape.hasThis ? [texts.thisValue()] : []),
    ...(shape.hasArgs ? [texts.args()] : []),
    ...(shape.hasNewTarget ? [texts.newTarget()] : []),
    ...(shape.hasSelf ? [texts.self()] : []),
    ...shape.slots.map(texts.local),
    ...texts.stack.slice(0, shape.stackDepth),
  ];
}

/** Reads the inputs of frames one after the other. */
export class InputReader {
  readonly inputs: readonly unknown[];
  index = 0;
  constructor(inputs: readonly unknown[]) {
    this.inputs = inputs;
  }
  next(name: string): { readonly value: unknown; readonly source: Source } {
    const index = this.index++;
    return { value: this.inputs[index], source: { kind: "input", index, name } };
  }
}

/** The frame for the interpreter: everything lazy, so that only what is used gets a guard. */
export function frameFromInputs(machine: Machine, shape: FrameShape, reader: InputReader): Frame {
  const { code } = shape;
  const lazy = (name: string): Variable => {
    const { value, source } = reader.next(name);
    return new LazyVariable(value, source);
  };
  const captured = reader.next("captures");
  const cells = captured.value as readonly object[]; // written by `frameInputs`
  const capturesSource = machine.guardCaptures(cells, captured.source);
  const captures = captureCells(machine, code, cells, capturesSource);
  const thisValue = shape.hasThis ? lazy("this") : undefinedVariable;
  const args = shape.hasArgs ? argumentVariables(machine, reader) : [];
  const newTarget = shape.hasNewTarget ? lazy("new.target") : undefinedVariable;
  const self = shape.hasSelf ? lazy(code.name) : undefinedVariable;
  const frame = new Frame({
    code,
    captures,
    capturesSource,
    thisValue,
    args,
    newTarget,
    self,
    returnMode: shape.returnMode,
    pc: shape.pc,
  });
  for (const slot of shape.slots) {
    const local = code.locals[slot];
    const name = local?.name ?? `local${slot}`;
    const { value, source } = reader.next(name);
    frame.locals[slot] =
      local?.isCell === true && typeof value === "object" && value !== null
        ? realCell(machine, value, source, name)
        : new LazyVariable(value, source);
  }
  for (let depth = 0; depth < shape.stackDepth; depth++) frame.stack.push(lazy(`___stack${depth}`));
  return frame;
}

function argumentVariables(machine: Machine, reader: InputReader): readonly Variable[] {
  const { value, source } = reader.next("args");
  const args = value as readonly unknown[]; // written by `frameInputs`
  machine.tracer.addGuard({ kind: "SEQUENCE_LENGTH", source, length: args.length });
  return args.map(
    (arg, index) => new LazyVariable(arg, { kind: "property", base: source, key: index }),
  );
}

/** The frame as plain values, for running it natively. */
export interface FrameState {
  readonly captures: readonly BindingCell[];
  readonly this: unknown;
  readonly args: readonly unknown[];
  readonly newTarget: unknown;
  readonly self: unknown;
  readonly locals: unknown[];
  readonly stack: unknown[];
}

export function frameState(shape: FrameShape, reader: InputReader): FrameState {
  const captures = reader.next("captures").value as readonly BindingCell[]; // written by `frameInputs`
  const receiver = shape.hasThis ? reader.next("this").value : undefined;
  const args = shape.hasArgs ? (reader.next("args").value as readonly unknown[]) : []; // written by `frameInputs`
  const newTarget = shape.hasNewTarget ? reader.next("new.target").value : undefined;
  const self = shape.hasSelf ? reader.next("self").value : undefined;
  const locals: unknown[] = [];
  // By index: the program may have patched what `map` and `for…of` need, or elements of Array.prototype.
  for (let slot = 0, i = 0; slot < shape.code.locals.length; slot++)
    appendElement(locals, shape.slots[i] === slot ? (i++, reader.next("local").value) : undefined);
  const stack: unknown[] = [];
  for (let depth = 0; depth < shape.stackDepth; depth++)
    appendElement(stack, reader.next("stack").value);
  return { captures, this: receiver, args, newTarget, self, locals, stack };
}
