import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  type CellVariable,
  TemplateVariable,
  type TensorVariable,
  type Variable,
} from "../variables/variable.ts";

/** Texts of tensors are written after the graph ran. One mark for each text of the program that still waits for that. */
const waiting = new WeakMap<Machine, Set<object>>();
const marks = new WeakMap<TemplateVariable, readonly object[]>();

export function textOfTensor(machine: Machine, tensor: TensorVariable): TemplateVariable {
  const text = new TemplateVariable([tensor]);
  const mark = {};
  const set = waiting.get(machine) ?? new Set();
  waiting.set(machine, set.add(mark));
  marks.set(text, [mark]);
  return text;
}

/** A text made of others waits as long as they do. */
export function joinTexts(
  result: TemplateVariable,
  parts: readonly { readonly kind: string }[],
): TemplateVariable {
  const joined = parts.flatMap((part) =>
    part instanceof TemplateVariable ? (marks.get(part) ?? []) : [],
  );
  marks.set(result, joined);
  return result;
}

/**
 * A reordered log function shows tensors as they are when it is called at last: that is what registering it says.
 * A text that the program also keeps in a variable is not only shown: it still waits.
 */
export function mayBeLate(machine: Machine, text: TemplateVariable): void {
  if (machine.tracer.frames.some(({ locals }) => locals.some((local) => holds(local, text))))
    return;
  for (const mark of marks.get(text) ?? []) waiting.get(machine)?.delete(mark);
}

const holds = (local: Variable | CellVariable | null, text: TemplateVariable): boolean =>
  local === text || (local?.kind === "cell" && local.content === text);

/** A text must show a tensor as it was: before a tensor changes, all texts are written. */
export function writeTextsFirst(machine: Machine, operator: string): void {
  if ((waiting.get(machine)?.size ?? 0) === 0) return;
  breakGraph(
    "skippedFunction",
    {
      functionName: operator,
      why: "it changes a tensor, and a text with the contents of a tensor has to be written before that",
    },
    `call ${operator} after tensor to text`,
  );
}
