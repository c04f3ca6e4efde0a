import { metaOfValue } from "../guards/meta-of-value.ts";
import type { Tensor } from "../../api/tensor.ts";
import type { Expression, Scalar } from "../../symbolic/expression.ts";
import { evaluateExpression, leavesOf } from "../../symbolic/expression.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Guard } from "../guards/guard.ts";
import { type GuardPlace, GuardSet } from "../guards/guard-set.ts";
import type { DimDecision, SizeDecisions } from "../shapes/dim-decision.ts";
import { Assumptions } from "../shapes/assumptions.ts";
import { SizeSymbols } from "../shapes/size-symbols.ts";
import type { StrictSize } from "../shapes/specialized-dims.ts";
import { UnbackedShapes } from "../shapes/unbacked-shapes.ts";
import { ShapeTrace } from "../shapes/shape-trace.ts";
import { gradModeEnabled } from "../../core/grad-mode-flag.ts";
import type { TensorMeta } from "../../core/tensor-meta.ts";
import type { SideEffect } from "../side-effects.ts";
import { type Source, sourceName } from "../variables/source.ts";
import type { TensorVariable } from "../variables/variable.ts";
import {
  CellVariable,
  ConstantVariable,
  CursorVariable,
  type ForcedVariable,
  LazyVariable,
  NumberVariable,
  type NumberLeaf,
  TemplateVariable,
  type Variable,
  classNameOf,
} from "../variables/variable.ts";
import { InternalError } from "../../base/errors.ts";
import { findInGraph } from "../in-graph-lookup.ts";
import type { Node } from "../../fx/node.ts";
import { registerSizeNames } from "../../fx/size-names.ts";
import type { ArrayCursor } from "../bytecode/array-cursor.ts";
import type { Frame, ReturnMode } from "./frame.ts";
import { GraphRecorder } from "./graph-recorder.ts";
import { wrapObject } from "./wrap-object.ts";
import { wrapTensor } from "./wrap-tensor.ts";

/** Which numbers from outside are known to vary, and what they were before. */
export interface NumberHistory {
  /** True if the number read from `source` must enter as a symbol. Notes `value` for the next capture. */
  varies(source: Source, value: Scalar): boolean;
  /** True if the text a native call gave was another one before: it is then only passed on, not looked into. */
  textVaries(source: Source, value: string): boolean;
  /** True if the value came out of a tensor: then it never becomes a guard on its value. */
  isFromTensor(source: Source): boolean;
  /** Which sizes of the tensor at `source` must enter as symbols. Notes its sizes for the next capture. */
  decideSizes(source: Source, tensor: Tensor, meta: TensorMeta): readonly DimDecision[];
}

type EffectWithoutPlace = SideEffect extends infer E
  ? E extends SideEffect
    ? Omit<E, "afterCall">
    : never
  : never;

/** The mode of recording gradients: at entry, where the capture has come to, and what the effects so far make of it. */
interface CapturedGradMode {
  readonly atEntry: boolean;
  now: boolean;
  noted: boolean;
  /** Whether the graph writes to a leaf, which only the mode that the capture had come to allows. */
  writesToLeaf: boolean;
  /** Whether the graph calls code of the program, which may ask for the mode. */
  runsProgram: boolean;
}

/** The state of one capture: a stack of frames, the graph so far, what was assumed and what has to be replayed. */
export class Tracer {
  readonly frames: Frame[] = [];
  /** The graph that calls go to: the capture's own, or that of the branch being captured. */
  graph = new GraphRecorder();
  readonly rootGraph = this.graph;
  /** The branch of a higher-order operator that is being captured. */
  branch: { readonly operator: string; readonly birth: number } | null = null;
  readonly guards = new GuardSet();
  /** Counts the instructions, up to the last one where the capture could have ended; -1 before the first. */
  lastStep = -1;
  readonly effects: SideEffect[] = [];
  readonly history: NumberHistory;
  /** What is known about tensors whose sizes may vary. */
  readonly shapes = new ShapeTrace();
  /** What is known about tensors whose sizes only running the graph tells. */
  readonly unbacked = new UnbackedShapes();
  /** What the program promised about numbers that only running the graph tells. */
  assumptions = new Assumptions();
  /** Which dimensions of tensors from outside vary; of other dynamic tensors, all may. */
  readonly dynamicDims = new Map<Tensor, readonly number[]>();
  readonly sizeDecisions: SizeDecisions[] = [];
  /** The first size of each `shape_id` given with `mark_unbacked`: as it is at entry, and as a number of the graph. */
  readonly sizesById = new Map<
    string,
    { readonly atEntry: Expression<NumberLeaf>; readonly size: Expression<NumberLeaf> }
  >();
  readonly strictSizes: StrictSize[] = [];
  readonly gradMode: CapturedGradMode;
  /** One variable for each object from outside, however many ways lead to it. */
  readonly #objects = new Map<
    object,
    { readonly variable: ForcedVariable; readonly source: Source }
  >();
  readonly #cells = new Map<object, CellVariable>();
  readonly #mutated = new Set<Variable | CellVariable>();
  #sizeSymbols: SizeSymbols | null = null;

