/**
 * The straight-line code of a stage's body: instructions over 128-bit registers, each assigned once.
 *
 * A value of the expression language becomes one register or two: four lanes of 32 bits, or twice two lanes of 64 bits.
 * Code for a single element uses lane 0 of the same instructions, so that an element's result does not depend on where
 * in a loop it is computed.
 */
import { at } from "../../core/shape.ts";
import type { PlainInstruction } from "../../wasm/opcodes.ts";
import type { FunctionBuilder } from "../../wasm/function-builder.ts";
import { f32x4, f64x2, i32x4, i64x2 } from "../../wasm/vector-constant.ts";
import type { Failure } from "./kernel-failures.ts";

/** What the lanes hold. A mask has all bits of a true lane set; it is always four lanes of 32 bits. */
export type LaneKind = "f32" | "f64" | "i32" | "i64" | "mask";

export type Register = number;

export interface Value {
  readonly kind: LaneKind;
  /** Two for 64-bit lanes where four elements are computed at a time, else one. */
  readonly parts: readonly Register[];
}

/** How often a register is computed: once per call, once per run of the inner loop, or for every vector. */
export type Level = 0 | 1 | 2;

/** Of an element in memory. Where they are fewer than 4, each lane of 32 bits holds one. */
export type ElementBytes = 1 | 2 | 4 | 8;

/** Where a load finds its elements: side by side, all at one place, or at a distance that is known at the launch. */
export type AccessForm = "vector" | "splat" | "strided";

export type ShiftInstruction =
  | "i32x4.shl"
  | "i32x4.shr_s"
  | "i32x4.shr_u"
  | "i64x2.shl"
  | "i64x2.shr_s"
  | "i64x2.shr_u";

export type VectorShape = "i32x4" | "i64x2" | "f32x4" | "f64x2";

export type Instruction = { readonly level: Level; readonly args: readonly Register[] } & (
  | { readonly kind: "constant"; readonly bytes: Uint8Array }
  | { readonly kind: "plain"; readonly op: PlainInstruction }
  | { readonly kind: "shift"; readonly op: ShiftInstruction; readonly count: number }
  /** Picks words out of those of both arguments. */
  | { readonly kind: "shuffle"; readonly words: readonly number[] }
  /** A register that the surrounding loop provides, by name; `perUnit`: each unit has its own. */
  | { readonly kind: "input"; readonly name: string; readonly perUnit: boolean }
  /** A number of the launch, in all lanes. */
  | { readonly kind: "scalar"; readonly slot: number; readonly shape: VectorShape }
  /** Elements of an operand at the current point; 64-bit ones come in parts. */
  | {
      readonly kind: "load";
      readonly operand: number;
      readonly bytes: ElementBytes;
      readonly form: AccessForm;
      readonly part: number;
    }
  /** Elements at addresses, one in each lane. */
  | { readonly kind: "gather"; readonly bytes: ElementBytes; readonly part: number }
  /** Address of an operand's first element, or its step along one of its own dimensions, in all lanes. */
  | { readonly kind: "address"; readonly operand: number }
  | { readonly kind: "randomStep"; readonly operand: number; readonly dim: number }
  /** The row buffer's elements at the current fold point. */
  | { readonly kind: "row"; readonly row: number; readonly part: number; readonly wide: boolean }
  /** What an earlier piece of the program kept of the same vector: see `split-program.ts`. */
  | { readonly kind: "block"; readonly row: number }
  /** Positions along the axis that is vectorised, or the one position along another axis. */
  | { readonly kind: "position"; readonly axis: number; readonly varies: boolean }
  /** Code for one lane after the other: `emit` finds the lane's inputs by `get` and leaves its result. */
  | {
      readonly kind: "lanes";
      readonly result: VectorShape;
      readonly part: number;
      readonly emit: (f: FunctionBuilder, get: (arg: number) => void) => void;
      readonly shapes: readonly VectorShape[];
    }
  /** Argument 1, but where the mask (argument 0) is set, r or n of the reduction of the float32 angle in argument 2. */
  | { readonly kind: "largeAngle"; readonly part: number; readonly result: 0 | 1 }
  /** Ends the kernel unless the mask (argument 0) is true in all lanes; the others are what is reported. */
  | { readonly kind: "check"; readonly failure: Failure }
);

/** `Omit` for each member of a union. */
type WithoutLevel<T> = T extends unknown ? Omit<T, "level"> : never;

export class ProgramBuilder {
  readonly instructions: Instruction[] = [];
  /** Elements computed at a time. */
  readonly lanes: 1 | 4;
  readonly relaxed: boolean;
  readonly #known = new Map<string, Register>();

  constructor(lanes: 1 | 4, relaxed: boolean) {
    this.lanes = lanes;
    this.relaxed = relaxed;
  }

  /** Registers that a value of 64-bit lanes takes. */
  get wideParts(): number {
    return this.lanes === 1 ? 1 : 2;
  }

  partsOf(kind: LaneKind): number {
    return kind === "f64" || kind === "i64" ? this.wideParts : 1;
  }

