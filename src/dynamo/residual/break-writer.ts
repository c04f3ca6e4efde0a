import { recordOf } from "../bytecode/instructions/table.ts";
import type { SuspensionKind } from "../bytecode/suspension.ts";
import { InternalError } from "../../base/errors.ts";
import type { GraphBreakKey } from "../graph-breaks/catalogue.ts";
import type { GraphBreak } from "../graph-breaks/graph-break.ts";
import { findHandler } from "../interpreter/find-handler.ts";
import { type Frame, stackAfterReturn } from "../interpreter/frame.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Variable } from "../variables/variable.ts";
import { type FrameShape, type FrameTexts, frameInputs, shapeOfFrame } from "./frame-shape.ts";
import { type NativeFrame, emitNatively } from "./native-instruction.ts";
import type { ResidualWriter } from "./residual-writer.ts";
import { runFramesNatively } from "./run-frames-natively.ts";
import type { Continuation } from "./tail-call.ts";

/** How a number among the inputs of a resume function enters: as a symbol, and perhaps as one out of a tensor. */
export interface SymbolicInput {
  readonly index: number;
  readonly fromTensor: boolean;
}

/** Gives the unit that goes on with these frames, making it if need be. */
export type UnitFor = (
  shapes: readonly FrameShape[],
  symbolic: readonly SymbolicInput[],
) => Continuation;

const tensorDataBreaks: ReadonlySet<GraphBreakKey> = new Set<GraphBreakKey>([
  "tensorItem",
  "tensorToPrimitive",
  "dataDependentOperator",
  "dataDependentBranch",
]);

/** Writes the breaking instruction and the ways on from it. */
export class BreakWriter {
  readonly #writer: ResidualWriter;
  readonly #frames: readonly Frame[];
  readonly #unitFor: UnitFor;
  /** Texts of every frame's values, fixed before the instruction runs. */
  readonly #texts: readonly FrameTexts[];

  readonly #machine: Machine;
  /** The instruction waits for tensor data: the number it gives must never become a guard on its value. */
  readonly #readsTensorData: boolean;

  constructor(writer: ResidualWriter, machine: Machine, graphBreak: GraphBreak, unitFor: UnitFor) {
    this.#writer = writer;
    this.#machine = machine;
    this.#frames = machine.tracer.frames;
    this.#unitFor = unitFor;
    this.#readsTensorData = tensorDataBreaks.has(graphBreak.reason.key);
    this.#texts = this.#frames.map((frame, depth) => this.#fix(frame, depth));
  }

  /** The rest is the engine's: from this very instruction, without another segment. */
  writeNativeRest(): void {
    const depth = this.#frames.length - 1;
    const frame = this.#frames[depth];
    const texts = this.#texts[depth];
    if (frame === undefined || texts === undefined) throw new InternalError("a break has a frame");
    const { shapes, inputs } = this.#state(depth, frame.pc, texts.stack);
    const run = (values: readonly unknown[]): unknown => runFramesNatively(shapes, values);
    this.#writer.body.push(`return ${this.#writer.textOf(run)}([${inputs.join(", ")}]);`);
  }

  write(): void {
    const depth = this.#frames.length - 1;
    const frame = this.#frames[depth];
    const texts = this.#texts[depth];
    if (frame === undefined || texts === undefined) throw new InternalError("a break has a frame");
    const native: NativeFrame = {
      code: frame.code,
      captures: texts.captures,
      thisValue: frame.code.usesThis ? texts.thisValue() : "(void 0)",
      newTarget: frame.code.usesNewTarget ? texts.newTarget() : "(void 0)",
      stack: texts.stack,
    };
    const how = suspensionAt(frame);
    if (how !== null) return this.#suspend(how, frame.pc, texts.stack);
    const { statements, next, jump } = emitNatively(this.#writer, native, frame.pc);
    const way = [
      ...statements,
      ...(jump === null ? [] : [`if (${jump.condition}) ${this.#goOn(jump.target, jump.stack)}`]),
      ...(next === null ? [] : [this.#goOn(frame.pc + 1, next)]),
    ];
    const handler = this.#handlerText();
    if (handler === null) this.#writer.body.push(...way);
    else this.#writer.body.push("try {", ...way, "} catch (error) {", handler, "}");
  }

  /** Leaves the frame to the driver, with both ways on. */
  #suspend(how: SuspensionKind, pc: number, stack: readonly string[]): void {
    const below = how === "start" ? stack : stack.slice(0, -1);
    const value = how === "start" ? "(void 0)" : (stack.at(-1) ?? "(void 0)");
    const received = how === "start" ? below : [...below, "r"];
    const goOn =
      how === "return" ? "(r) => { throw r; }" : `(r) => { ${this.#goOn(pc + 1, received)} }`;
    const handler = this.#handlerText();
    const fail = handler === null ? "null" : `(error) => { ${handler} }`;
    this.#writer.body.push(`return R.suspend(${JSON.stringify(how)}, ${value}, ${goOn}, ${fail});`);
  }

  /** Makes all values of a frame real now, in variables: the instruction may change what they were read from. */
  #fix(frame: Frame, depth: number): FrameTexts {
    const writer = this.#writer;
    const isTop = depth === this.#frames.length - 1;
    const shape = shapeOfFrame(frame, { pc: frame.pc, stackDepth: 0, isCalling: !isTop });
    const live = new Set(shape.slots);
    const prefix = isTop ? "l" : `f${depth}l`;
    const isUsed = (slot: number): boolean => live.has(slot);
    const captures = this.#declare(
      `c${depth}`,
      writer.captures(frame.captures, frame.capturesSource),
    );
    for (const [slot, value] of frame.locals.entries()) {
      if (isUsed(slot)) {
        const text =
          value === null
            ? "(void 0)"
            : value.kind === "cell"
              ? writer.cell(value)
              : writer.value(value);
        writer.body.push(`let ${prefix}${slot} = ${text};`);
      } else if (isTop) writer.body.push(`let ${prefix}${slot};`);
    }
    const stack = frame.stack.map((value, index) =>
      this.#declare(`f${depth}s${index}`, writer.value(value)),
    );
    const fixed = (name: string, value: Variable): (() => string) => {
      let text: string | null = null;
      return () => (text ??= this.#declare(`f${depth}${name}`, writer.value(value)));
    };
    const thisValue = fixed("this", frame.thisValue);
    if (frame.code.usesThis) thisValue();
    const args = `f${depth}args`;
    if (shape.hasArgs)
      writer.body.push(
        `const ${args} = [${frame.args.map((arg) => writer.value(arg)).join(", ")}];`,
      );
    const newTarget = fixed("newTarget", frame.newTarget);
    if (frame.code.usesNewTarget) newTarget();
    const self = fixed("self", frame.self);
    if (shape.hasSelf) self();
    return {
      captures,
      thisValue,
      args: () => args,
      newTarget,
      self,
      local: (slot) => `${prefix}${slot}`,
      stack,
    };
  }

  #declare(name: string, text: string): string {
    this.#writer.body.push(`const ${name} = ${text};`);
    return name;
  }