  constructor(history: NumberHistory) {
    this.history = history;
    const atEntry = gradModeEnabled();
    this.gradMode = {
      atEntry,
      now: atEntry,
      noted: atEntry,
      writesToLeaf: false,
      runsProgram: false,
    };
  }

  get frame(): Frame {
    const frame = this.frames.at(-1);
    if (frame === undefined) throw new Error("the machine has stopped");
    return frame;
  }

  /** Whether the region changed the object: then what is there at entry says nothing about now. */
  isMutated(target: Variable): boolean {
    return this.#mutated.has(target);
  }

  /** Refuses to change, in a branch of a higher-order operator, what was there before it. */
  noteMutation(target: { readonly birth: number }, what: string): void {
    if (this.branch !== null && target.birth < this.branch.birth) {
      breakGraph(
        "branchSideEffect",
        { operator: this.branch.operator, effect: `it changes ${what}` },
        `mutation of ${what}`,
      );
    }
  }

  /** Says where the value of a frame that was just entered goes. */
  setReturnMode(depth: number, returnMode: ReturnMode): void {
    const frame = this.frames[depth];
    if (frame !== undefined) frame.returnMode = returnMode;
  }

  addGuard(guard: Guard): void {
    // Sizes of tensors that the graph makes exist only once it ran: decisions on them are checked by a replay.
    if (guard.kind === "EXPRESSION" && hasSizeLeaf(guard.expression))
      this.shapes.addFact(guard.expression, guard.truth, this.guardPlace);
    else this.guards.add(guard, this.guardPlace);
  }

  /** The instruction that makes an assumption. */
  get guardPlace(): GuardPlace | null {
    const frame = this.frames.at(-1);
    return frame === undefined ? null : { code: frame.code, pc: frame.pc, step: this.lastStep };
  }

  addEffect(effect: EffectWithoutPlace): void {
    if (this.branch !== null) {
      breakGraph(
        "branchSideEffect",
        { operator: this.branch.operator, effect: describeEffect(effect) },
        effect.kind,
      );
    }
    this.effects.push({
      ...effect,
      afterCall: this.graph.callCount,
    });
    if (
      effect.kind === "setProperty" ||
      effect.kind === "deleteProperty" ||
      effect.kind === "setPrivate"
    )
      this.#mutated.add(this.force(effect.target));
    if (effect.kind === "call") this.#mutated.add(this.force(effect.receiver));
    if (effect.kind === "storeCell") this.#mutated.add(effect.cell);
  }

  /** Looks at a value from outside for the first time: this is where guards come from. */
  force(variable: Variable): ForcedVariable {
    if (variable.kind !== "lazy") return variable;
    variable.forced ??= this.#look(variable.value, variable.source);
    return variable.forced;
  }

