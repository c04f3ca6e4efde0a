/** A kernel as the text of a JavaScript function, for one number of axes and one class of innermost steps. */
import { at } from "../../core/shape.ts";
import { type DTypeName, dtypes, isWordType, type WordTypeName } from "../../core/dtype.ts";
import { InternalError } from "../../base/errors.ts";
import { type ValueType, withoutRounding } from "../expression.ts";
import { firstStates, type Kernel, type Stage, type Store } from "../kernel.ts";
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
  readonly #usesRows: boolean;

  constructor(kernel: Kernel, shape: KernelShape) {
    this.#kernel = kernel;
    this.#shape = shape;
    this.#axes = shape.parallelAxes + shape.foldAxes;
    this.#usesRows = kernel.rows.length > 0;
  }

  emit(): EmittedKernel {
    const first = firstStates(this.#kernel);
    const body = this.#kernel.stages.flatMap((own, index) =>
      this.#stage(own, index, at(first, index)),
    );
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
    const foldSizes: string[] = [];
    for (let axis = 0; axis < this.#axes; axis++) {
      lines.push(`const n${axis} = sizes[${axis}];`);
      if (axis >= this.#shape.parallelAxes) foldSizes.push(`n${axis}`);
    }
    this.#kernel.scalars.forEach((_, slot) => lines.push(`const k${slot} = scalars[${slot}];`));
    if (this.#usesRows) {
      const count = ["1", ...foldSizes].join(" * ");
      lines.push(`let j = 0; const rowLength = ${count};`);
    }
    this.#kernel.rows.forEach((type, row) =>
      lines.push(`const r${row} = new ${rowArrays[type]}(rowLength);`),
    );
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

  /** The stage's states, and its body once or at each fold point; names end in the number of the stage. */
  #stage(own: Stage, index: number, firstState: number): string[] {
    const { parallelAxes } = this.#shape;
    const sweeps = own.over === "sweep";
    this.#depth = parallelAxes;
    const initial = new ExpressionEmitter(this, `b${index}_`);
    const starts = own.states.map(
      (state, n) => `let a${firstState + n} = ${initial.emit(state.initial)};`,
    );
    this.#depth = sweeps ? this.#axes : parallelAxes;
    const body = this.#body(own, new ExpressionEmitter(this, `v${index}_`), firstState);
    if (!sweeps) return [...initial.lines, ...starts, ...body];
    const loop = this.#nest(parallelAxes, this.#axes, this.#usesRows ? [...body, "j++;"] : body);
    const restart = this.#usesRows ? ["j = 0;"] : [];
    return [...initial.lines, ...starts, ...restart, "{", ...loop, "}"];
  }

  #body(own: Stage, emitter: ExpressionEmitter, firstState: number): string[] {
    const next = own.states.map((state, n) => {
      const value = emitter.emit(state.next);
      return { declare: `const x${firstState + n} = ${value};`, state: firstState + n };
    });
    const steps = emitter.lines.splice(0);
    steps.push(...next.map(({ declare }) => declare));
    steps.push(...next.map(({ state }) => `a${state} = x${state};`));
    if (next.length > 0) emitter.forgetStates(firstState);
    const rows = own.rows.map(({ row, value }) => `r${row}[j] = ${emitter.emit(value)};`);
    const writes = this.#writes(own.stores, emitter);
    return [...steps, ...emitter.lines, ...rows, ...writes];
  }

  /** The depth whose offsets loads use. */
  #depth = 0;

  /** All values are computed, in the emitter's lines, before anything is written: an output may be one of the inputs. */
  #writes(stores: readonly Store[], emitter: ExpressionEmitter): string[] {
    return stores.map((store) => {
      const type = at(this.#kernel.operands, store.operand).type;
      const place =
        store.coordinates === null
          ? `o${store.operand}_${this.#depth}`
          : this.#address(
              store.operand,
              store.coordinates.map((coordinate) => emitter.emit(coordinate)),
            );
      const target = `p${store.operand}[${place}]`;
      if (store.mode === "set") return this.#write(store, type, place, target, emitter);
      const operation = combiningOperation[store.mode];
      const sum = emitArithmetic(
        operation,
        dtypes[type].computeName,
        fromStored(type, target),
        emitter.emit(store.value),
      );
      return `${target} = ${toStored(type, sum)};`;
    });
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
    return `${target} = ${toStored(type, emitter.emit(withoutRounding(value, type)))};`;
  }

  #address(operand: number, coordinates: readonly string[]): string {
    const terms = coordinates.map((coordinate, axis) => `${coordinate} * s${operand}_${axis}`);
    return [`o${operand}_0`, ...terms].join(" + ");
  }

  load(operand: number): string {
    return this.#element(operand, `o${operand}_${this.#depth}`);
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
    return asNumber ? this.#words(operand, address) : this.#element(operand, address);
  }

  #element(operand: number, address: string): string {
    return fromStored(at(this.#kernel.operands, operand).type, `p${operand}[${address}]`);
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

  row(row: number): string {
    return `r${row}[j]`;
  }

  embed(value: unknown): string {
    const known = this.#embedded.indexOf(value);
    return `e${known >= 0 ? known : this.#embedded.push(value) - 1}`;
  }
}

/** What generated kernels call to store a float32 in 16 bits, and to load it. */
const wordFunctions: Readonly<Record<WordTypeName, string>> = {
  float16: "Float16",
  bfloat16: "BFloat16",
};

function fromStored(type: DTypeName, element: string): string {
  return isWordType(type) ? `support.from${wordFunctions[type]}(${element})` : element;
}

function toStored(type: DTypeName, value: string): string {
  return isWordType(type) ? `support.to${wordFunctions[type]}(${value})` : value;
}

/** Arrays that hold every value of a type exactly. */
const rowArrays: Readonly<Record<ValueType, string>> = {
  float32: "Float32Array",
  float64: "Float64Array",
  int64: "BigInt64Array",
  int32: "Int32Array",
  uint8: "Uint8Array",
  bool: "Uint8Array",
  index: "Float64Array",
};

const combiningOperation = {
  add: "add",
  multiply: "mul",
  minimum: "minimum",
  maximum: "maximum",
} as const;

function isSmallInteger(type: ValueType): boolean {
  return type === "index" || type === "int32" || type === "uint8" || type === "bool";
}
