import type { Child } from "../bytecode/code.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Frame } from "../interpreter/frame.ts";
import { type CellVariable, ClosureVariable } from "../variables/variable.ts";

/** The closure of the nested function at `index`; `name` where the place it is made at names it. */
export function closureOf(frame: Frame, index: number, name: string | null): ClosureVariable {
  const child = frame.code.children[index];
  if (child === undefined) throw new Error(`child ${index} is missing`);
  if (child.kind === "class")
    breakGraph(
      "classDefinition",
      { className: child.name === "" ? "(anonymous class)" : child.name },
      `createClosure ${child.name}`,
    );
  return new ClosureVariable(
    frame.code,
    index,
    capturesOf(frame, child),
    { thisValue: frame.thisValue, newTarget: frame.newTarget },
    name,
  );
}

function capturesOf(frame: Frame, child: Child): readonly CellVariable[] {
  return child.captures.map(({ name, from }) => {
    switch (from.kind) {
      case "local":
        return frame.cell(from.slot);
      case "capture":
        return frame.capture(from.index);
      case "outer":
        throw new Error(`the nested function's variable ${name} is not a variable of its parent`);
    }
  });
}

/** The name that a property key gives to an anonymous function (ECMA-262 §10.2.9 SetFunctionName). */
export function functionName(key: PropertyKey): string {
  if (typeof key !== "symbol") return String(key);
  return key.description === undefined ? "" : `[${key.description}]`;
}

const prototypeOf = (fn: Function): object => Object.getPrototypeOf(fn) as object; // of an ordinary function

const suspendingPrototypes = {
  generator: prototypeOf(function* () {}),
  async: prototypeOf(async () => {}),
  asyncGenerator: prototypeOf(async function* () {}),
} as const;

/** The [[Prototype]] that a nested function gets when it is made real. */
export function prototypeOfClosure({ parent, child }: ClosureVariable): object {
  const kind = parent.children[child]?.kind;
  return kind === "generator" || kind === "async" || kind === "asyncGenerator"
    ? suspendingPrototypes[kind]
    : Function.prototype;
}