  #look(value: unknown, source: Source): ForcedVariable {
    if ((typeof value === "object" && value !== null) || typeof value === "function") {
      const known = this.#objects.get(value);
      if (known !== undefined) {
        this.addGuard({ kind: "DUPLICATE_INPUT", source, other: known.source });
        return known.variable;
      }
      const variable = this.#lookInside(value, source);
      // Nothing is looked at inside, but that it is no primitive decides comparisons and more.
      if (variable.kind === "opaque" && source.kind !== "pinned") {
        const type = typeof value === "function" ? "function" : "object";
        this.addGuard({ kind: "TYPE_MATCH", source, type });
      }
      this.#objects.set(value, { variable, source });
      return variable;
    }
    if (typeof value === "number" || typeof value === "boolean") {
      const fromTensor = this.history.isFromTensor(source);
      if (fromTensor || (typeof value === "number" && this.history.varies(source, value))) {
        this.addGuard({
          kind: "TYPE_MATCH",
          source,
          type: typeof value === "number" ? "number" : "boolean",
        });
        return new NumberVariable(
          { kind: "leaf", leaf: { kind: "source", source, hint: value, fromTensor } },
          value,
        );
      }
    }
    if (typeof value === "string" && this.history.textVaries(source, value)) {
      this.addGuard({ kind: "TYPE_MATCH", source, type: "string" });
      return new TemplateVariable([new LazyVariable(value, source)]);
    }
    if (source.kind !== "pinned") this.addGuard({ kind: "CONSTANT_MATCH", source, value });
    return new ConstantVariable(value);
  }

  #lookInside(value: object, source: Source): ForcedVariable {
    const meta = metaOfValue(value);
    if (meta === undefined) return wrapObject(this, value, source);
    // Only tensors have tensor metadata.
    return wrapTensor(this, value as Tensor, meta, source);
  }

  /** An object that the captured code can only mean, whatever the arguments: a prototype, a getter. */
  pinnedObject(value: object): ForcedVariable {
    return this.force(new LazyVariable(value, { kind: "pinned", value, name: classNameOf(value) }));
  }

  pinnedFunction(value: Function): Variable {
    return new LazyVariable(value, { kind: "pinned", value, name: value.name });
  }

  /** A member of a module: what a module exports under a name is fixed for our own functions. */
  memberOfModule(value: unknown, source: Source): Variable {
    if (typeof value === "function" && findInGraph(value) !== null) {
      return new LazyVariable(value, { kind: "pinned", value, name: sourceName(source) });
    }
    return new LazyVariable(value, source);
  }

  /** The node for a tensor; one from outside becomes an input of the graph. */
  nodeOf(tensor: TensorVariable): Node {
    if (tensor.node === null) {
      if (tensor.source === null) throw new InternalError("a tensor without a source has a node");
      tensor.node = this.rootGraph.tensorInput(tensor.source, tensor.fake);
    }
    return tensor.node;
  }

  /** The truth of a condition on numbers, guarded; undefined when only the running graph knows. */
  decideExpression(expression: Expression<NumberLeaf>): boolean | undefined {
    const condition = this.number(expression);
    if (condition.kind === "constant") return Boolean(condition.value);
    return condition.kind === "number" ? this.decide(condition) : undefined;
  }

  /** A loop's place in an array, handed over by the segment before: its position is guarded or symbolic like any number. */
  cursorFromOutside(cursor: ArrayCursor, source: Source): CursorVariable | null {
    this.addGuard({ kind: "CURSOR_MATCH", source });
    const over = this.force(
      new LazyVariable(cursor.array, { kind: "member", base: source, key: "array" }),
    );
    if (over.kind !== "array") return null;
    const done = this.force(
      new LazyVariable(cursor.done, { kind: "member", base: source, key: "done" }),
    );
    const index = this.force(
      new LazyVariable(cursor.index, { kind: "member", base: source, key: "index" }),
    );
    const state = {
      over,
      mode: "values",
      flavour: "record",
      done: done.kind === "constant" && done.value === true,
    } as const;
    const found = new CursorVariable(
      index.kind === "number"
        ? { ...state, start: index.expression }
        : { ...state, index: cursor.index },
    );
    // The step that found the value may have been the one that broke the graph.
    found.current = new LazyVariable(cursor.value, { kind: "member", base: source, key: "value" });
    return found;
  }

  /** A cell from outside: the same cell is one variable, so that closures keep sharing it. */
  cellFromOutside(
    cell: object,
    source: Source,
    name: string,
    read: () => Variable | null,
  ): CellVariable {
    const known = this.#cells.get(cell);
    if (known !== undefined) return known;
    const variable = CellVariable.outside(name, source, read);
    this.#cells.set(cell, variable);
    return variable;
  }

  /** A constant value for the expression, guarded: the entry then serves only calls with this value. */
  specialize(variable: NumberVariable, purpose: string): Scalar {
    const { expression, hint } = variable;
    if (hint === undefined || this.isFromTensor(expression)) {
      breakGraph(
        "notAConstant",
        { value: "a symbolic number", use: purpose },
        `specialize(${purpose})`,
        variable,
      );
    }
    const constant: Expression<NumberLeaf> = { kind: "constant", value: hint };
    this.addGuard({
      kind: "EXPRESSION",
      expression:
        hint === 0 || Number.isNaN(hint)
          ? sameValueTest(expression, hint)
          : { kind: "binary", operator: "===", left: expression, right: constant },
      truth: true,
    });
    return hint;
  }

  /** Which way a condition goes, guarded by the condition itself (not by the values it was computed from). */
  decide(variable: NumberVariable): boolean | undefined {
    if (variable.hint === undefined) return this.assumptions.truthOf(variable.expression);
    const truth = Boolean(variable.hint);
    this.addGuard({ kind: "EXPRESSION", expression: variable.expression, truth });
    return truth;
  }

  number(expression: Expression<NumberLeaf>): Variable {
    const hint = evaluateExpression(expression, leafHint);
    if (leavesOf(expression).size === 0 && hint !== undefined) return new ConstantVariable(hint);
    return new NumberVariable(expression, hint);
  }

  isFromTensor(expression: Expression<NumberLeaf>): boolean {
    for (const leaf of leavesOf(expression))
      if (leaf.kind !== "size" && (leaf.kind !== "source" || leaf.fromTensor)) return true;
    return false;
  }

  /** Names of the sizes that vary, for graphs and reports. Only for a capture that has ended. */
  nameSizes(): SizeSymbols {
    if (this.#sizeSymbols !== null) return this.#sizeSymbols;
    const { shapes, unbacked, sizeDecisions } = this;
    const { numberInputs } = this.rootGraph;
    const symbols = new SizeSymbols({ shapes, unbacked, sizeDecisions, numberInputs });
    for (const tensor of shapes.tensors) registerSizeNames(tensor, symbols);
    for (const tensor of unbacked.tensors) registerSizeNames(tensor, symbols);
    this.#sizeSymbols = symbols;
    return symbols;
  }

  /**
   * Two names for one object would make a recorded mutation of one visible through the other. Captured apart, they must
   * stay apart: `f(a, b) { a.push(1); return b.length }` captured with two arrays would be wrong for `f(a, a)`.
   */
  guardAgainstAliasing(): void {
    const known = [...this.#objects.values()];
    for (const mutated of this.#mutated) {
      if (mutated.kind === "cell" || !("source" in mutated) || mutated.source === null) continue;
      for (const other of known) {
        if (other.variable === mutated || other.variable.kind !== mutated.kind) continue;
        this.addGuard({ kind: "NO_ALIASING", source: mutated.source, other: other.source });
      }
    }
    for (const cell of this.#mutated) {
      if (cell.kind !== "cell" || cell.source === null) continue;
      for (const other of this.#cells.values()) {
        if (other === cell || other.source === null) continue;
        if (cell.source.kind === "pinned" && other.source.kind === "pinned") continue;
        this.addGuard({ kind: "NO_ALIASING", source: cell.source, other: other.source });
      }
    }
  }
}

function describeEffect(effect: EffectWithoutPlace): string {
  switch (effect.kind) {
    case "setProperty":
    case "deleteProperty":
      return `it changes the property ${String(effect.key)}`;
    case "setPrivate":
      return `it changes the private field ${effect.name.name}`;
    case "storeCell":
      return `it writes the outer variable \`${effect.cell.name}\``;
    case "call":
      return `it calls \`${effect.callee.name}\``;
    case "log":
      return `it prints with \`${effect.callee.name}\``;
  }
}

const leafHint = (leaf: NumberLeaf): Scalar | undefined =>
  leaf.kind === "source" || leaf.kind === "size" ? leaf.hint : undefined;

const hasSizeLeaf = (expression: Expression<NumberLeaf>): boolean =>
  [...leavesOf(expression)].some((leaf) => leaf.kind === "size");

/** NaN: x !== x. Zeros: 1/x tells 0 from -0, which `===` does not. */
function sameValueTest(expression: Expression<NumberLeaf>, hint: Scalar): Expression<NumberLeaf> {
  if (Number.isNaN(hint))
    return { kind: "binary", operator: "!==", left: expression, right: expression };
  return {
    kind: "binary",
    operator: "===",
    left: {
      kind: "binary",
      operator: "/",
      left: { kind: "constant", value: 1 },
      right: expression,
    },
    right: { kind: "constant", value: Object.is(hint, -0) ? -Infinity : Infinity },
  };
}
