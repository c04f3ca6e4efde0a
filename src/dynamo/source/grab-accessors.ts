/**
 * Tier P, pause and grab: enters the function with the debugger waiting at its first statement, makes accessor closures
 * in its scope there, and unwinds before anything of the user's has run. The closures read and write the real variables
 * for ever after. A few milliseconds once per function; an accessor call costs 0.05 µs.
 */
import { shareAccessor } from "./accessor-pool.ts";
import { scopeWith, type EnginePlace, type ScopeSnapshot } from "./read-scopes.ts";
import type { FunctionOrigin } from "./script-record.ts";
import type { Declaration, FunctionRecord, ScriptScope } from "./script-scope.ts";
import { batchGrabs } from "./debugger-switch.ts";
import { inspectorSession, isDebuggerAttachable } from "../../base/inspector-session.ts";
import { type PrivateAccessor, privateAccessorText } from "./private-name.ts";
import { pauseAt, type PauseRequest } from "./pause-at-entry.ts";
import { pausingWorks } from "./pause-self-test.ts";
import { sourceTier } from "./source-tier.ts";

export interface Accessor {
  readonly get: () => unknown;
  readonly set: (value: unknown) => void;
}

export interface GrabbedAccessors {
  /** null: at the function's first statement the name means another variable. */
  byName(name: string): Accessor | null;
  /** null: no class around the function declares it. */
  privateAccessor(name: string): PrivateAccessor | null;
  /** `this` as an arrow function sees it. */
  readonly readThis: () => unknown;
}

export type FunctionAccessors = GrabbedAccessors | { readonly refused: string };

/** One grab serves all free variables of the function. Never throws; says why if it cannot. */
export function accessorsOf(
  fn: Function,
  origin: FunctionOrigin | null,
  snapshot: ScopeSnapshot | null,
): FunctionAccessors {
  return batchGrabs(() => grab(fn, origin, snapshot)); // with the self-test, the first grab is three pauses
}

function grab(
  fn: Function,
  origin: FunctionOrigin | null,
  snapshot: ScopeSnapshot | null,
): FunctionAccessors {
  if (sourceTier() === "R") return { refused: "FULLGRAPH_TIER=R allows reading only" };
  if (isDebuggerAttachable()) return { refused: "a debugger can be attached to this process" };
  const session = inspectorSession();
  const record = origin?.record ?? null;
  if (session === null || origin === null || record === null || snapshot === null) {
    return { refused: "the script of the function could not be analysed" };
  }
  if (record.harmlessArguments === null)
    return { refused: "the function cannot be entered without running user code" };
  if (!isArrayIterationOriginal()) return { refused: "the iterator of arrays has been replaced" };
  if (!pausingWorks(session))
    return { refused: "this JavaScript engine does not stop reliably at the start of a function" };
  const request: PauseRequest = {
    fn,
    entry: entryCall(record, record.harmlessArguments),
    expression: (exchange) =>
      accessorExpression(exchange, accessibleNames(record, snapshot), record),
    place: snapshot.place,
    bodyStart: enginePlace(record.bodyStart, origin, snapshot.place),
    end: enginePlace(record.end, origin, snapshot.place),
    globalObject: snapshot.scopes.findLast((scope) => scope.kind === "global")?.values ?? null,
  };
  const pause = pauseAt(session, request);
  if (pause === null) return { refused: "the engine did not stop at the start of the function" };
  const grabbed = grabbedFrom(pause.value, pause.isInBlock, record);
  if (!("refused" in grabbed)) shareAll(grabbed, record);
  return grabbed;
}

function shareAll(grabbed: GrabbedAccessors, record: FunctionRecord): void {
  const own = [...record.freeNames.values()].map((free) => free.declaration);
  for (const declaration of new Set([...own, ...neighbours(record)])) {
    const accessor = declaration === null ? null : grabbed.byName(declaration.name);
    if (declaration !== null && accessor !== null) shareAccessor(declaration, accessor);
  }
}

const arrayIterator = Array.prototype[Symbol.iterator];
const arrayIteratorPrototype: object = Object.getPrototypeOf([][Symbol.iterator]());
const arrayIteratorNext: unknown = Reflect.get(arrayIteratorPrototype, "next");

/** Array patterns among the parameters are filled from array literals, and those are iterated. */
export function isArrayIterationOriginal(): boolean {
  return (
    Array.prototype[Symbol.iterator] === arrayIterator &&
    Reflect.get(arrayIteratorPrototype, "next") === arrayIteratorNext
  );
}

