import type { BindingCell } from "../bytecode/cell.ts";
import type { Code } from "../bytecode/code.ts";
import type { Binding, FunctionSource } from "../source/function-source.ts";

/** A variable outside the function, with the same face as a Cell, so that generated code has one rule for both. */
export class OuterCell implements BindingCell {
  readonly binding: Binding;
  #loose: BindingCell | undefined;
  constructor(binding: Binding) {
    this.binding = binding;
  }
  get v(): unknown {
    return this.binding.read();
  }
  set v(value: unknown) {
    if (this.binding.write === null)
      throw new TypeError(`the outer variable ${this.binding.name} cannot be written`);
    this.binding.write(value);
  }
  get isUnresolvable(): boolean {
    return this.binding.scope === "unresolved";
  }
  get isAssignable(): boolean {
    return this.binding.isAssignable ?? true;
  }
  get loose(): BindingCell | undefined {
    const { read, writeLoosely } = this.binding;
    if (writeLoosely === undefined) return undefined;
    this.#loose ??= {
      get v(): unknown {
        return read();
      },
      set v(value: unknown) {
        writeLoosely(value);
      },
    };
    return this.#loose;
  }
}

const outerCaptureArrays = new WeakSet<object>();

/** The cells for the captures of a function from outside. One array per function object: its identity stands for them all. */
export function outerCellsOf(code: Code, source: FunctionSource): readonly OuterCell[] {
  return registerOuterCells(
    code.captures.map((capture) => new OuterCell(source.binding(capture.name))),
  );
}

export function registerOuterCells(cells: readonly OuterCell[]): readonly OuterCell[] {
  outerCaptureArrays.add(cells);
  return Object.freeze(cells);
}

export const isOuterCells = (value: object): value is readonly OuterCell[] =>
  outerCaptureArrays.has(value);
