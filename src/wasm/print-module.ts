/** Prints a module in WebAssembly's text format, one instruction a line, with the names of functions and locals. */
import type { FunctionBuilder } from "./function-builder.ts";
import type { ModuleBuilder } from "./module-builder.ts";
import {
  atomicOpcodes,
  laneOpcodes,
  loadOpcodes,
  memoryLaneOpcodes,
  plainOpcodes,
  storeOpcodes,
  structuredOpcodes,
} from "./opcodes.ts";
import { wasmTypeCodes, type WasmType } from "./value-type.ts";

type Immediate =
  | "none"
  | "memory"
  | "lane"
  | "memoryLane"
  | "blockType"
  | "label"
  | "labels"
  | "function"
  | "indirect"
  | "local"
  | "zero"
  | "twoZeros"
  | "i32"
  | "i64"
  | "f32"
  | "f64"
  | "sixteenBytes"
  | "vector";

const structuredImmediates: Readonly<Record<keyof typeof structuredOpcodes, Immediate>> = {
  block: "blockType",
  loop: "blockType",
  if: "blockType",
  else: "none",
  end: "none",
  br: "label",
  br_if: "label",
  br_table: "labels",
  call: "function",
  call_indirect: "indirect",
  "local.get": "local",
  "local.set": "local",
  "local.tee": "local",
  "memory.size": "zero",
  "memory.grow": "zero",
  "i32.const": "i32",
  "i64.const": "i64",
  "f32.const": "f32",
  "f64.const": "f64",
  "memory.copy": "twoZeros",
  "memory.fill": "zero",
  "v128.const": "vector",
  "i8x16.shuffle": "sixteenBytes",
  "atomic.fence": "zero",
};

interface Decoded {
  readonly name: string;
  readonly immediate: Immediate;
  /** Natural alignment (log2), for accesses of memory. */
  readonly align: number;
}

let decodings: ReadonlyMap<number, Decoded> | null = null;

function decodingTable(): ReadonlyMap<number, Decoded> {
  const table = new Map<number, Decoded>();
  for (const [name, code] of Object.entries(plainOpcodes))
    table.set(code, { name, immediate: "none", align: 0 });
  for (const [name, code] of Object.entries(laneOpcodes))
    table.set(code, { name, immediate: "lane", align: 0 });
  for (const opcodes of [loadOpcodes, storeOpcodes, atomicOpcodes])
    for (const [name, [code, align]] of Object.entries<readonly [number, number]>(opcodes))
      table.set(code, { name, immediate: "memory", align });
  for (const [name, [code, align]] of Object.entries(memoryLaneOpcodes))
    table.set(code, { name, immediate: "memoryLane", align });
  for (const [name, immediate] of Object.entries(structuredImmediates)) {
    // Proof of the cast: structuredImmediates has exactly the keys of structuredOpcodes.
    const code = structuredOpcodes[name as keyof typeof structuredOpcodes];
    table.set(code, { name, immediate, align: 0 });
  }
  return table;
}

/** Functions in order of definition; imports are named in comments. */
export function printModule(module: ModuleBuilder): string {
  const functions = module.definedFunctions.map((fn) => printFunction(fn, module));
  return [`(module $${module.name}`, ...functions, ")"].join("\n");
}

function printFunction(fn: FunctionBuilder, module: ModuleBuilder): string {
  const { params, results } = fn.type;
  const declare = (keyword: string, from: number, to: number): string[] =>
    fn.locals
      .slice(from, to)
      .map((local) => `(${keyword} ${localName(fn, local.index)} ${local.type})`);
  const header = [
    `  (func $${fn.name}`,
    ...declare("param", 0, params.length),
    ...results.map((type) => `(result ${type})`),
  ].join(" ");
  const locals = declare("local", params.length, fn.locals.length);
  const lines = [header];
  for (let i = 0; i < locals.length; i += 6) lines.push(`    ${locals.slice(i, i + 6).join(" ")}`);
  lines.push(...new Disassembler(fn, module).lines());
  return lines.join("\n");
}

function localName(fn: FunctionBuilder, index: number): string {
  const name = fn.locals[index]?.name;
  return name === null || name === undefined ? String(index) : `$${name}`;
}

