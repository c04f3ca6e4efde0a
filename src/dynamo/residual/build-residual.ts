import { InternalError } from "../../base/errors.ts";
import type { GraphFailure, GraphModule } from "../../fx/graph-module-brand.ts";
import type { Graph } from "../../fx/graph.ts";
import type { Node } from "../../fx/node.ts";
import { createGraphModule } from "../../fx/graph-module.ts";
import { printExpression } from "../../symbolic/expression.ts";
import type { GraphBreakKey } from "../graph-breaks/catalogue.ts";
import type { GraphBreak } from "../graph-breaks/graph-break.ts";
import { findHandler } from "../interpreter/find-handler.ts";
import { type Frame, stackAfterReturn } from "../interpreter/frame.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Outcome } from "../interpreter/run-machine.ts";
import type { SideEffect } from "../side-effects.ts";
import { keyText } from "../variables/source.ts";
import type { Variable } from "../variables/variable.ts";
import { runFramesNatively } from "./run-frames-natively.ts";
import { residualBindings } from "./residual-bindings.ts";
import { type FrameShape, type FrameTexts, frameInputs, shapeOfFrame } from "./frame-shape.ts";
import { type NativeFrame, emitNatively } from "./native-instruction.ts";
import { ResidualWriter } from "./residual-writer.ts";
import type { Continuation } from "./tail-call.ts";

/** What generated code of one segment does when it is called. */
export type ResidualCode = (receiver: unknown, inputs: readonly unknown[]) => unknown;

export interface Residual {
  readonly text: string;
  readonly graphModule: GraphModule | null;
  /** The values the graph is compiled for, in the order of its inputs. */
  readonly exampleInputs: readonly unknown[];
  link(runGraph: ((...inputs: readonly unknown[]) => unknown) | null): ResidualCode;
}

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

/**
 * Turns the end of a capture into code: reload, call the graph, replay effects in program order, then return, or
 * execute the breaking instruction natively and go on in a resume function.
 */
export function buildResidual(
  machine: Machine,
  outcome: Exclude<Outcome, { kind: "throw" }>,
  unitFor: UnitFor,
): Residual {
  const writer = new ResidualWriter();
  const effects = new EffectWriter(writer, machine.tracer.effects);
  if (outcome.kind === "return") writer.body.push(`return ${writer.value(outcome.value)};`);
  else {
    const breaking = new BreakWriter(writer, machine, outcome.graphBreak, unitFor);
    if (outcome.graphBreak.reason.key === "traceTooLong") breaking.writeNativeRest();
    else breaking.write();
  }
  return assemble(machine, writer, effects);
}

function assemble(machine: Machine, writer: ResidualWriter, effects: EffectWriter): Residual {
  const { graph } = machine.tracer;
  const hasGraph = graph.callCount > 0;
  const inputs = graph.inputs.map((input) =>
    input.kind === "tensor"
      ? writer.load(input.source)
      : printExpression(
          input.expression,
          (leaf) => {
            if (leaf.kind !== "source") throw new InternalError("a graph input exists at entry");
            return writer.load(leaf.source);
          },
          (name) => writer.textOf(Math[name]),
        ),
  );
  const graphModule = hasGraph ? createGraphModule(graph.builder.build([...writer.outputs])) : null;
  const call =
    graphModule === null
      ? []
      : graphCall(inputs, effects.beforeFailure(graphModule.graph, writer.outputs));
  // A store or delete that is refused throws in strict code only: the breaking instruction runs in the mode of its function.
  const isStrict = machine.tracer.frames.at(-1)?.code.isStrict ?? true;
  const text = [...writer.loads, ...call, ...writer.body].join("\n");
  return {
    text,
    graphModule,
    exampleInputs: graph.inputs.map((input) => input.example),
    link: (runGraph) => link(text, isStrict, writer.constants, runGraph, graphModule),
  };
}

/** When the graph throws, what eager code would have done before the throwing call is done, then the error passes. */
function graphCall(inputs: readonly string[], replay: readonly string[]): readonly string[] {
  const call = `G(${inputs.join(", ")})`;
  if (replay.length === 0) return [`const g = ${call};`];
  return [
    "let g;",
    "try {",
    `g = ${call};`,
    "} catch (error) {",
    "const { callIndex: failed, outputs } = failure();",
    "g = outputs;",
    ...replay,
    "throw error;",
    "}",
  ];
}

