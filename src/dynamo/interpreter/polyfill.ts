import type { Code } from "../bytecode/code.ts";
import type { Source } from "../variables/source.ts";
import type { CellVariable } from "../variables/variable.ts";
import { captureCells } from "./captures.ts";
import type { Machine } from "./machine.ts";
import { OuterCell, registerOuterCells } from "./outer-cell.ts";

const polyfills = new WeakMap<Code, string>();

/** The engine function that a code stands in for; such frames are not the user's and stay out of messages. */
export const polyfillName = (code: Code): string | null => polyfills.get(code) ?? null;

export interface EnteredPolyfill {
  readonly code: Code;
  readonly captures: readonly CellVariable[];
  readonly capturesSource: Source;
}

/** A function written in the language; its only free variables are intrinsics and what is given, taken when it is defined. */
export function markPolyfill(
  name: string,
  lower: () => Code,
  given: Readonly<Record<string, unknown>> = {},
): { enter(machine: Machine): EnteredPolyfill } {
  let lowered: { readonly code: Code; readonly cells: readonly object[] } | null = null;
  return {
    enter(machine) {
      if (lowered === null) {
        const code = lower();
        polyfills.set(code, name);
        lowered = {
          code,
          cells: registerOuterCells(code.captures.map((capture) => fixedCell(capture.name, given))),
        };
      }
      const { code, cells } = lowered;
      const capturesSource: Source = { kind: "pinned", value: cells, name: `captures of ${name}` };
      return { code, capturesSource, captures: captureCells(machine, code, cells, capturesSource) };
    },
  };
}

function fixedCell(name: string, given: Readonly<Record<string, unknown>>): OuterCell {
  const value: unknown = Object.hasOwn(given, name) ? given[name] : Reflect.get(globalThis, name);
  return new OuterCell({
    name,
    scope: "global",
    constant: true,
    read: () => value,
    write: null,
    unavailable: null,
  });
}
