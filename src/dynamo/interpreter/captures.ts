import { isObject } from "../../base/is-object.ts";
import { uninitialized } from "../bytecode/cell.ts";
import type { Code } from "../bytecode/code.ts";
import { skipFrame } from "../graph-breaks/graph-break.ts";
import { ScopeAccessError } from "../source/source-unavailable.ts";
import type { Source } from "../variables/source.ts";
import {
  type CellVariable,
  ConstantVariable,
  LazyVariable,
  type Variable,
} from "../variables/variable.ts";
import type { Machine } from "./machine.ts";
import { OuterCell } from "./outer-cell.ts";
import { firstCellOf } from "./same-variable.ts";

/** A cell object of a rebuilt closure (bytecode/cell.ts), as far as reading it goes. */
interface RawCell {
  readonly raw: unknown;
}

/** Cell variables for the captures of a function from outside; `arraySource` is where the array of cells is. */
export function captureCells(
  machine: Machine,
  code: Code,
  cells: readonly object[],
  arraySource: Source,
): readonly CellVariable[] {
  return cells.map((cell, index) => {
    const name = code.captures[index]?.name ?? `capture${index}`;
    return cell instanceof OuterCell
      ? outerCell(machine, cell, name)
      : realCell(machine, cell, { kind: "property", base: arraySource, key: index }, name);
  });
}

/** The variable of an outer cell, the same for all cells that stand for one variable of the program. */
export function outerCell(machine: Machine, given: OuterCell, name: string): CellVariable {
  const cell = firstCellOf(machine, given);
  const { binding } = cell;
  const shown = `${binding.scope === "global" ? "globalThis" : "G"}[${JSON.stringify(name)}]`;
  const pinned: Source = { kind: "pinned", value: cell, name: shown };
  const variable = machine.tracer.cellFromOutside(cell, pinned, name, () => {
    if (binding.scope === "unresolved" || binding.isAccessor === true) return null;
    let value: unknown;
    try {
      value = binding.read();
    } catch (error) {
      if (!(error instanceof ScopeAccessError)) return null; // the dead zone: read natively, it throws the program's own error
      return skipFrame(
        "unreachableOuterVariable",
        { variable: name, why: error.message },
        `variable ${name}`,
      );
    }
    if (!binding.constant)
      return new LazyVariable(value, { kind: "cell", base: pinned, name: shown });
    return isObject(value)
      ? new LazyVariable(value, { kind: "pinned", value, name: shown })
      : new ConstantVariable(value);
  });
  variable.isUnresolvable = binding.scope === "unresolved";
  variable.isAccessor = binding.isAccessor === true;
  if (binding.scope !== "closure") variable.isAssignable = () => cell.isAssignable;
  return variable;
}

export function realCell(
  machine: Machine,
  cell: object,
  source: Source,
  name: string,
): CellVariable {
  return machine.tracer.cellFromOutside(cell, source, name, () =>
    readRealCell(machine, cell as RawCell, source),
  ); // every other cell is a bytecode Cell
}

function readRealCell(machine: Machine, cell: RawCell, source: Source): Variable | null {
  const content: Source = { kind: "member", base: source, key: "raw" };
  if (cell.raw === uninitialized) return null;
  machine.tracer.addGuard({ kind: "INITIALISED", source: content });
  return new LazyVariable(cell.raw, content);
}
