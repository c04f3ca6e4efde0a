/** Writes the body of one function, instruction by instruction, as bytes. */
import { ByteWriter } from "./byte-writer.ts";
import {
  atomicOpcodes,
  laneOpcodes,
  loadOpcodes,
  memoryLaneOpcodes,
  plainOpcodes,
  storeOpcodes,
  structuredOpcodes,
  type AtomicInstruction,
  type LaneInstruction,
  type LoadInstruction,
  type MemoryLaneInstruction,
  type PlainInstruction,
  type StoreInstruction,
} from "./opcodes.ts";
import { wasmTypeCodes, type FunctionType, type WasmType } from "./value-type.ts";

/** A parameter or local variable of a function. */
export interface Local {
  readonly index: number;
  readonly type: WasmType;
  /** For the name section and the printer; null: only a number. */
  readonly name: string | null;
}

/** Anything that can be called: its index in the module. */
export interface FunctionReference {
  readonly index: number;
  readonly name: string;
  readonly type: FunctionType;
}

/** The target of a branch: the start of a loop, or the end of a block. */
export interface Label {
  readonly depth: number;
}

export interface MemoryPlace {
  /** Added to the address; default 0. */
  readonly offset?: number;
  /** Promised alignment in bytes; default: that of the access. A wrong promise is slow, never unsafe. */
  readonly align?: number;
}

const emptyBlock = 0x40;

export class FunctionBuilder implements FunctionReference {
  readonly index: number;
  readonly name: string;
  readonly type: FunctionType;
  readonly #locals: Local[] = [];
  /** Runs before the body; see `atStart`. */
  readonly #prologue = new ByteWriter(64);
  readonly #body = new ByteWriter();
  readonly #constants = new Map<string, Local>();
  readonly #typeIndex: (type: FunctionType) => number;
  #out = this.#body;
  #depth = 0;

  constructor(
    index: number,
    name: string,
    type: FunctionType,
    typeIndex: (type: FunctionType) => number,
  ) {
    this.index = index;
    this.name = name;
    this.type = type;
    this.#typeIndex = typeIndex;
    type.params.forEach((param, at) =>
      this.#locals.push({ index: at, type: param, name: `p${at}` }),
    );
  }

  /** Parameters, then local variables. */
  get locals(): readonly Local[] {
    return this.#locals;
  }

  parameter(index: number, name?: string): Local {
    const local = this.#locals[index];
    if (local === undefined || index >= this.type.params.length)
      throw new RangeError(`${this.name} has ${this.type.params.length} parameters, no ${index}`);
    if (name === undefined) return local;
    const named = { ...local, name };
    this.#locals[index] = named;
    return named;
  }