  /** Adds an instruction, or finds the one that computes the same. `key` must tell apart all that `kind` and `args` do not. */
  add(instruction: WithoutLevel<Instruction>, ownLevel: Level, key: string): Register {
    const fullKey = `${instruction.kind}|${key}|${instruction.args.join()}`;
    const known = this.#known.get(fullKey);
    if (known !== undefined) return known;
    let level = ownLevel;
    for (const arg of instruction.args) {
      const argLevel = at(this.instructions, arg).level;
      if (argLevel > level) level = argLevel;
    }
    const register = this.instructions.push({ ...instruction, level }) - 1;
    this.#known.set(fullKey, register);
    return register;
  }

  plain(op: PlainInstruction, ...args: readonly Register[]): Register {
    return this.add({ kind: "plain", op, args }, 0, op);
  }

  shift(op: ShiftInstruction, x: Register, count: number): Register {
    return this.add({ kind: "shift", op, count, args: [x] }, 0, `${op}${count}`);
  }

  shuffle(x: Register, y: Register, words: readonly number[]): Register {
    return this.add({ kind: "shuffle", words, args: [x, y] }, 0, words.join());
  }

  constantBytes(bytes: Uint8Array): Register {
    return this.add({ kind: "constant", bytes, args: [] }, 0, bytes.join());
  }

  f32(value: number): Register {
    return this.constantBytes(f32x4(value));
  }

  f64(value: number): Register {
    return this.constantBytes(f64x2(value));
  }

  i32(value: number): Register {
    return this.constantBytes(i32x4(value));
  }

  i64(value: bigint): Register {
    return this.constantBytes(i64x2(value));
  }

  /** A constant of a kind; masks take 0 or 1. */
  constant(kind: LaneKind, value: number | bigint): Value {
    const register = (): Register => {
      switch (kind) {
        case "f32":
          return this.f32(Number(value));
        case "f64":
          return this.f64(Number(value));
        case "i32":
          return this.i32(Number(value));
        case "i64":
          return this.i64(BigInt(value));
        case "mask":
          return this.i32(Number(value) === 0 ? 0 : -1);
      }
    };
    const one = register();
    return { kind, parts: Array.from({ length: this.partsOf(kind) }, () => one) };
  }

  /** The same instruction on all parts of values. */
  each(kind: LaneKind, op: PlainInstruction, ...values: readonly Value[]): Value {
    return this.parts(kind, (part) =>
      this.plain(op, ...values.map((value) => at(value.parts, part))),
    );
  }

  parts(kind: LaneKind, make: (part: number) => Register): Value {
    return { kind, parts: Array.from({ length: this.partsOf(kind) }, (_, part) => make(part)) };
  }

  /** x·y + z; rounded once where the engine can. */
  multiplyAdd(kind: "f32" | "f64", x: Register, y: Register, z: Register): Register {
    const lane = kind === "f32" ? "f32x4" : "f64x2";
    if (this.relaxed) return this.plain(`${lane}.relaxed_madd`, x, y, z);
    return this.plain(`${lane}.add`, this.plain(`${lane}.mul`, x, y), z);
  }

  /** z - x·y; rounded once where the engine can. */
  negativeMultiplyAdd(kind: "f32" | "f64", x: Register, y: Register, z: Register): Register {
    const lane = kind === "f32" ? "f32x4" : "f64x2";
    if (this.relaxed) return this.plain(`${lane}.relaxed_nmadd`, x, y, z);
    return this.plain(`${lane}.sub`, z, this.plain(`${lane}.mul`, x, y));
  }

  /** `x` in lanes whose mask is set, else `y`. All bits of a lane of the mask are the same. */
  choose(lane: "i32x4" | "i64x2", x: Register, y: Register, mask: Register): Register {
    // One instruction instead of three, where masks that are not whole need not be cared for.
    return this.plain(this.relaxed ? `${lane}.relaxed_laneselect` : "v128.bitselect", x, y, mask);
  }

  /** Horner's rule; the coefficient of the highest power first. */
  polynomial(kind: "f32" | "f64", x: Register, coefficients: readonly number[]): Register {
    const constantOf = (value: number): Register =>
      kind === "f32" ? this.f32(value) : this.f64(value);
    let sum = constantOf(at(coefficients, 0));
    for (let i = 1; i < coefficients.length; i++)
      sum = this.multiplyAdd(kind, sum, x, constantOf(at(coefficients, i)));
    return sum;
  }

  /** Code that runs lane by lane, for what has no vector instruction. */
  byLane(
    key: string,
    result: LaneKind,
    args: readonly Value[],
    emit: (f: FunctionBuilder, get: (arg: number) => void) => void,
  ): Value {
    const registers = args.flatMap((value) => value.parts);
    const shapes = args.flatMap((value) => value.parts.map(() => shapeOf(value.kind)));
    // The first register of each argument, in the flat list.
    const firsts: number[] = [];
    let next = 0;
    for (const value of args) {
      firsts.push(next);
      next += value.parts.length;
    }
    return this.parts(result, (part) =>
      this.add(
        {
          kind: "lanes",
          result: shapeOf(result),
          part,
          args: registers,
          shapes,
          emit: (f, get) => emit(f, (arg) => get(at(firsts, arg))),
        },
        0,
        `${key}|${part}`,
      ),
    );
  }
}

export function shapeOf(kind: LaneKind): VectorShape {
  switch (kind) {
    case "f32":
      return "f32x4";
    case "f64":
      return "f64x2";
    case "i64":
      return "i64x2";
    default:
      return "i32x4";
  }
}

/** Whether lanes have 64 bits. */
export function isWide(kind: LaneKind): boolean {
  return kind === "f64" || kind === "i64";
}
