/**
 * The part of the WebAssembly JavaScript API that is used here. TypeScript has it only in the `dom` library, whose
 * thousands of other names would hide mistakes in a package that runs without a browser.
 */
declare namespace WebAssembly {
  type ImportValue = Memory | Table | ExportedFunction;
  type ExportedFunction = (...args: (number | bigint)[]) => number | bigint | undefined;

  class Module {
    constructor(bytes: Uint8Array<ArrayBufferLike>);
  }
  class Instance {
    constructor(
      module: Module,
      imports?: Readonly<Record<string, Readonly<Record<string, ImportValue>>>>,
    );
    readonly exports: Readonly<Record<string, ExportedFunction>>;
  }
  interface MemoryDescriptor {
    readonly initial: number;
    readonly maximum?: number;
    readonly shared?: boolean;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
    grow(pages: number): number;
  }
  class Table {
    constructor(descriptor: {
      readonly element: "anyfunc";
      readonly initial: number;
      readonly maximum?: number;
    });
    readonly length: number;
    get(index: number): ExportedFunction | null;
    set(index: number, value: ExportedFunction | null): void;
    grow(count: number): number;
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function validate(bytes: Uint8Array<ArrayBufferLike>): boolean;
}
