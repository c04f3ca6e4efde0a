/** What is known about one script of the engine, computed when first asked for. */
import { analyzeScript } from "./analyze-script.ts";
import type { ScriptScopes } from "./build-scopes.ts";
import type { FunctionRecord } from "./script-scope.ts";
import { inspectorSession } from "../../base/inspector-session.ts";
import { OriginalText } from "./insertions.ts";
import { lineStartsOf, positionIn, type LineAndColumn } from "./line-table.ts";
import { PositionMap } from "./position-map.ts";
import { pathOf } from "./source-file.ts";

/** Where a function object comes from. */
export interface FunctionOrigin {
  readonly script: ScriptRecord;
  /** Offset of the function's parameter list, for a class of its constructor's: what the engine calls its position. */
  readonly position: number;
  /** null: the script, or the function in it, could not be analysed. */
  readonly record: FunctionRecord | null;
}

/** A place in a script as the engine reports it, and its offset in the text. */
export interface MeasuredPlace extends LineAndColumn {
  readonly offset: number;
}

export class ScriptRecord {
  readonly id: number;
  /** As the user wrote it; offsets everywhere count in it. */
  readonly text: string;
  readonly #engineText: string;
  readonly #original: OriginalText;
  private scopesCache: ScriptScopes | null | undefined;
  private lineStartsCache: readonly number[] | undefined;
  private urlCache: string | null | undefined;
  private originOffsetsCache: (LineAndColumn & { readonly fromFirstLine: boolean }) | undefined;
  private positionMapCache: PositionMap | undefined;

  constructor(id: number, engineText: string) {
    this.id = id;
    this.#engineText = engineText;
    this.#original = new OriginalText(engineText);
    this.text = this.#original.text;
  }

  /** From an offset in what the engine runs. */
  fromEngine(offset: number): number {
    return this.#original.fromEngine(offset);
  }

  /** What the transform of tier T put in at an offset. */
  insertedAt(offset: number): readonly string[] {
    return this.#original.insertedAt(offset);
  }

  get scopes(): ScriptScopes | null {
    if (this.scopesCache === undefined) this.scopesCache = analyzeScript(this.text);
    return this.scopesCache;
  }

  /** The name the engine has for the script: a path, a file: URL, or null. */
  get url(): string | null {
    if (this.urlCache === undefined) this.urlCache = scriptUrl(this.id);
    return this.urlCache;
  }

  get positions(): PositionMap {
    this.positionMapCache ??= PositionMap.ofScript(
      this.#engineText,
      () => this.url ?? `script:${this.id}`,
    );
    return this.positionMapCache;
  }

  /**
   * How far the engine shifts positions of this script (a loader that wraps a module hides its wrapper this way); the
   * column counts in the first line only. Measured once, on a function whose place is known both ways.
   */
  originOffsets(isFirstLine: boolean, measure: () => MeasuredPlace | null): LineAndColumn {
    const known = this.originOffsetsCache;
    if (known !== undefined && (!isFirstLine || known.fromFirstLine)) return known;
    const measured = measure();
    if (measured === null) return { line: 0, column: 0 };
    const own = this.lineAndColumn(measured.offset);
    const fromFirstLine = own.line === 0;
    const column = fromFirstLine ? measured.column - own.column : 0;
    this.originOffsetsCache = { line: measured.line - own.line, column, fromFirstLine };
    return this.originOffsetsCache;
  }

  /** 0-based line and column, in what the engine runs, of an offset in the text. */
  lineAndColumn(offset: number): LineAndColumn {
    this.lineStartsCache ??= lineStartsOf(this.#engineText);
    return positionIn(this.lineStartsCache, this.#original.toEngine(offset));
  }
}

const records = new Map<number, ScriptRecord>();

/** Scripts made by `new Function` come without end; a record in use stays alive through its functions. */
const mostRecords = 500;

export function scriptRecord(id: number, text: string): ScriptRecord {
  let record = records.get(id);
  if (record === undefined) {
    record = new ScriptRecord(id, text);
    records.set(id, record);
    const [oldest] = records.keys();
    if (records.size > mostRecords && oldest !== undefined) records.delete(oldest);
  }
  return record;
}

/** The latest script seen under a name; the same file may have been evaluated several times. */
export function scriptRecordByUrl(url: string): ScriptRecord | null {
  const path = pathOf(url); // CommonJS files have a path on the call stack and a URL in the inspector
  return (
    [...records.values()].findLast(
      (record) => record.url !== null && pathOf(record.url) === path,
    ) ?? null
  );
}

const urls = new Map<number, string>();
let newestListed = -1;

/**
 * Best-effort coverage is the one question that lists scripts with their names without switching the debugger on.
 * About 4 ms. It must stay without Profiler.enable: disabling that again would end a coverage run of the user's.
 */
function scriptUrl(id: number): string | null {
  if (id > newestListed) {
    // The shape of the answer is fixed by the protocol (Profiler.getBestEffortCoverage).
    const answer = inspectorSession()?.post("Profiler.getBestEffortCoverage") as
      | { readonly result: readonly { readonly scriptId: string; readonly url: string }[] }
      | null
      | undefined;
    for (const script of answer?.result ?? []) urls.set(Number(script.scriptId), script.url);
    newestListed = Math.max(id, ...urls.keys());
  }
  return urls.get(id) || null;
}
