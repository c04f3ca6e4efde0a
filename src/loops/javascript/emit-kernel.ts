/** A kernel as the text of a JavaScript function, for one number of axes and one class of innermost steps. */
import { at } from "../../core/shape.ts";
import type { DTypeName } from "../../core/dtype.ts";
import { InternalError } from "../../base/errors.ts";
import type { ValueType } from "../expression.ts";
import type { Kernel, Store } from "../kernel.ts";
import { type EmissionScope, emitArithmetic, ExpressionEmitter } from "./emit-expression.ts";

/** What the text is specialised for. */
export interface KernelShape {
  readonly parallelAxes: number;
  readonly foldAxes: number;
  /** Per operand, its step along the innermost axis: `c` 1, `z` 0, `s` any other; `r` for operands read at random. */
  readonly innerSteps: string;
  /** Dimensions of operands read at random, per operand. */
  readonly randomRanks: readonly number[];
}

export interface EmittedKernel {
  /** Body of a function of (arrays, offsets, steps, sizes, scalars, support, embedded). */
  readonly text: string;
  readonly embedded: readonly unknown[];
}

/** Writes the loop nest; parameters are read into locals at the top, and steps of 0 and 1 are literals. */
export function emitKernel(kernel: Kernel, shape: KernelShape): EmittedKernel {
  return new KernelEmitter(kernel, shape).emit();
}

class KernelEmitter implements EmissionScope {
  readonly #kernel: Kernel;
  readonly #shape: KernelShape;
  readonly #embedded: unknown[] = [];
  readonly #wordOperands = new Set<number>();
  readonly #axes: number;

  constructor(kernel: Kernel, shape: KernelShape) {
    this.#kernel = kernel;
    this.#shape = shape;
    this.#axes = shape.parallelAxes + shape.foldAxes;
  }

  emit(): EmittedKernel {
    const { foldAxes } = this.#shape;
    const hasFold = foldAxes > 0 || this.#kernel.states.length > 0;
    const perElement = this.#kernel.stores.filter((store) => store.when === "element");
    const perResult = this.#kernel.stores.filter((store) => store.when === "result");
    const body = hasFold
      ? this.#fold(perElement, perResult)
      : this.#stores(perElement, this.#axes, "v");
    const loops = this.#nest(0, this.#shape.parallelAxes, body);
    const text = [...this.#prologue(), ...loops].join("\n");
    return { text, embedded: this.#embedded };
  }

  #prologue(): string[] {
    const lines = ["const fround = Math.fround;"];
    this.#kernel.operands.forEach((slot, operand) => {
      lines.push(
        `const p${operand} = arrays[${operand}]; let o${operand}_0 = offsets[${operand}];`,
      );
      if (this.#wordOperands.has(operand)) {
        lines.push(
          `const w${operand} = new Int32Array(p${operand}.buffer, p${operand}.byteOffset, p${operand}.length * 2);`,
        );
      }
      const steps = slot.access === "random" ? at(this.#shape.randomRanks, operand) : this.#axes;
      for (let axis = 0; axis < steps; axis++)
        lines.push(`const s${operand}_${axis} = steps[${operand}][${axis}];`);
    });
    for (let axis = 0; axis < this.#axes; axis++) lines.push(`const n${axis} = sizes[${axis}];`);
    this.#kernel.scalars.forEach((_, slot) => lines.push(`const k${slot} = scalars[${slot}];`));
    this.#embedded.forEach((_, index) => lines.push(`const e${index} = embedded[${index}];`));
    return lines;
  }

  /** Loops over axes [from, to) around `body`. The offsets at depth d are called o<operand>_<d>. */
  #nest(from: number, to: number, body: readonly string[]): string[] {
    if (from === to) return [...body];
    const inner = this.#nest(from + 1, to, body);
    const points = this.#pointOperands();
    const enter = points.map((operand) => `let o${operand}_${from + 1} = o${operand}_${from};`);
    const step = points
      .map((operand) => this.#advance(operand, from))
      .filter((text) => text !== "");
    return [
      ...enter,
      `for (let i${from} = 0; i${from} < n${from}; i${from}++) {`,
      ...inner,
      ...step,
      "}",
    ];
  }

  #advance(operand: number, axis: number): string {
    const innermost = axis === this.#axes - 1;
    const stepClass = innermost ? this.#shape.innerSteps[operand] : "s";
    if (stepClass === "z") return "";
    return `o${operand}_${axis + 1} += ${stepClass === "c" ? "1" : `s${operand}_${axis}`};`;
  }

