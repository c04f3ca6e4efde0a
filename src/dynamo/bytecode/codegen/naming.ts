/** Names of the variables of one generated function: users' names where possible, since V8 prints them in messages. */

import type { Code } from "../code.ts";
import type { Constant } from "../instructions/operand.ts";
import { mayGenerateCode } from "../../../script/may-generate-code.ts";
import { EmbeddedClosures } from "./embedded-closures.ts";
import { isVariableName } from "./identifier.ts";
import { printLiteral } from "./literal.ts";
import type { FoldScope } from "./fold.ts";

export class Naming implements FoldScope {
  readonly #code: Code;
  readonly #locals: readonly string[];
  readonly #taken: Set<string>;
  readonly #displays = new Set<string>();
  readonly #usedCaptures = new Set<number>();
  readonly #usedLocals = new Set<number>();
  readonly #bareGlobals = new Set<string>();
  #temporaries = 0;
  #maxTemporaries = 0;
  /** null: the runtime makes all closures. */
  readonly #embedded: EmbeddedClosures | null;
  /** The instruction being emitted. */
  pc = 0;

  constructor(code: Code, globalNames: ReadonlySet<string>) {
    this.#code = code;
    // Text that is interpreted gains nothing, and a global used by name must not meet a name of the generator.
    this.#embedded =
      mayGenerateCode() && globalNames.size === 0 ? new EmbeddedClosures(code, this) : null;
    this.#taken = new Set();
    this.#locals = code.locals.map(({ name, isCell }) =>
      this.#unique(isCell ? `${name}$cell` : name),
    );
    for (const { name } of code.captures) {
      if (globalNames.has(name) && isVariableName(name) && !this.#taken.has(name))
        this.#bareGlobals.add(name);
    }
    for (const name of this.#bareGlobals) this.#taken.add(name);
  }

  #unique(name: string): string {
    const base = isVariableName(name) ? name : `_${name.replace(/[^\w]/g, "_")}`;
    let unique = base;
    for (let i = 1; this.#taken.has(unique); i++) unique = `${base}$${i}`;
    this.#taken.add(unique);
    return unique;
  }

  local(slot: number): string {
    this.#usedLocals.add(slot);
    return this.#locals[slot] ?? `$l[${slot}]`;
  }

  isInitialized(slot: number): boolean {
    return this.#code.initializedCellsAt(this.pc).has(slot);
  }

  cellContent(slot: number): string {
    return `${this.local(slot)}.${this.isInitialized(slot) ? "raw" : "v"}`;
  }

  /** The text of the generated function with what it needs around it. */
  around(text: string): string {
    return this.#embedded?.around(text) ?? text;
  }

  captureCell(index: number): string {
    this.#usedCaptures.add(index);
    return `$c${index}`;
  }

  capture(index: number): string {
    const name = this.#code.captures[index]?.name ?? "";
    return this.#bareGlobals.has(name) ? name : `${this.captureCell(index)}.v`;
  }

  /** A variable with exactly this user's name, to assign just before it is called; null where the name is taken. */
  display(name: string): string | null {
    if (this.#displays.has(name)) return name;
    if (this.#taken.has(name) || !isVariableName(name)) return null;
    this.#taken.add(name);
    this.#displays.add(name);
    return name;
  }

  temporary(): string {
    this.#temporaries++;
    this.#maxTemporaries = Math.max(this.#maxTemporaries, this.#temporaries);
    return `$t${this.#temporaries}`;
  }

  /** Temporaries live within a block. */
  startBlock(): void {
    this.#temporaries = 0;
  }

  literal(value: Constant): string {
    return printLiteral(value);
  }

  runtime(name: string): string {
    return `$r.${name}`;
  }

  closure(child: number, name: string, known?: string | null): string {
    const cells = (this.#code.children[child]?.captures ?? []).map(({ from }) =>
      from.kind === "local"
        ? this.local(from.slot)
        : from.kind === "capture"
          ? this.captureCell(from.index)
          : "void 0",
    );
    const newTarget = this.#code.usesNewTarget ? "$newTarget" : "void 0";
    const frame = `${this.#code.usesThis ? "this" : "void 0"},${newTarget}`;
    const embedded =
      known === undefined
        ? null
        : (this.#embedded?.expression(child, known, frame, cells.join(",")) ?? null);
    return embedded ?? `$closure(${child},[${cells.join(",")}],${frame},${name})`;
  }

  childKind(child: number): string {
    return printLiteral(this.#code.children[child]?.kind ?? "function");
  }

  site(): string {
    return `$instructions[${this.pc}]`;
  }

  /** Declarations at the top of the function that mentions what was asked for so far. */
  declarations(stackDepth: number, entryDepth: number): string {
    const lines: string[] = [];
    const variables: string[] = [];
    for (const index of this.#usedCaptures) lines.push(`const $c${index}=$captures[${index}];`);
    for (const slot of this.#usedLocals) variables.push(`${this.#locals[slot]}=$locals[${slot}]`);
    for (let i = 0; i < stackDepth; i++)
      variables.push(i < entryDepth ? `$s${i}=$stack[${i}]` : `$s${i}`);
    for (let i = 1; i <= this.#maxTemporaries; i++) variables.push(`$t${i}`);
    variables.push(...this.#displays);
    if (variables.length > 0) lines.push(`let ${variables.join(",")};`);
    return lines.join("\n");
  }
}