function link(
  text: string,
  isStrict: boolean,
  constants: readonly unknown[],
  runGraph: unknown,
  graphModule: GraphModule | null,
): ResidualCode {
  const names = constants.map((_, index) => `k${index} = K[${index}]`);
  const make: unknown = new Function(
    "K",
    "R",
    "B",
    "G",
    "failure",
    `${isStrict ? '"use strict";\n' : ""}${names.length > 0 ? `const ${names.join(", ")};\n` : ""}return (T, A) => {\n${text}\n};`,
  );
  if (typeof make !== "function")
    throw new InternalError("the Function constructor did not give a function");
  // A backend that runs something else than the graph module does not say where it failed: then nothing is replayed.
  const failure = (): GraphFailure => graphModule?.takeFailure() ?? { callIndex: -1, outputs: [] };
  // The text above returns a function of receiver and inputs.
  return Reflect.apply(make, undefined, [
    constants,
    residualBindings.R,
    residualBindings.B,
    runGraph,
    failure,
  ]) as ResidualCode;
}

const tensorDataBreaks: ReadonlySet<GraphBreakKey> = new Set<GraphBreakKey>([
  "tensorItem",
  "tensorToPrimitive",
  "dataDependentOperator",
  "dataDependentBranch",
]);

class EffectWriter {
  readonly #effects: { readonly afterCall: number; readonly statements: readonly string[] }[] = [];

  constructor(writer: ResidualWriter, effects: readonly SideEffect[]) {
    for (const effect of effects) {
      const before = writer.body.length;
      writer.body.push(effectText(writer, effect));
      this.#effects.push({ afterCall: effect.afterCall, statements: writer.body.slice(before) });
    }
  }

  /**
   * For when the graph throws: the effects of what ran before, in order. `failed` is the call that threw. An object is
   * written as it is in the end: one that holds a later result stops the replay, which would show it too early.
   */
  beforeFailure(graph: Graph, outputs: readonly Node[]): readonly string[] {
    const calls: readonly Node[] = graph.calls;
    const replay: string[] = [];
    for (const { afterCall, statements } of this.#effects) {
      const used = statements.join("\n").matchAll(/\bg\[(\d+)\]/g);
      for (const [, index] of used) {
        const output = outputs[Number(index)];
        const name = output === undefined ? null : output.name;
        if (calls.findIndex((call) => call.name === name) >= afterCall) return replay;
      }
      replay.push(`if (failed < ${afterCall}) throw error;`, ...statements);
    }
    return replay;
  }
}

function effectText(writer: ResidualWriter, effect: SideEffect): string {
  switch (effect.kind) {
    case "setProperty": {
      const value = writer.value(effect.value);
      return `${writer.value(effect.target)}${keyText(effect.key, writer)} = ${value};`;
    }
    case "deleteProperty":
      return `delete ${writer.value(effect.target)}${keyText(effect.key, writer)};`;
    case "call":
    case "log": {
      const args = effect.args.map((arg) => writer.value(arg));
      return `R.apply(${writer.textOf(effect.callee)}, ${writer.value(effect.receiver)}, [${args.join(", ")}]);`;
    }
    case "storeCell": {
      const value = writer.value(effect.value);
      const isOuter = effect.cell.source?.kind === "pinned";
      return `${writer.cell(effect.cell)}.${isOuter ? "v" : "raw"} = ${value};`;
    }
  }
}

/** Writes the breaking instruction and the ways on from it. */
class BreakWriter {
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

  /** Makes all values of a frame real now, in variables: the instruction may change what they were read from. */
  #fix(frame: Frame, depth: number): FrameTexts {
    const writer = this.#writer;
    const isTop = depth === this.#frames.length - 1;
    const handler = findHandler(this.#frames);
    const live = new Set<number>([
      ...frame.code.liveLocalsAt(frame.pc),
      ...(handler !== null && handler.depth === depth
        ? frame.code.liveLocalsAt(handler.region.handler)
        : []),
    ]);
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
    const needsArgs = shapeOfFrame(frame, frame.pc, 0).hasArgs;
    if (needsArgs)
      writer.body.push(
        `const ${args} = [${frame.args.map((arg) => writer.value(arg)).join(", ")}];`,
      );
    const newTarget = fixed("newTarget", frame.newTarget);
    if (frame.code.usesNewTarget) newTarget();
    const self = fixed("self", frame.self);
    if (shapeOfFrame(frame, frame.pc, 0).hasSelf) self();
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
      const shape = shapeOfFrame(frame, at === depth ? pc : frame.pc, stack.length);
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

function skipJumps(frame: Frame | undefined, pc: number): number {
  let at = pc;
  for (let steps = 0; steps < 100; steps++) {
    const instruction = frame?.code.instructions[at];
    if (instruction?.op !== "jump") break;
    at = instruction.target;
  }
  return at;
}