/** Positions of the engine, not of the text: a loader may shift a script. */
function enginePlace(
  offset: number,
  { script, position }: FunctionOrigin,
  parametersInEngine: EnginePlace,
): EnginePlace {
  const { line, column } = script.lineAndColumn(offset);
  const parametersInText = script.lineAndColumn(position);
  const shift =
    line === parametersInText.line ? parametersInEngine.column - parametersInText.column : 0;
  return {
    scriptId: parametersInEngine.scriptId,
    line: line + parametersInEngine.line - parametersInText.line,
    column: column + shift,
  };
}

/** The call that enters the function: `fn` and `resume` are properties of the exchange object. */
function entryCall(record: FunctionRecord, values: string): (exchange: string) => string {
  if (record.form === "class") return (exchange) => `new ${exchange}.fn(${values})`;
  const call = (exchange: string): string => `(0, ${exchange}.fn)(${values})`;
  return record.isGenerator ? (exchange) => `${exchange}.resume(${call(exchange)})` : call;
}

/**
 * Free names of the function, and other variables around it that change and that functions use: one grab then serves the
 * neighbours too. A name that the parameters use and the body declares again is out of sight at the first statement.
 */
function accessibleNames(record: FunctionRecord, snapshot: ScopeSnapshot): readonly string[] {
  const names = new Set<string>();
  for (const { name, declaration } of record.freeNames.values()) {
    if (
      (declaration !== null || scopeWith(snapshot, name) !== null) &&
      !record.outermostNames.has(name)
    )
      names.add(name);
  }
  for (const { name } of neighbours(record)) if (!record.ownNames.has(name)) names.add(name);
  for (const unassignable of ["arguments", "eval"]) names.delete(unassignable);
  return [...names];
}

const mostNeighbours = 100;

/** The innermost declaration of each name around the function, if it is worth an accessor. */
function neighbours(record: FunctionRecord): readonly Declaration[] {
  const innermost = new Map<string, Declaration>();
  for (let scope: ScriptScope | null = record.definedIn; scope !== null; scope = scope.parent) {
    for (const declaration of scope.declarations.values()) {
      if (!innermost.has(declaration.name)) innermost.set(declaration.name, declaration);
    }
  }
  const wanted = [...innermost.values()].filter(
    ({ isReassigned, isCaptured, kind }) => isCaptured && (isReassigned || kind === "import"),
  );
  return wanted.slice(0, mostNeighbours);
}

/**
 * An object literal of accessors. Made by a nested direct eval where `eval` is the real one: closures of the debugger's
 * own expressions look every variable up by name, those of the nested eval are about twice as fast (test/source/programs/costs.ts).
 */
function accessorExpression(
  exchange: string,
  names: readonly string[],
  { isArrow, privateUses }: FunctionRecord,
): string {
  const entries = names.map(
    (name) =>
      `[${JSON.stringify(name)}]: { get: () => ${name}, set: (${exchange}) => { ${name} = ${exchange} } }`,
  );
  const privates = [...privateUses].map(
    (name) => `${JSON.stringify(name)}: ${privateAccessorText(name, exchange)}`,
  );
  const literal = `({ accessors: { __proto__: null, ${entries.join(", ")} }, privates: { __proto__: null, ${privates.join(", ")} }, readThis: ${isArrow ? "() => this" : "null"} })`;
  return `${exchange}.value = (eval === ${exchange}.eval ? eval(${JSON.stringify(literal)}) : ${literal}); undefined`;
}

function grabbedFrom(
  value: unknown,
  isInBlock: boolean,
  record: FunctionRecord,
): FunctionAccessors {
  if (typeof value !== "object" || value === null)
    return { refused: "the scope of the function could not be entered" };
  // The literal of accessorExpression.
  const { accessors, privates, readThis } = value as {
    accessors: Record<string, Accessor>;
    privates: Record<string, PrivateAccessor>;
    readThis: (() => unknown) | null;
  };
  return {
    byName(name) {
      // If the first statement stands in a block of its own, that block's variables are in front of the free ones.
      if (isInBlock && record.ownNames.has(name)) return null;
      return accessors[name] ?? null;
    },
    privateAccessor: (name) => privates[name] ?? null,
    readThis: readThis ?? (() => undefined),
  };
}