  /** The statement that goes on at `pc` of the innermost frame with this operand stack. */
  #goOn(pc: number, stack: readonly string[]): string {
    let depth = this.#frames.length - 1;
    let at = skipJumps(this.#frames[depth], pc);
    let operands = stack;
    // A resume function that would only return is not made: its callers go on at once.
    for (;;) {
      const frame = this.#frames[depth];
      if (frame === undefined) throw new InternalError("a frame is missing");
      const value = operands.at(-1);
      if (
        frame.code.instructions[at]?.op !== "return" ||
        operands.length !== 1 ||
        value === undefined ||
        frame.returnMode === "construct" // what comes back depends on what the constructor returns
      )
        break;
      if (depth === 0) return `return ${value};`;
      depth -= 1;
      const caller = this.#frames[depth];
      const callerTexts = this.#texts[depth];
      if (caller === undefined || callerTexts === undefined)
        throw new InternalError("a caller is missing");
      operands = stackAfterReturn(frame.returnMode, callerTexts.stack, value);
      at = skipJumps(caller, caller.pc);
    }
    return this.#tail(depth, at, operands);
  }

  #tail(depth: number, pc: number, operands: readonly string[]): string {
    const { shapes, inputs, symbolic } = this.#state(depth, pc, operands);
    const unit = this.#unitFor(shapes, symbolic);
    return `return R.tail(${this.#writer.textOf(unit)}, [${inputs.join(", ")}]);`;
  }

  /** The frames up to `depth` as inputs, the innermost at `pc` with this operand stack. */
  #state(depth: number, pc: number, operands: readonly string[]) {
    const shapes: FrameShape[] = [];
    const inputs: string[] = [];
    const symbolic: SymbolicInput[] = [];
    for (let at = 0; at <= depth; at++) {
      const frame = this.#frames[at];
      const texts = this.#texts[at];
      if (frame === undefined || texts === undefined) throw new InternalError("a frame is missing");
      const stack = at === depth ? operands : texts.stack;
      const isCalling = at < depth;
      const shape = shapeOfFrame(frame, {
        pc: isCalling ? frame.pc : pc,
        stackDepth: stack.length,
        isCalling,
      });
      shapes.push(shape);
      for (const text of frameInputs(shape, { ...texts, stack })) {
        const origin = this.#numberOrigin(text, frame);
        if (origin !== null)
          symbolic.push({ index: inputs.length, fromTensor: origin === "tensor" });
        inputs.push(text);
      }
    }
    return { shapes, inputs, symbolic };
  }

  /** What the instruction gives varies from call to call, and what was symbolic stays so. */
  #numberOrigin(text: string, frame: Frame): "tensor" | "varying" | null {
    if (text === "r") return this.#readsTensorData ? "tensor" : "varying";
    const local = /^(?:f\d+)?l(\d+)$/.exec(text)?.[1];
    const operand = /^f\d+s(\d+)$/.exec(text)?.[1];
    const slot = local === undefined ? null : frame.locals[Number(local)];
    const variable = operand === undefined ? slot : frame.stack[Number(operand)];
    const known = variable?.kind === "lazy" ? variable.forced : variable;
    if (known?.kind !== "number") return null;
    return this.#machine.tracer.isFromTensor(known.expression) ? "tensor" : "varying";
  }

  #handlerText(): string | null {
    const handler = findHandler(this.#frames);
    if (handler === null) return null;
    const texts = this.#texts[handler.depth];
    if (texts === undefined) throw new InternalError("the handler's frame is missing");
    return this.#tail(handler.depth, handler.region.handler, [
      ...texts.stack.slice(0, handler.region.depth),
      "error",
    ]);
  }
}

/** How the instruction that breaks stops the frame, if it does. */
function suspensionAt(frame: Frame): SuspensionKind | null {
  const op = frame.code.instructions[frame.pc]?.op;
  if (op === undefined) return null;
  if (op === "returnAwaited") return "return";
  const { emit } = recordOf(op);
  return emit.kind === "suspend" ? emit.how : null;
}

function skipJumps(frame: Frame | undefined, pc: number): number {
  let at = pc;
  for (let steps = 0; steps < 100; steps++) {
    const instruction = frame?.code.instructions[at];
    if (instruction?.op !== "jump") break;
    at = instruction.target;
  }
  return at;
}