  #pointOperands(): number[] {
    return this.#kernel.operands.flatMap((slot, operand) =>
      slot.access === "point" ? [operand] : [],
    );
  }

  #fold(perElement: readonly Store[], perResult: readonly Store[]): string[] {
    const { parallelAxes } = this.#shape;
    const states = this.#kernel.states;
    const initial = new ExpressionEmitter(this, "b");
    const starts = states.map((state, index) => {
      const value = initial.emit(state.initial);
      return `let a${index} = ${value};`;
    });
    const stepper = new ExpressionEmitter(this, "v");
    this.#depth = this.#axes;
    const next = states.map((state, index) => `const x${index} = ${stepper.emit(state.next)};`);
    const assign = states.map((_, index) => `a${index} = x${index};`);
    const stepLines = [
      ...stepper.lines,
      ...next,
      ...assign,
      ...this.#stores(perElement, this.#axes, "u"),
    ];
    const loop = this.#nest(parallelAxes, this.#axes, stepLines);
    return [...initial.lines, ...starts, ...loop, ...this.#stores(perResult, parallelAxes, "r")];
  }

  /** The depth whose offsets loads use. */
  #depth = 0;

  #stores(stores: readonly Store[], depth: number, prefix: string): string[] {
    this.#depth = depth;
    const emitter = new ExpressionEmitter(this, prefix);
    // All values are computed before anything is written: an output may be one of the inputs.
    const writes = stores.map((store) => {
      const type = at(this.#kernel.operands, store.operand).type;
      const place =
        store.coordinates === null
          ? `o${store.operand}_${depth}`
          : this.#address(
              store.operand,
              store.coordinates.map((coordinate) => emitter.emit(coordinate)),
            );
      const target = `p${store.operand}[${place}]`;
      if (store.mode === "set") return this.#write(store, type, place, target, emitter);
      const operation = combiningOperation[store.mode];
      return `${target} = ${emitArithmetic(operation, type, target, emitter.emit(store.value))};`;
    });
    return [...emitter.lines, ...writes];
  }

  #write(
    store: Store,
    type: DTypeName,
    place: string,
    target: string,
    emitter: ExpressionEmitter,
  ): string {
    const value = store.value;
    // An integer that was just made from a number is stored as two words: making a bigint of it would allocate.
    if (type === "int64" && value.kind === "cast" && isSmallInteger(value.x.type)) {
      this.#wordOperands.add(store.operand);
      const number = emitter.emit(value.x);
      const at64 = `2 * (${place})`;
      return `w${store.operand}[${at64}] = ${number}; w${store.operand}[${at64} + 1] = Math.floor(${number} / 4294967296);`;
    }
    return `${target} = ${emitter.emit(value)};`;
  }

  #address(operand: number, coordinates: readonly string[]): string {
    const terms = coordinates.map((coordinate, axis) => `${coordinate} * s${operand}_${axis}`);
    return [`o${operand}_0`, ...terms].join(" + ");
  }

  load(operand: number): string {
    return `p${operand}[o${operand}_${this.#depth}]`;
  }

  loadAsNumber(operand: number): string {
    return this.#words(operand, `o${operand}_${this.#depth}`);
  }

  loadLowWord(operand: number): string {
    this.#wordOperands.add(operand);
    return `w${operand}[2 * o${operand}_${this.#depth}]`;
  }

  gather(operand: number, coordinates: readonly string[], asNumber: boolean): string {
    const address = this.#address(operand, coordinates);
    return asNumber ? this.#words(operand, address) : `p${operand}[${address}]`;
  }

  #words(operand: number, address: string): string {
    this.#wordOperands.add(operand);
    return `(w${operand}[2 * (${address}) + 1] * 4294967296 + (w${operand}[2 * (${address})] >>> 0))`;
  }

  scalar(slot: number): string {
    return `k${slot}`;
  }

  position(axis: number): string {
    return `i${axis}`;
  }

  foldPosition(): string {
    if (this.#shape.foldAxes !== 1)
      throw new InternalError(`a fold position needs one fold axis, not ${this.#shape.foldAxes}`);
    return `i${this.#shape.parallelAxes}`;
  }

  state(state: number): string {
    return `a${state}`;
  }

  embed(value: unknown): string {
    const known = this.#embedded.indexOf(value);
    return `e${known >= 0 ? known : this.#embedded.push(value) - 1}`;
  }
}

const combiningOperation = {
  add: "add",
  multiply: "mul",
  minimum: "minimum",
  maximum: "maximum",
} as const;

function isSmallInteger(type: ValueType): boolean {
  return type === "index" || type === "int32" || type === "uint8" || type === "bool";
}
