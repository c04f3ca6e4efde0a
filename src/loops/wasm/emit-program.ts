/** Writes a program into a function, for one or more units in lock-step: instruction by instruction, each for all units. */
import { at } from "../../core/shape.ts";
import { InternalError } from "../../base/errors.ts";
import { blockRowBytes } from "../../runtime/memory-layout.ts";
import type { FunctionBuilder, Local } from "../../wasm/function-builder.ts";
import type { LaneInstruction } from "../../wasm/opcodes.ts";
import { i32x4 } from "../../wasm/vector-constant.ts";
import type { ArgumentLayout } from "./argument-layout.ts";
import type { KernelTarget } from "./kernel-target.ts";
import { largeAngleFunction } from "./math/large-angle.ts";
import { failureId, failureKinds } from "./kernel-failures.ts";
import type {
  ElementBytes,
  Instruction,
  Level,
  ProgramBuilder,
  Register,
  VectorShape,
} from "./program.ts";

/** What the loops around a program provide. */
export interface ProgramSurroundings {
  readonly f: FunctionBuilder;
  readonly args: Local;
  readonly layout: ArgumentLayout;
  /** Units in lock-step; unit u computes elements 4u … 4u + 3 from the current point on. */
  readonly units: number;
  /** Whether registers of level 1 are those of one unit each. */
  readonly unitsHaveLevel1: boolean;
  input(name: string, unit: number): Local;
  /** The address of an operand's current element. */
  pointer(operand: number): Local;
  /** The step of an operand along the vectorised axis, in bytes. */
  step(operand: number): Local;
  /** The current position along an axis. */
  position(axis: number): Local;
  rowPointer(row: number): Local;
  /** Where the current vectors of the first row of a block are. */
  blockPointer(): Local;
  readonly target: KernelTarget;
}

/** Registers for the 128-bit values of a function, used again when a value is no longer needed. */
export class LocalPool {
  readonly #f: FunctionBuilder;
  readonly #free: Local[] = [];

  constructor(f: FunctionBuilder) {
    this.#f = f;
  }

  take(): Local {
    return this.#free.pop() ?? this.#f.local("v128");
  }

  give(local: Local): void {
    this.#free.push(local);
  }
}

const extractLane: Readonly<Record<VectorShape, LaneInstruction>> = {
  i32x4: "i32x4.extract_lane",
  i64x2: "i64x2.extract_lane",
  f32x4: "f32x4.extract_lane",
  f64x2: "f64x2.extract_lane",
};
const replaceLane: Readonly<Record<VectorShape, LaneInstruction>> = {
  i32x4: "i32x4.replace_lane",
  i64x2: "i64x2.replace_lane",
  f32x4: "f32x4.replace_lane",
  f64x2: "f64x2.replace_lane",
};

export class ProgramEmitter {
  readonly #program: ProgramBuilder;
  readonly #around: ProgramSurroundings;
  readonly #pool: LocalPool;
  /** `locals[register][unit]`. */
  readonly #locals = new Map<Register, readonly Local[]>();
  readonly #lastUse: readonly number[];
  /** What the kept registers and the checks need. */
  readonly #live = new Set<Register>();
  /** Registers whose locals a check has as its own result. */
  readonly #forwarded = new Set<Register>();

  /** `kept` registers are needed after the program. */
  constructor(
    program: ProgramBuilder,
    around: ProgramSurroundings,
    pool: LocalPool,
    kept: Iterable<Register>,
  ) {
    this.#program = program;
    this.#around = around;
    this.#pool = pool;
    const lastUse = program.instructions.map((_, register) => register);
    program.instructions.forEach((instruction, index) => {
      for (const arg of instruction.args) lastUse[arg] = index;
    });
    for (const register of kept) lastUse[register] = Infinity;
    this.#lastUse = lastUse;
    const pending = [...kept];
    program.instructions.forEach((instruction, index) => {
      if (instruction.kind !== "check") return;
      pending.push(index);
      this.#forwarded.add(at(instruction.args, 0));
    });
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (this.#live.has(next)) continue;
      this.#live.add(next);
      pending.push(...at(program.instructions, next).args);
    }
  }

