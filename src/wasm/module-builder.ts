/** Puts functions together to a module and encodes it. */
import { ByteWriter } from "./byte-writer.ts";
import { FunctionBuilder, type FunctionReference } from "./function-builder.ts";
import { isTurbo } from "./turbo.ts";
import { wasmTypeCodes, type FunctionType, type WasmType } from "./value-type.ts";

/** Sizes in pages of 64 KiB. A shared memory must have a maximum. */
export interface MemoryLimits {
  readonly shared: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

type Import =
  | { readonly kind: "function"; readonly type: number }
  | { readonly kind: "memory"; readonly limits: MemoryLimits }
  | { readonly kind: "table"; readonly minimum: number };

interface NamedImport {
  readonly module: string;
  readonly name: string;
  readonly what: Import;
}

/** Section ids, in the order the binary format wants them. */
const sections = { type: 1, import: 2, function: 3, export: 7, code: 10, custom: 0 } as const;
const functionTypeTag = 0x60;
const functionReferenceTag = 0x70;
const maximumPages = 65536;
const magicAndVersion = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

export class ModuleBuilder {
  readonly name: string;
  readonly #types: FunctionType[] = [];
  readonly #typeIndices = new Map<string, number>();
  readonly #imports: NamedImport[] = [];
  readonly #importedFunctions: FunctionReference[] = [];
  readonly #functions: FunctionBuilder[] = [];
  readonly #exports: { readonly name: string; readonly index: number }[] = [];

  constructor(name = "kernels") {
    this.name = name;
  }

  /** Functions imported and defined, by index. */
  get functions(): readonly FunctionReference[] {
    return [...this.#importedFunctions, ...this.#functions];
  }

  get definedFunctions(): readonly FunctionBuilder[] {
    return this.#functions;
  }

  importMemory(module: string, name: string, limits: MemoryLimits): void {
    this.#imports.push({ module, name, what: { kind: "memory", limits } });
  }

  /** A table of functions for `callIndirect`. */
  importTable(module: string, name: string, minimum = 0): void {
    this.#imports.push({ module, name, what: { kind: "table", minimum } });
  }

  /** Imports come before definitions: their indices do. */
  importFunction(module: string, name: string, type: FunctionType): FunctionReference {
    if (this.#functions.length > 0)
      throw new RangeError(`import ${module}.${name} before defining functions`);
    const imported = { index: this.#importedFunctions.length, name, type };
    this.#importedFunctions.push(imported);
    this.#imports.push({
      module,
      name,
      what: { kind: "function", type: this.typeIndex(type) },
    });
    return imported;
  }

  function(
    name: string,
    type: FunctionType,
    options: { readonly export?: boolean | string } = {},
  ): FunctionBuilder {
    const index = this.#importedFunctions.length + this.#functions.length;
    this.typeIndex(type);
    const builder = new FunctionBuilder(index, name, type, (other) => this.typeIndex(other));
    this.#functions.push(builder);
    if (options.export !== undefined && options.export !== false)
      this.#exports.push({ name: options.export === true ? name : options.export, index });
    return builder;
  }

  /** Types are numbered as they are first used. */
  typeIndex(type: FunctionType): number {
    const key = `${type.params.join()}>${type.results.join()}`;
    let index = this.#typeIndices.get(key);
    if (index === undefined) {
      index = this.#types.push(type) - 1;
      this.#typeIndices.set(key, index);
    }
    return index;
  }

  typeAt(index: number): FunctionType | undefined {
    return this.#types[index];
  }

  encode(): Uint8Array<ArrayBuffer> {
    const out = new ByteWriter(4096);
    out.bytes(magicAndVersion);
    // Code first: a body may use a type that nothing else has.
    const code = listOf(this.#functions, (writer, fn) => writer.sized(fn.encode()));
    this.#section(out, sections.type, listOf(this.#types, writeFunctionType));
    this.#section(out, sections.import, listOf(this.#imports, writeImport));
    const typeIndices = this.#functions.map((fn) => this.typeIndex(fn.type));
    this.#section(
      out,
      sections.function,
      listOf(typeIndices, (writer, index) => writer.unsigned(index)),
    );
    this.#section(out, sections.export, listOf(this.#exports, writeExport));
    this.#section(out, sections.code, code);
    this.#section(out, sections.custom, this.#nameSection());
    return out.view().slice();
  }

  #section(out: ByteWriter, id: number, content: ByteWriter): void {
    out.byte(id);
    out.sized(content);
  }

  /** Names of the module, functions and locals, for debuggers and profilers. */
  #nameSection(): ByteWriter {
    const content = new ByteWriter();
    content.name("name");
    const moduleName = new ByteWriter(32);
    // V8 shares the code of modules with equal bytes: those compiled in another way must differ.
    moduleName.name(isTurbo() ? `${this.name}.turbo` : this.name);
    content.byte(0);
    content.sized(moduleName);
    content.byte(1);
    content.sized(
      listOf(this.functions, (writer, fn) => {
        writer.unsigned(fn.index);
        writer.name(fn.name);
      }),
    );
    content.byte(2);
    content.sized(
      listOf(this.#functions, (writer, fn) => {
        writer.unsigned(fn.index);
        const named = fn.locals.filter((local) => local.name !== null);
        writer.unsigned(named.length);
        for (const local of named) {
          writer.unsigned(local.index);
          writer.name(local.name ?? "");
        }
      }),
    );
    return content;
  }
}

function listOf<Item>(
  items: readonly Item[],
  write: (writer: ByteWriter, item: Item) => void,
): ByteWriter {
  const writer = new ByteWriter();
  writer.unsigned(items.length);
  for (const item of items) write(writer, item);
  return writer;
}

function writeTypes(writer: ByteWriter, types: readonly WasmType[]): void {
  writer.unsigned(types.length);
  for (const type of types) writer.byte(wasmTypeCodes[type]);
}

function writeFunctionType(writer: ByteWriter, type: FunctionType): void {
  writer.byte(functionTypeTag);
  writeTypes(writer, type.params);
  writeTypes(writer, type.results);
}

function writeExport(
  writer: ByteWriter,
  { name, index }: { readonly name: string; readonly index: number },
): void {
  writer.name(name);
  writer.byte(0);
  writer.unsigned(index);
}

function writeImport(writer: ByteWriter, { module, name, what }: NamedImport): void {
  writer.name(module);
  writer.name(name);
  switch (what.kind) {
    case "function":
      writer.byte(0);
      writer.unsigned(what.type);
      return;
    case "table":
      writer.byte(1);
      writer.byte(functionReferenceTag);
      writer.byte(0);
      writer.unsigned(what.minimum);
      return;
    case "memory": {
      const { shared, minimum = 1, maximum = shared ? maximumPages : undefined } = what.limits;
      writer.byte(2);
      writer.byte((shared ? 2 : 0) | (maximum === undefined ? 0 : 1));
      writer.unsigned(minimum);
      if (maximum !== undefined) writer.unsigned(maximum);
    }
  }
}