class Disassembler {
  readonly #fn: FunctionBuilder;
  readonly #module: ModuleBuilder;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(fn: FunctionBuilder, module: ModuleBuilder) {
    this.#fn = fn;
    this.#module = module;
    this.#bytes = fn.instructions();
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
  }

  lines(): string[] {
    const lines: string[] = [];
    let depth = 2;
    decodings ??= decodingTable();
    while (this.#at < this.#bytes.length) {
      const code = this.#opcode();
      const instruction = decodings.get(code);
      if (instruction === undefined)
        throw new RangeError(`no instruction has the code 0x${code.toString(16)}`);
      const { name } = instruction;
      if (name === "end" || name === "else") depth -= 1;
      if (depth === 1) {
        lines.push("  )");
        break;
      }
      lines.push(`${"  ".repeat(depth)}${name}${this.#immediate(instruction)}`);
      if (name === "block" || name === "loop" || name === "if" || name === "else") depth += 1;
    }
    return lines;
  }

  #immediate({ immediate, align }: Decoded): string {
    switch (immediate) {
      case "none":
        return "";
      case "memory":
        return this.#place(align);
      case "lane":
      case "label":
        return ` ${this.#unsigned()}`;
      case "memoryLane":
        return `${this.#place(align)} ${this.#byte()}`;
      case "blockType":
        return blockType(this.#byte());
      case "labels":
        return ` ${Array.from({ length: this.#unsigned() + 1 }, () => this.#unsigned()).join(" ")}`;
      case "function":
        return ` $${this.#module.functions[this.#unsigned()]?.name}`;
      case "indirect": {
        const type = this.#module.typeAt(this.#unsigned());
        this.#at += 1;
        return ` (param ${type?.params.join(" ")}) (result ${type?.results.join(" ")})`;
      }
      case "local":
        return ` ${localName(this.#fn, this.#unsigned())}`;
      case "zero":
        this.#at += 1;
        return "";
      case "twoZeros":
        this.#at += 2;
        return "";
      case "i32":
      case "i64":
        return ` ${this.#signed()}`;
      case "f32":
        this.#at += 4;
        return ` ${floatText(this.#view.getFloat32(this.#at - 4, true))}`;
      case "f64":
        this.#at += 8;
        return ` ${floatText(this.#view.getFloat64(this.#at - 8, true))}`;
      case "sixteenBytes":
        this.#at += 16;
        return ` ${this.#bytes.subarray(this.#at - 16, this.#at).join(" ")}`;
      case "vector":
        this.#at += 16;
        return ` ${this.#vector(this.#at - 16)}`;
    }
  }

  #place(naturalAlign: number): string {
    const align = this.#unsigned();
    const offset = this.#unsigned();
    return `${offset === 0 ? "" : ` offset=${offset}`}${align === naturalAlign ? "" : ` align=${2 ** align}`}`;
  }

  /** As floats where all four lanes are ordinary ones, else as hexadecimal words: text has no other way to tell. */
  #vector(at: number): string {
    const lanes = [0, 4, 8, 12];
    const floats = lanes.map((lane) => this.#view.getFloat32(at + lane, true));
    if (floats.every((value) => value === 0 || (Math.abs(value) > 1e-30 && Math.abs(value) < 1e30)))
      return `f32x4 ${floats.map(floatText).join(" ")}`;
    const words = lanes.map((lane) => this.#view.getUint32(at + lane, true));
    return `i32x4 ${words.map((word) => `0x${word.toString(16)}`).join(" ")}`;
  }

  #opcode(): number {
    const first = this.#byte();
    return first < 0xfc ? first : first * 0x1000 + this.#unsigned();
  }

  #byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  #unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  #signed(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(Number(shift) + 7, value);
    }
  }
}

function blockType(code: number): string {
  // Proof of the cast: the keys of the table are the types.
  const type = (Object.keys(wasmTypeCodes) as WasmType[]).find(
    (candidate) => wasmTypeCodes[candidate] === code,
  );
  return type === undefined ? "" : ` (result ${type})`;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0" : String(value);
}
