import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Binding } from "../source/function-source.ts";
import type { Machine } from "./machine.ts";
import type { OuterCell } from "./outer-cell.ts";

/** The outer variables that a capture met so far, by one cell each; constant ones have no need to be found again. */
const cellsMet = new WeakMap<Machine, OuterCell[]>();

/**
 * Every function has cells of its own for the variables around it. Two functions around one variable must see each
 * other's writes while they are interpreted, so the first cell of a variable stands for it in the whole capture.
 */
export function firstCellOf(machine: Machine, cell: OuterCell): OuterCell {
  if (cell.binding.constant) return cell;
  const met = cellsMet.get(machine) ?? [];
  cellsMet.set(machine, met);
  const first = met.find((other) => other === cell || isSameVariable(other.binding, cell.binding));
  if (first === undefined) {
    met.push(cell);
    return cell;
  }
  if (first.binding.write === null && cell.binding.write !== null) {
    breakGraph(
      "unreachableOuterVariable",
      {
        variable: cell.binding.name,
        why: "the compiled code met it first where it cannot be written",
      },
      `variable ${cell.binding.name}`,
    );
  }
  return first;
}

/** The outer variable that an exported name of a module stands for, if the capture met it. */
export function cellReadBy(machine: Machine, read: () => unknown): OuterCell | null {
  return cellsMet.get(machine)?.find(({ binding }) => isWrittenThrough(binding, read)) ?? null;
}

/** The global variable of that name, if the capture met it: properties of the global object are the same variables. */
export function globalCell(machine: Machine, name: PropertyKey): OuterCell | null {
  return (
    cellsMet
      .get(machine)
      ?.find(({ binding }) => binding.scope === "global" && binding.name === name) ?? null
  );
}

function isSameVariable(a: Binding, b: Binding): boolean {
  if (a.read === b.read) return true;
  if (a.scope !== "closure" || b.scope !== "closure") return false; // a global is the same function for every reader
  if (a.isAccessor === true || b.isAccessor === true) return false; // never interpreted, so no matter
  return a.write === null ? isWrittenThrough(b, a.read) : isWrittenThrough(a, b.read);
}

/**
 * Variables show no identity, so a marker is written and looked for. Nothing else can run in between: what is written
 * is a variable of a function or module, not a property.
 */
function isWrittenThrough({ scope, read, write }: Binding, readOther: () => unknown): boolean {
  if (scope !== "closure" || write === null) return false;
  try {
    const value = read();
    if (!Object.is(value, readOther())) return false;
    const marker = {};
    write(marker);
    try {
      return readOther() === marker;
    } finally {
      write(value);
    }
  } catch {
    return false; // not initialised yet
  }
}
