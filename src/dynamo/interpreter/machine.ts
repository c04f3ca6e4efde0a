import type { NodeSource } from "../../fx/node.ts";
import { callValue, constructValue, enterFunction } from "../operations/call.ts";
import { deleteProperty } from "../operations/delete-property.ts";
import { getProperty } from "../operations/get-property.ts";
import { hasProperty } from "../operations/has-property.ts";
import { advance, currentValue, getIterator } from "../operations/iteration.ts";
import { closeIterator } from "../operations/iterator-record.ts";
import { setProperty } from "../operations/set-property.ts";
import { elementAt } from "../operations/element-at.ts";
import { propertyKey } from "../operations/property-key.ts";
import { truthOf } from "../operations/truth.ts";
import type { GraphBreak } from "../graph-breaks/graph-break.ts";
import type { GeneratorVariable } from "../variables/iterator-variables.ts";
import type { CallResult } from "../builtins/builtin.ts";
import { type Source, sourceName } from "../variables/source.ts";
import { isWritable } from "../residual/runtime.ts";
import type {
  ArrayVariable,
  ClosureVariable,
  CursorVariable,
  ForcedVariable,
  MapVariable,
  SetVariable,
  UserFunctionVariable,
  Variable,
} from "../variables/variable.ts";
import type { SideContext } from "../healing/capture-side.ts";
import type { CaptureOptions } from "./capture-options.ts";
import { mapEntries, setKeys } from "./contents.ts";
import type { ReturnMode } from "./frame.ts";
import { isOuterCells } from "./outer-cell.ts";
import { nodeSource } from "./places.ts";
import { type NumberHistory, Tracer } from "./tracer.ts";

/** An instruction by its number in the capture (`Tracer.lastStep`). */
export interface StopAtStep {
  readonly step: number;
  readonly graphBreak: GraphBreak;
}

/** The operations of ECMA-262 §7 on variables, over the state of one capture. */
export class Machine {
  readonly tracer: Tracer;
  readonly options: CaptureOptions;
  /** The side of a branch on data that is being captured. */
  side: SideContext | null = null;
  /** How many sides have been captured, those that were given up included. */
  sideCount = 0;
  /** Where a graph break is wanted, because of what an earlier capture of the same went into. */
  readonly stop: StopAtStep | null;
  /** The generators of the program that this capture made. */
  readonly generators: GeneratorVariable[] = [];
  /** The last instruction in the middle of which code of the program ran: it cannot be left half done. */
  #nestedStep = -1;
  readonly #iterations: CursorVariable[] = [];

  constructor(history: NumberHistory, options: CaptureOptions, stop: StopAtStep | null = null) {
    this.tracer = new Tracer(history);
    this.options = options;
    this.stop = stop;
  }

  /** Code of the program is about to run in the middle of the current instruction. */
  noteNested(): void {
    this.#nestedStep = this.tracer.lastStep;
  }

  /** Whether the current instruction has had effects already. */
  get isHalfDone(): boolean {
    return this.#nestedStep === this.tracer.lastStep;
  }

  force(variable: Variable): ForcedVariable {
    return this.tracer.force(variable);
  }

  /** null: a getter of the program was entered; `returnMode` says where its value goes. */
  getProperty(base: Variable, key: PropertyKey, returnMode: ReturnMode = "push"): CallResult {
    const depth = this.tracer.frames.length;
    const value = getProperty(this, base, key);
    if (value === null) this.tracer.setReturnMode(depth, returnMode);
    return value;
  }

  /** null: a user's setter was entered; the value assigned is not affected. */
  setProperty(base: Variable, key: PropertyKey, value: Variable): void {
    setProperty(this, base, key, value);
  }

  deleteProperty(base: Variable, key: PropertyKey): boolean {
    return deleteProperty(this, base, key);
  }

  hasProperty(base: Variable, key: PropertyKey): boolean {
    return hasProperty(this, base, key);
  }

  call(callee: Variable, thisValue: Variable, args: readonly Variable[]): CallResult {
    return callValue(this, callee, thisValue, args);
  }

  construct(callee: Variable, args: readonly Variable[]): CallResult {
    return constructValue(this, callee, args);
  }

  getIterator(iterable: Variable): Variable {
    return getIterator(this, iterable);
  }

  /** One step: false when exhausted, else `currentValue` gives the value. */
  advance(record: Variable): boolean {
    return advance(this, record);
  }

  currentValue(record: Variable): Variable {
    return currentValue(this, record);
  }

  closeIterator(record: Variable): void {
    closeIterator(this, record);
  }

  truthOf(variable: Variable): boolean {
    return truthOf(this, variable);
  }

  /** Pushes a frame for a function of the program. */
  enter(
    callee: UserFunctionVariable | ClosureVariable,
    thisValue: Variable,
    args: readonly Variable[],
    returnMode: ReturnMode,
  ): void {
    enterFunction(this, callee, thisValue, args, returnMode);
  }

  /** The user's source line of the current instruction, for the graph. */
  place(): NodeSource | null {
    return nodeSource(this.tracer.frames);
  }

  /** The user's text of the expression that is being evaluated, for messages. */
  expressionText(): string {
    const { code, pc } = this.tracer.frame;
    const span = code.spans[pc];
    const text = span === undefined ? "" : code.text.slice(span.start, span.end);
    return text.length > 80 ? `${text.slice(0, 77)}…` : text;
  }

  /** `object[key]`. */
  getElement(object: Variable, key: Variable): CallResult {
    const target = this.force(object);
    if (target.kind === "array" && this.force(key).kind === "number") {
      const element = this.elementAt(target, key);
      if (element !== null) return element;
    }
    return this.getProperty(object, propertyKey(this, key));
  }

  /**
   * Cells of functions outside are what the array says they are: its identity is guarded. Cells of closures differ from
   * call to call and are guarded one by one.
   */
  guardCaptures(cells: readonly object[], source: Source): Source {
    if (!isOuterCells(cells)) return source;
    this.tracer.addGuard({ kind: "ID_MATCH", source, value: cells });
    return { kind: "pinned", value: cells, name: sourceName(source) };
  }

  /**
   * An element at an index that may vary: reached through the index itself, so that a loop over an array compiles once.
   * null past the end, or when nothing but the index's value would do.
   */
  elementAt(target: ArrayVariable, position: Variable): Variable | null {
    return elementAt(this, target, position);
  }

  sizeOf(target: MapVariable | SetVariable): number {
    return target.kind === "map" ? mapEntries(this, target).length : setKeys(this, target).length;
  }

  /** Remembers a live iteration over a Map or Set. */
  noteIteration(cursor: CursorVariable): void {
    this.#iterations.push(cursor);
  }

  isBeingIterated(target: MapVariable | SetVariable): boolean {
    return this.#iterations.some(({ state }) => state.over === target && !state.done);
  }

  /** Whether a plain store neither throws nor calls anything (ECMA-262 §10.1.9.2). */
  isWritable(value: object, key: PropertyKey): boolean {
    return isWritable(value, key);
  }
}
