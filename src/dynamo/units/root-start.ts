import type { Code } from "../bytecode/code.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { Frame } from "../interpreter/frame.ts";
import { captureCells } from "../interpreter/captures.ts";
import { functionCode, isInterpretable } from "../interpreter/function-code.ts";
import { lexicalThis } from "../interpreter/lexical-this.ts";
import { frameThis } from "../operations/frame-this.ts";
import { refuseFunction } from "../operations/call.ts";
import type { Source } from "../variables/source.ts";
import { LazyVariable, type Variable, undefinedVariable } from "../variables/variable.ts";
import { unwrap } from "../transparent-wrapper.ts";
import { functionName } from "./function-place.ts";
import type { UnitStart } from "./unit.ts";

/** The start of a compiled function itself: receiver and arguments come from its caller. */
export function rootStart(fn: Function): UnitStart {
  return {
    get name() {
      return functionName(fn);
    },
    frames: (machine, receiver, inputs) => {
      const { fn: inner, breakPolicy } = unwrap(fn);
      const known = functionCode(inner);
      if (!isInterpretable(known)) return refuseFunction(known, fn.name);
      const { code, source, captures: cells } = known;
      if (code.kind === "classConstructor")
        return breakGraph("constructorCall", { className: fn.name }, "compile class");
      const capturesSource: Source = {
        kind: "pinned",
        value: cells,
        name: `captures of ${fn.name}`,
      };
      const thisValue: Variable =
        code.kind === "arrow"
          ? lexicalThis(machine, code, source)
          : frameThis(
              machine,
              code,
              new LazyVariable(receiver, { kind: "receiver", name: 'L["this"]' }),
            );
      const frame = new Frame({
        code,
        captures: captureCells(machine, code, cells, capturesSource),
        capturesSource,
        thisValue,
        args: inputs.map(
          (value, index) =>
            new LazyVariable(value, { kind: "input", index, name: parameterName(code, index) }),
        ),
        newTarget: undefinedVariable,
        self: new LazyVariable(fn, { kind: "pinned", value: fn, name: fn.name }),
        returnMode: "push",
        breakPolicy,
      });
      return [frame];
    },
    runNatively: (receiver, inputs) => Reflect.apply(fn, receiver, inputs),
  };
}

/** The name of a simple parameter: the local that the prologue stores the argument in. */
function parameterName(code: Code, index: number): string {
  const at = code.instructions.findIndex(
    (instruction) => instruction.op === "loadParameter" && instruction.index === index,
  );
  const store = code.instructions[at + 1];
  if (at >= 0 && (store?.op === "storeLocal" || store?.op === "initializeCell")) {
    const local = code.locals[store.slot];
    if (local?.isUserVariable === true) return local.name;
  }
  return `args[${index}]`;
}
