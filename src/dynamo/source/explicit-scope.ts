/** `torch.compile(fn, { scope: (s) => eval(s) })`: the program itself evaluates expressions where the function was made. */
import type { Accessor } from "./grab-accessors.ts";
import { type Importer, importerText } from "./importer-name.ts";
import { type PrivateAccessor, privateAccessorText } from "./private-name.ts";

export type EvaluateInScope = (text: string) => unknown;

const scopes = new WeakMap<Function, EvaluateInScope>();

export function registerScope(fn: Function, evaluate: EvaluateInScope): void {
  scopes.set(fn, evaluate);
}

/** null: no scope was given for the function, or it does not know the name. */
export function explicitAccessor(fn: Function, name: string, isWritten: boolean): Accessor | null {
  const evaluate = scopes.get(fn);
  if (evaluate === undefined) return null;
  const write = isWritten ? `($fullgraph) => { ${name} = $fullgraph }` : "null";
  try {
    const [get, set] = evaluate(`[() => ${name}, ${write}]`) as [
      () => unknown,
      Accessor["set"] | null,
    ]; // the text above
    return { get, set: set ?? refuseWrite };
  } catch {
    return null; // `eval` is forbidden here, or the function given is something else than a direct eval
  }
}

/** null: no scope was given, or it is not evaluated in a class that declares the name. */
export function explicitPrivate(fn: Function, name: string): PrivateAccessor | null {
  try {
    const made = scopes.get(fn)?.(`(${privateAccessorText(name, "$fullgraph")})`);
    return (made ?? null) as PrivateAccessor | null; // that text
  } catch {
    return null;
  }
}

/** null: no scope was given, or it is something else than a direct eval. */
export function explicitImporter(fn: Function): Importer | null {
  try {
    return (scopes.get(fn)?.(importerText) ?? null) as Importer | null; // that text
  } catch {
    return null;
  }
}

function refuseWrite(): never {
  throw new TypeError("Assignment to constant variable.");
}