  local(type: WasmType, name: string | null = null): Local {
    const local = { index: this.#locals.length, type, name };
    this.#locals.push(local);
    return local;
  }

  /** A local that holds a vector constant from the start of the function on; equal constants share it. */
  constant(bytes: Uint8Array, name: string | null = null): Local {
    const key = bytes.join();
    let local = this.#constants.get(key);
    if (local === undefined) {
      local = this.local("v128", name);
      this.#constants.set(key, local);
      const target = local;
      this.atStart(() => {
        this.v128Const(bytes);
        this.set(target);
      });
    }
    return local;
  }

  /** Writes code that runs at the start of the function, after what was put there before. */
  atStart(body: () => void): void {
    const out = this.#out;
    this.#out = this.#prologue;
    body();
    this.#out = out;
  }

  emit(instruction: PlainInstruction): void {
    this.#opcode(plainOpcodes[instruction]);
  }

  load(instruction: LoadInstruction, place: MemoryPlace = {}): void {
    this.#memory(loadOpcodes[instruction], place);
  }

  store(instruction: StoreInstruction, place: MemoryPlace = {}): void {
    this.#memory(storeOpcodes[instruction], place);
  }

  atomic(instruction: AtomicInstruction, place: MemoryPlace = {}): void {
    this.#memory(atomicOpcodes[instruction], place);
  }

  fence(): void {
    this.#opcode(structuredOpcodes["atomic.fence"]);
    this.#out.byte(0);
  }

  lane(instruction: LaneInstruction, lane: number): void {
    this.#opcode(laneOpcodes[instruction]);
    this.#out.byte(lane);
  }

  memoryLane(instruction: MemoryLaneInstruction, lane: number, place: MemoryPlace = {}): void {
    this.#memory(memoryLaneOpcodes[instruction], place);
    this.#out.byte(lane);
  }

  /** Picks 16 bytes out of the 32 of two vectors. */
  shuffleBytes(lanes: readonly number[]): void {
    this.#opcode(structuredOpcodes["i8x16.shuffle"]);
    this.#out.bytes(lanes);
  }

  /** Picks 4 words out of the 8 of two vectors. */
  shuffleWords(lanes: readonly number[]): void {
    this.shuffleBytes(lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)));
  }

  i32Const(value: number): void {
    this.#opcode(structuredOpcodes["i32.const"]);
    this.#out.signed(value);
  }

  i64Const(value: bigint): void {
    this.#opcode(structuredOpcodes["i64.const"]);
    this.#out.signed64(value);
  }

  f32Const(value: number): void {
    this.#opcode(structuredOpcodes["f32.const"]);
    this.#out.float32(value);
  }

  f64Const(value: number): void {
    this.#opcode(structuredOpcodes["f64.const"]);
    this.#out.float64(value);
  }

  v128Const(bytes: Uint8Array): void {
    this.#opcode(structuredOpcodes["v128.const"]);
    this.#out.bytes(bytes);
  }

  get(local: Local): void {
    this.#out.byte(structuredOpcodes["local.get"]);
    this.#out.unsigned(local.index);
  }

  set(local: Local): void {
    this.#out.byte(structuredOpcodes["local.set"]);
    this.#out.unsigned(local.index);
  }

  tee(local: Local): void {
    this.#out.byte(structuredOpcodes["local.tee"]);
    this.#out.unsigned(local.index);
  }

  /** Adds a constant to an i32 local. */
  increment(local: Local, by: number): void {
    this.get(local);
    this.i32Const(by);
    this.emit("i32.add");
    this.set(local);
  }

  /** A branch to the label goes to the end of the block. */
  block(body: (end: Label) => void, result?: WasmType): void {
    this.#structure(structuredOpcodes.block, body, result);
  }

  /** A branch to the label goes to the start of the loop. */
  loop(body: (start: Label) => void, result?: WasmType): void {
    this.#structure(structuredOpcodes.loop, body, result);
  }

  /** The condition is on the stack. */
  if(then: () => void, otherwise?: () => void, result?: WasmType): void {
    this.#structure(
      structuredOpcodes.if,
      () => {
        then();
        if (otherwise === undefined) return;
        this.#opcode(structuredOpcodes.else);
        otherwise();
      },
      result,
    );
  }

  br(label: Label): void {
    this.#opcode(structuredOpcodes.br);
    this.#out.unsigned(this.#depth - label.depth);
  }

  brIf(label: Label): void {
    this.#opcode(structuredOpcodes.br_if);
    this.#out.unsigned(this.#depth - label.depth);
  }

  /** Branches to the label whose place in the list is on the stack, else to the default. */
  brTable(labels: readonly Label[], otherwise: Label): void {
    this.#opcode(structuredOpcodes.br_table);
    this.#out.unsigned(labels.length);
    for (const label of [...labels, otherwise]) this.#out.unsigned(this.#depth - label.depth);
  }

  call(callee: FunctionReference): void {
    this.#opcode(structuredOpcodes.call);
    this.#out.unsigned(callee.index);
  }

  /** Calls the function at the index on the stack, in the module's table. */
  callIndirect(type: FunctionType): void {
    this.#opcode(structuredOpcodes.call_indirect);
    this.#out.unsigned(this.#typeIndex(type));
    this.#out.byte(0);
  }

  /** Destination, source and byte count are on the stack. */
  memoryCopy(): void {
    this.#opcode(structuredOpcodes["memory.copy"]);
    this.#out.byte(0);
    this.#out.byte(0);
  }

  /** Destination, byte value and byte count are on the stack. */
  memoryFill(): void {
    this.#opcode(structuredOpcodes["memory.fill"]);
    this.#out.byte(0);
  }

  /** The code: declarations of locals, prologue, body, end. */
  encode(): ByteWriter {
    const code = new ByteWriter(this.#body.length + this.#prologue.length + 64);
    const runs: { type: WasmType; count: number }[] = [];
    for (const { type } of this.#locals.slice(this.type.params.length)) {
      const last = runs.at(-1);
      if (last?.type === type) last.count += 1;
      else runs.push({ type, count: 1 });
    }
    code.unsigned(runs.length);
    for (const run of runs) {
      code.unsigned(run.count);
      code.byte(wasmTypeCodes[run.type]);
    }
    code.bytes(this.instructions());
    return code;
  }

  /** The instructions alone, with the final `end`. */
  instructions(): Uint8Array {
    const all = new ByteWriter(this.#body.length + this.#prologue.length + 1);
    all.bytes(this.#prologue.view());
    all.bytes(this.#body.view());
    all.byte(structuredOpcodes.end);
    return all.view();
  }

  #structure(opcode: number, body: (label: Label) => void, result: WasmType | undefined): void {
    this.#out.byte(opcode);
    this.#out.byte(result === undefined ? emptyBlock : wasmTypeCodes[result]);
    this.#depth += 1;
    body({ depth: this.#depth });
    this.#depth -= 1;
    this.#out.byte(structuredOpcodes.end);
  }

  #memory([opcode, naturalAlign]: readonly [number, number], place: MemoryPlace): void {
    this.#opcode(opcode);
    const align = place.align === undefined ? naturalAlign : Math.log2(place.align);
    this.#out.unsigned(Math.min(align, naturalAlign));
    this.#out.unsigned(place.offset ?? 0);
  }

  #opcode(code: number): void {
    if (code < 0x1000) {
      this.#out.byte(code);
    } else {
      this.#out.byte(code >> 12);
      this.#out.unsigned(code & 0xfff);
    }
  }
}
