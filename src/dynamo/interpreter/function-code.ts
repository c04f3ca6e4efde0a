import type { Code } from "../bytecode/code.ts";
import { lowerFunction } from "../bytecode/lower/lower-function.ts";
import { UnsupportedSyntax } from "../bytecode/unsupported-syntax.ts";
import type { FunctionSource, SourceLocation } from "../source/function-source.ts";
import { syntaxLeftOut } from "../../script/interpret/interpret-function.ts";
import { mayGenerateCode } from "../../script/may-generate-code.ts";
import { importerName } from "../source/importer-name.ts";
import { homeName } from "../source/home-object.ts";
import { isPrivateName } from "../source/private-name.ts";
import { locateFunction } from "../source/locate-function.ts";
import { type OuterCell, outerCellsOf } from "./outer-cell.ts";

/** A function from outside, ready to be interpreted. */
export interface FunctionCode {
  readonly code: Code;
  readonly source: FunctionSource;
  readonly captures: readonly OuterCell[];
}

/** Why a function cannot be interpreted: it runs natively instead. */
export interface NotInterpretable {
  readonly reason:
    | "native"
    | "bound"
    | "sourceUnavailable"
    | "classConstructor"
    | "syntax"
    | "outerVariable";
  readonly detail: string;
}

const known = new WeakMap<Function, FunctionCode | NotInterpretable>();
const lowered = new Map<string, Code | NotInterpretable>();
const locations = new WeakMap<Code, SourceLocation>();
/** Bundlers rename functions in the text and put the user's name back on the object. */
const names = new WeakMap<Code, string>();

export const nameOf = (code: Code): string => names.get(code) ?? code.name;

/** Where a code's text comes from; nested functions share the text of the outermost one. */
export const locationOf = (code: Code): SourceLocation | null => locations.get(code) ?? null;

export function noteNestedCode(child: Code, parent: Code): void {
  const location = locations.get(parent);
  if (location !== undefined && !locations.has(child)) locations.set(child, location);
}

export const isInterpretable = (x: FunctionCode | NotInterpretable): x is FunctionCode =>
  "code" in x;

/** The bytecode of a function from outside, cached per function object (closures) and per position (code). */
export function functionCode(fn: Function): FunctionCode | NotInterpretable {
  let found = known.get(fn);
  if (found === undefined) {
    found = readFunction(fn);
    known.set(fn, found);
  }
  return found;
}

function readFunction(fn: Function): FunctionCode | NotInterpretable {
  // Its errors and literals would be of the wrong realm.
  if (!(fn instanceof Function))
    return { reason: "sourceUnavailable", detail: "it belongs to another realm" };
  const source = locateFunction(fn);
  if (source.kind === "unavailable") {
    const reason =
      source.reason === "native" || source.reason === "bound" ? source.reason : "sourceUnavailable";
    return { reason, detail: source.explanation };
  }
  const code = lower(source);
  if ("reason" in code) return code;
  const leftOut = mayGenerateCode() ? null : syntaxLeftOut(source.text);
  if (leftOut !== null) {
    return {
      reason: "sourceUnavailable",
      detail: `It contains ${leftOut}, which can only be made by compiling text, and this process forbids that.`,
    };
  }
  if (typeof fn.name === "string" && fn.name !== "") names.set(code, fn.name);
  const captures = outerCellsOf(code, source);
  const loose = mayGenerateCode() ? [] : assignedLoosely(code);
  for (const [index, capture] of code.captures.entries()) {
    const binding = captures[index]?.binding;
    if (binding === undefined) continue;
    if (binding.scope !== "closure" && loose.includes(capture.name)) {
      const detail = `It is sloppy code that assigns \`${capture.name}\`, and this process forbids to compile text.`;
      return { reason: "sourceUnavailable", detail };
    }
    if (binding.unavailable !== null && capture.name === importerName)
      return { reason: "syntax", detail: "dynamic import" };
    if (binding.unavailable !== null && capture.name === homeName)
      return { reason: "syntax", detail: "`super`" };
    if (binding.unavailable !== null && isPrivateName(capture.name))
      return { reason: "syntax", detail: `private name ${capture.name}` };
    if (binding.unavailable !== null)
      return { reason: "outerVariable", detail: binding.unavailable };
    if (capture.assigned && binding.write === null) {
      return {
        reason: "outerVariable",
        detail: `it assigns the outer variable '${capture.name}', which cannot be written from outside`,
      };
    }
  }
  return { code, source, captures };
}

/** What sloppy code in it assigns, which need not exist or may be read-only: interpreted text is strict. */
function assignedLoosely({ instructions, captures, children }: Code): readonly string[] {
  const own = instructions.flatMap((instruction) =>
    instruction.op === "storeCaptureLoosely" ? [captures[instruction.capture]?.name ?? ""] : [],
  );
  return [...own, ...children.flatMap(({ code }) => (code === null ? [] : assignedLoosely(code)))];
}

/** One Code per place in the program, so that closures of the same text share resume functions and analysis. */
function lower(source: FunctionSource): Code | NotInterpretable {
  const key = `${source.location?.identity ?? ""}\n${source.isStrict}\n${source.text}`;
  let code = lowered.get(key);
  if (code === undefined) {
    code = lowerText(source);
    lowered.set(key, code);
  }
  if (!("reason" in code) && source.location !== null && !locations.has(code))
    locations.set(code, source.location);
  return code;
}

function lowerText(source: FunctionSource): Code | NotInterpretable {
  const { text, isStrict } = source;
  try {
    return lowerFunction(text, { isStrict, isAlone: () => source.isAlone() });
  } catch (error) {
    if (error instanceof UnsupportedSyntax) return { reason: "syntax", detail: error.construct };
    throw error;
  }
}

/** For tests and `torch._dynamo.reset`: forget lowered text. */
export function resetFunctionCode(): void {
  lowered.clear();
}