  /** The local of a register after it was emitted. */
  local(register: Register, unit: number): Local {
    const locals = this.#locals.get(register);
    if (locals === undefined) throw new InternalError(`register ${register} was not computed`);
    return locals[unit] ?? at(locals, 0);
  }

  /** Writes the instructions of one level; those of lower levels have been written before. */
  emit(level: Level): void {
    this.#program.instructions.forEach((instruction, register) => {
      if (instruction.level === level && this.#live.has(register))
        this.#emitOne(instruction, register);
    });
  }

  /** Gives back all locals but those of the whole call. */
  release(): void {
    this.#program.instructions.forEach((instruction, register) => {
      if (instruction.level > 0) this.#free(register);
    });
  }

  #free(register: Register): void {
    const instruction = at(this.#program.instructions, register);
    if (instruction.kind === "constant" || instruction.kind === "input") return;
    if (instruction.kind === "check") return;
    for (const local of this.#locals.get(register) ?? []) this.#pool.give(local);
    this.#locals.delete(register);
  }

  #unitsOf(instruction: Instruction): number {
    const { units, unitsHaveLevel1 } = this.#around;
    return instruction.level === 2 || (instruction.level === 1 && unitsHaveLevel1) ? units : 1;
  }

  #emitOne(instruction: Instruction, register: Register): void {
    const { f } = this.#around;
    const units = this.#unitsOf(instruction);
    if (instruction.kind === "constant") {
      this.#locals.set(register, [f.constant(instruction.bytes)]);
      return;
    }
    if (instruction.kind === "input") {
      const locals = Array.from({ length: units }, (_, unit) =>
        this.#around.input(instruction.name, unit),
      );
      this.#locals.set(register, locals);
      return;
    }
    if (instruction.kind === "check") {
      for (let unit = 0; unit < units; unit++) this.#check(instruction, unit);
      // A check gives its mask on: all ones.
      this.#locals.set(
        register,
        Array.from({ length: units }, (_, unit) => this.local(at(instruction.args, 0), unit)),
      );
      return;
    }
    const targets: Local[] = [];
    for (let unit = 0; unit < units; unit++) {
      // What is computed at the start of the function must survive all that comes before its use.
      const target = instruction.level === 0 ? f.local("v128") : this.#pool.take();
      targets.push(target);
      this.#value(instruction, unit, target);
      f.set(target);
    }
    this.#locals.set(register, targets);
    if (instruction.level === 2) this.#freeUnused(instruction, register);
  }

  /** Locals whose last use this was; those from before the loop stay. */
  #freeUnused(instruction: Instruction, index: number): void {
    for (const arg of new Set(instruction.args)) {
      const used = at(this.#program.instructions, arg);
      if (used.level === 2 && this.#lastUse[arg] === index && !this.#forwarded.has(arg))
        this.#free(arg);
    }
  }

  /** Leaves the instruction's value on the stack. `target` may be written on the way. */
  #value(instruction: Instruction, unit: number, target: Local): void {
    const { f, args, layout } = this.#around;
    const get = (arg: number): void => f.get(this.local(at(instruction.args, arg), unit));
    switch (instruction.kind) {
      case "plain":
        instruction.args.forEach((_, arg) => get(arg));
        f.emit(instruction.op);
        return;
      case "shift":
        get(0);
        f.i32Const(instruction.count);
        f.emit(instruction.op);
        return;
      case "shuffle":
        get(0);
        get(1);
        f.shuffleWords(instruction.words);
        return;
      case "scalar": {
        const wide = instruction.shape === "f64x2" || instruction.shape === "i64x2";
        f.get(args);
        f.load(wide ? "v128.load64_splat" : "v128.load32_splat", {
          offset: layout.scalar(instruction.slot),
        });
        return;
      }
      case "address":
        f.get(args);
        f.load("v128.load32_splat", { offset: layout.address(instruction.operand) });
        return;
      case "randomStep":
        f.get(args);
        f.load("v128.load32_splat", { offset: layout.step(instruction.operand, instruction.dim) });
        return;
      case "row": {
        const bytes = instruction.wide ? 8 : 4;
        f.get(this.#around.rowPointer(instruction.row));
        if (this.#program.lanes === 1)
          f.load(instruction.wide ? "v128.load64_splat" : "v128.load32_splat");
        else f.load("v128.load", { offset: unit * 4 * bytes + instruction.part * 16, align: 4 });
        return;
      }
      case "block":
        f.get(this.#around.blockPointer());
        f.load("v128.load", { offset: blockRowBytes * instruction.row + unit * 16 });
        return;
      case "position":
        f.get(this.#around.position(instruction.axis));
        f.emit("i32x4.splat");
        if (!instruction.varies) return;
        f.get(f.constant(i32x4(0, 1, 2, 3)));
        f.emit("i32x4.add");
        if (unit === 0) return;
        f.get(f.constant(i32x4(unit * 4)));
        f.emit("i32x4.add");
        return;
      case "load":
        this.#load(instruction, unit, target);
        return;
      case "gather":
        this.#gather(
          instruction,
          (lane) => {
            get(0);
            f.lane("i32x4.extract_lane", lane);
          },
          target,
        );
        return;
      case "lanes":
        this.#lanes(instruction, unit);
        return;
      case "largeAngle":
        this.#largeAngle(instruction, unit, target);
        return;
      default:
        throw new InternalError(`${instruction.kind} leaves nothing on the stack`);
    }
  }

  #load(instruction: Instruction & { kind: "load" }, unit: number, target: Local): void {
    const { f } = this.#around;
    const { operand, bytes, form, part } = instruction;
    const pointer = this.#around.pointer(operand);
    if (form === "splat" || this.#program.lanes === 1) {
      f.get(pointer);
      this.#loadSplat(bytes);
    } else if (form === "vector") {
      f.get(pointer);
      if (bytes === 1) {
        f.load("v128.load32_zero", { offset: unit * 4, align: 1 });
        f.emit("i16x8.extend_low_i8x16_u");
        f.emit("i32x4.extend_low_i16x8_u");
      } else if (bytes === 2) {
        f.load("v128.load16x4_u", { offset: unit * 8, align: 2 });
      } else {
        f.load("v128.load", { offset: unit * 4 * bytes + part * 16, align: bytes });
      }
    } else {
      this.#gather(
        instruction,
        (lane) => {
          f.get(pointer);
          const element = unit * 4 + lane;
          if (element > 0) {
            f.get(this.#around.step(operand));
            if (element > 1) {
              f.i32Const(element);
              f.emit("i32.mul");
            }
            f.emit("i32.add");
          }
        },
        target,
      );
    }
  }

  /** Loads the element at the address on the stack, for all lanes. */
  #loadSplat(bytes: ElementBytes): void {
    const { f } = this.#around;
    if (bytes < 4) {
      f.load(bytes === 1 ? "i32.load8_u" : "i32.load16_u");
      f.emit("i32x4.splat");
    } else {
      f.load(bytes === 4 ? "v128.load32_splat" : "v128.load64_splat");
    }
  }

  /** Loads one element for each lane; `address` leaves where it is on the stack. */
  #gather(
    { bytes, part }: { readonly bytes: ElementBytes; readonly part: number },
    address: (lane: number) => void,
    target: Local,
  ): void {
    const { f } = this.#around;
    const isSingle = this.#program.lanes === 1;
    const first = bytes === 8 ? part * 2 : 0;
    address(first);
    this.#loadSplat(bytes);
    if (isSingle) return;
    for (let lane = 1; lane < (bytes === 8 ? 2 : 4); lane++) {
      f.set(target);
      if (bytes < 4) {
        f.get(target);
        address(first + lane);
        f.load(bytes === 1 ? "i32.load8_u" : "i32.load16_u");
        f.lane("i32x4.replace_lane", lane);
      } else {
        address(first + lane);
        f.get(target);
        f.memoryLane(bytes === 4 ? "v128.load32_lane" : "v128.load64_lane", lane);
      }
    }
  }

  #lanes(instruction: Instruction & { kind: "lanes" }, unit: number): void {
    const { f } = this.#around;
    const { result, part, shapes } = instruction;
    const lanesInPart = lanesOf(result);
    const count = this.#program.lanes === 1 ? 1 : lanesInPart;
    for (let lane = 0; lane < count; lane++) {
      const element = part * lanesInPart + lane;
      instruction.emit(f, (arg) => {
        const shape = at(shapes, arg);
        const inPart = lanesOf(shape);
        const register = at(instruction.args, arg + Math.floor(element / inPart));
        f.get(this.local(register, unit));
        f.lane(extractLane[shape], element % inPart);
      });
      if (lane === 0) f.emit(`${result}.splat`);
      else f.lane(replaceLane[result], lane);
    }
  }

  #largeAngle(
    { part, result, args }: Instruction & { kind: "largeAngle" },
    unit: number,
    target: Local,
  ): void {
    const { f } = this.#around;
    const [mask, ordinary, angle] = [0, 1, 2].map((arg) => this.local(at(args, arg), unit));
    if (mask === undefined || ordinary === undefined || angle === undefined)
      throw new InternalError("a large angle has three arguments");
    const reduce = this.#around.target.helper("largeAngle", largeAngleFunction);
    f.get(ordinary);
    f.set(target);
    f.get(mask);
    f.emit("v128.any_true");
    f.if(() => {
      for (let lane = 0; lane < 2; lane++) {
        f.get(mask);
        f.lane("i64x2.extract_lane", lane);
        f.emit("i32.wrap_i64");
        f.if(() => {
          f.get(target);
          f.get(angle);
          f.lane("f32x4.extract_lane", part * 2 + lane);
          f.call(reduce);
          f.lane("f64x2.extract_lane", result);
          f.lane("f64x2.replace_lane", lane);
          f.set(target);
        });
      }
    });
    f.get(target);
  }

  /** Reports the first lane whose mask is not set, and leaves. */
  #check(instruction: Instruction & { kind: "check" }, unit: number): void {
    const { f, target } = this.#around;
    const { failure } = instruction;
    const [mask, ...found] = instruction.args.map((arg) => this.local(arg, unit));
    if (mask === undefined) throw new InternalError("a check needs a mask");
    f.get(mask);
    f.emit("i32x4.all_true");
    f.emit("i32.eqz");
    f.if(() => {
      for (let lane = 0; lane < this.#program.lanes; lane++) {
        f.get(mask);
        f.lane("i32x4.extract_lane", lane);
        f.emit("i32.eqz");
        f.if(() => {
          f.i32Const(failureKinds[failure.kind]);
          f.i32Const(failureId(failure));
          this.#found(failure.kind === "bounds" ? found : [], lane);
          f.call(target.fail);
          f.emit("return");
        });
      }
    });
  }

  /** The index and the size of one lane: the first half of `found` and the second; zeros where there is nothing to tell. */
  #found(found: readonly Local[], lane: number): void {
    const { f } = this.#around;
    const parts = found.length / 2;
    for (const which of [0, 1]) {
      if (parts === 0) {
        f.i64Const(0n);
        continue;
      }
      f.get(at(found, which * parts + (parts === 1 ? 0 : lane >> 1)));
      f.lane("i64x2.extract_lane", lane & 1);
    }
  }
}

function lanesOf(shape: VectorShape): number {
  return shape === "i64x2" || shape === "f64x2" ? 2 : 4;
}
