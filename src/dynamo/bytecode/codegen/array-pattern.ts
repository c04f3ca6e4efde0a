/**
 * Array patterns of plain variables, `[a, , b, ...c] = iterable`: where nothing enters or leaves in the middle, an array
 * is taken apart by the engine's own pattern (bench: residual code, destructuring).
 */

import type { Code } from "../code.ts";
import type { EmitScope } from "../instructions/emission.ts";
import { writtenLocal } from "../liveness.ts";

export interface ArrayPattern {
  readonly site: string;
  readonly iterator: number;
  /** Where control goes on. */
  readonly end: number;
  readonly elements: readonly PatternElement[];
}

interface PatternElement {
  readonly isRest: boolean;
  /** null: a hole. */
  readonly target: { readonly slot: number; readonly isCell: boolean } | null;
}

/** The pattern whose `getIterator` is at `pc`, in the very shape `lowerArrayPattern` gives it; null for any other. */
function arrayPatternAt(code: Code, pc: number): ArrayPattern | null {
  const { instructions } = code;
  const open = instructions[pc];
  const store = instructions[pc + 1];
  if (open?.op !== "getIterator" || store?.op !== "storeLocal") return null;
  const iterator = store.slot;
  const elements: PatternElement[] = [];
  let at = pc + 2;
  for (let step = instructions[at]; ; step = instructions[at]) {
    if (step?.op !== "iteratorStep" && step?.op !== "iteratorRest") break;
    if (step.iterator !== iterator) return null;
    const into = instructions[at + 1];
    const isRest = step.op === "iteratorRest";
    if (into?.op === "pop") elements.push({ isRest, target: null });
    else if (into?.op === "storeLocal" || into?.op === "initializeCell")
      elements.push({ isRest, target: { slot: into.slot, isCell: into.op === "initializeCell" } });
    else return null;
    at += 2;
  }
  const [close, jump, quietly, fail] = instructions.slice(at, at + 4);
  const isWhole =
    elements.length > 0 &&
    close?.op === "iteratorClose" &&
    close.iterator === iterator &&
    jump?.op === "jump" &&
    jump.target === at + 4 &&
    quietly?.op === "iteratorCloseQuietly" &&
    quietly.iterator === iterator &&
    fail?.op === "throw" &&
    code.regionAt(pc + 2)?.handler === at + 2;
  return isWhole ? { site: open.site, iterator, end: at + 4, elements } : null;
}

/** The pcs of patterns that may be printed as such: nobody starts or leaves in the middle of them. */
export function findArrayPatterns(
  code: Code,
  start: number,
  splitAt: ReadonlySet<number>,
): ReadonlyMap<number, ArrayPattern> {
  const found = new Map<number, ArrayPattern>();
  for (let pc = 0; pc < code.instructions.length; pc++) {
    const pattern = arrayPatternAt(code, pc);
    if (pattern === null || (start > pc && start < pattern.end)) continue;
    const inside = Array.from({ length: pattern.end - pc - 1 }, (_, i) => pc + 1 + i);
    if (!inside.some((at) => splitAt.has(at))) found.set(pc, pattern);
  }
  return found;
}

/** The variables that the pattern gives other values. */
export function writtenBy(
  code: Code,
  pattern: ArrayPattern,
  pc: number,
  scope: EmitScope,
): readonly string[] {
  const written: string[] = [];
  for (let at = pc; at < pattern.end; at++) {
    const instruction = code.instructions[at];
    const slot = instruction === undefined ? null : writtenLocal(instruction);
    if (slot !== null) written.push(scope.local(slot));
  }
  return written;
}

/** `iterable` is evaluated once. What is no plain array goes step by step, so that errors name it as the source does. */
export function printArrayPattern(
  { site, iterator, elements }: ArrayPattern,
  iterable: string,
  scope: EmitScope,
): string {
  const targets = elements.map(({ target }) =>
    target === null ? null : `${scope.local(target.slot)}${target.isCell ? ".raw" : ""}`,
  );
  const native = elements.map(({ isRest }, i) => `${isRest ? "..." : ""}${targets[i] ?? ""}`);
  const canBeNative = elements.every(({ isRest, target }) => !isRest || target !== null);
  const value = scope.temporary();
  const record = scope.local(iterator);
  const steps = elements.map(({ isRest }, i) => {
    const step = isRest
      ? `${scope.runtime("iteratorRest")}(${record})`
      : `(${record}.advance()?${record}.value:void 0)`;
    return targets[i] === null ? `${step};` : `${targets[i]}=${step};`;
  });
  const general = `${record}=${scope.runtime("getIterator")}(${value},${scope.literal(site)});
try{
${steps.join("\n")}
}catch($e){${record}.closeQuietly();throw $e;}
${record}.close();`;
  if (!canBeNative) return `${value}=${iterable};\n${general}`;
  const isPlain = `${scope.runtime("isArray")}(${value})&&${value}[${scope.runtime("iteratorSymbol")}]===${scope.runtime("arrayValues")}`;
  // A hole at the end needs its comma.
  const list = `${native.join(",")}${targets.at(-1) === null ? "," : ""}`;
  return `${value}=${iterable};\nif(${isPlain})[${list}]=${value};\nelse{${general}}`;
}
