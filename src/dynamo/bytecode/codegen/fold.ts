/** Folds straight-line instructions into expressions and statements: a compile-time operand stack of texts. */

import type { Code } from "../code.ts";
import type { EmitScope } from "../instructions/emission.ts";
import { type Instruction, recordOf } from "../instructions/table.ts";
import { effectOf } from "../lower/stack-depth.ts";
import { isVariableName } from "./identifier.ts";
import {
  constantExpression,
  localExpression,
  type OperandExpression,
  orderedExpression,
  variableExpression,
} from "./operand-expression.ts";

export interface FoldScope extends EmitScope {
  /** A variable with exactly this user's name, for messages; null where the name means something else already. */
  display(name: string): string | null;
}

/** Beyond this an expression goes to a variable: nested text must not overflow the engine's parser. */
const longText = 600;

export class Folder {
  readonly statements: string[] = [];
  readonly stack: OperandExpression[];
  readonly #code: Code;
  readonly #scope: FoldScope;

  constructor(code: Code, scope: FoldScope, stack: readonly OperandExpression[]) {
    this.#code = code;
    this.#scope = scope;
    this.stack = [...stack];
  }

  /** Runs an instruction that neither jumps nor leaves the frame. */
  step(instruction: Instruction): void {
    const { emit } = recordOf(instruction.op);
    switch (emit.kind) {
      case "value": {
        const parts = this.#pop(effectOf(instruction)[0]);
        const text = emit.expression(texts(parts), instruction, this.#scope);
        return this.#push(this.#valueOf(instruction, emit.evaluation, text, parts));
      }
      case "statement": {
        const parts = this.#popKept(effectOf(instruction)[0], emit.keeps);
        this.#flushOrdered();
        if (instruction.op === "storeLocal" || "slot" in instruction)
          this.#flushReadersOf(this.#writtenVariable(instruction));
        this.statements.push(emit.statement(texts(parts), instruction, this.#scope));
        for (const index of emit.keeps) this.#pushPart(parts, index);
        return;
      }
      case "keyed": {
        const parts = this.#popKept(effectOf(instruction)[0], [0]);
        this.#pushPart(parts, 0);
        return this.#push(
          orderedExpression(emit.expression(texts(parts), instruction, this.#scope), parts),
        );
      }
      case "shuffle":
        return this.#shuffle(effectOf(instruction)[0], emit.picks);
      case "method": {
        const parts = this.#pop(effectOf(instruction)[0]);
        return this.#pushMethod(parts, emit.member(texts(parts), instruction, this.#scope));
      }
      case "call":
        return this.#call(instruction, emit.form, emit.spread);
      case "suspend":
        return this.#suspend(emit.how);
      default:
        throw new Error(`${instruction.op} ends a block and is not folded`);
    }
  }

  /** Takes the top operand for a statement that evaluates it once and then writes these variables. */
  takeForStatement(written: readonly string[]): string {
    const [operand] = this.#pop(1);
    this.#flushOrdered();
    for (const variable of written) this.#flushReadersOf(variable);
    return operand?.text ?? "void 0";
  }

  /** The condition of a branch; afterwards the stack is without the operands it popped. */
  condition(instruction: Instruction): {
    readonly text: string;
    readonly operands: readonly OperandExpression[];
  } {
    const { emit } = recordOf(instruction.op);
    if (emit.kind !== "branch") throw new Error(`${instruction.op} is not a branch`);
    const kept = [...emit.jumpKeeps, ...emit.fallKeeps];
    const operands = this.#popKept(effectOf(instruction)[0], kept);
    this.#flushOrdered();
    return { text: emit.condition(texts(operands), instruction, this.#scope), operands };
  }

  /** The statement that leaves the frame. */
  exit(instruction: Instruction): string {
    const { emit } = recordOf(instruction.op);
    const parts = this.#pop(effectOf(instruction)[0]);
    this.#flushOrdered();
    if (emit.kind === "return") return `return ${parts[0]?.text ?? "void 0"};`;
    if (emit.kind === "throw") return emit.statement(texts(parts), instruction, this.#scope);
    throw new Error(`${instruction.op} does not leave the frame`);
  }

  /** Moves what is on the stack into the variables `$s0`, `$s1`, … that other blocks read. */
  spill(): void {
    const isInPlace = (entry: OperandExpression, i: number): boolean => entry.text === `$s${i}`;
    const mentionsSlot = this.stack.some(
      (entry, i) => !isInPlace(entry, i) && /\$s\d/.test(entry.text),
    );
    if (mentionsSlot) {
      // A parallel move: nothing may read a slot that was overwritten before.
      for (let i = 0; i < this.stack.length; i++) {
        const entry = this.stack[i];
        if (entry !== undefined && !isInPlace(entry, i) && entry.evaluation !== "local")
          this.#copy(i);
      }
    } else this.settlePairs();
    this.stack.forEach((entry, i) => {
      if (!isInPlace(entry, i)) this.statements.push(`$s${i}=${entry.text};`);
      this.stack[i] = variableExpression(`$s${i}`);
    });
  }

  /** Evaluates a method and receiver that no call follows. */
  settlePairs(): void {
    if (this.stack.some((entry) => entry.method !== null)) this.#flushOrdered();
  }

  // ---- operands

  #push(entry: OperandExpression): void {
    this.stack.push(entry);
    if (entry.text.length > longText && entry.evaluation === "ordered") {
      this.#flushOrdered();
    }
  }

  #pop(count: number): readonly OperandExpression[] {
    return count === 0 ? [] : this.stack.splice(this.stack.length - count);
  }

  /** Pops operands of which some are written more than once: those become variables or literals first. */
  #popKept(count: number, keeps: readonly number[]): readonly OperandExpression[] {
    const base = this.stack.length - count;
    const first = keeps.filter((index) => this.stack[base + index]?.isAtom === false);
    if (first.length > 0) {
      const last = Math.max(...first);
      this.#flushOrdered(base + last + 1);
      for (const index of first) this.#materialize(base + index);
    }
    return this.#pop(count);
  }

  #pushPart(parts: readonly OperandExpression[], index: number): void {
    const part = parts[index];
    if (part === undefined) throw new Error(`operand ${index} of ${parts.length}`);
    this.#push(part);
  }

  /** Evaluates the entry now, into a variable. */
  #materialize(index: number): void {
    const entry = this.stack[index];
    if (entry !== undefined && !(entry.isAtom && entry.evaluation === "constant"))
      this.#copy(index);
  }

  /** Puts the entry's value into a fresh variable. */
  #copy(index: number): void {
    const entry = this.stack[index];
    if (entry === undefined) return;
    if (entry.method !== null) {
      const receiver = this.#scope.temporary();
      const method = this.#scope.temporary();
      this.statements.push(
        `${receiver}=${entry.method.receiver.text};`,
        `${method}=${receiver}${entry.method.suffix};`,
      );
      this.stack[index] = variableExpression(method);
      this.stack[index + 1] = variableExpression(receiver);
      return;
    }
    const variable = this.#scope.temporary();
    this.statements.push(`${variable}=${entry.text};`);
    this.stack[index] = variableExpression(variable);
  }

  /** Evaluates what must run before the next statement, in order. */
  #flushOrdered(end = this.stack.length): void {
    for (let i = 0; i < end; i++) if (this.stack[i]?.evaluation === "ordered") this.#materialize(i);
  }

  #flushReadersOf(variable: string | null): void {
    if (variable === null) return;
    for (let i = 0; i < this.stack.length; i++)
      if (this.stack[i]?.reads.has(variable)) this.#materialize(i);
  }

  #writtenVariable(instruction: Instruction): string | null {
    const kind = recordOf(instruction.op).operand["slot"];
    if (!("slot" in instruction) || kind?.kind !== "local" || kind.access === "read") return null;
    return this.#scope.local(instruction.slot);
  }

  // ---- kinds of emission

  #valueOf(
    instruction: Instruction,
    evaluation: OperandExpression["evaluation"],
    text: string,
    parts: readonly OperandExpression[],
  ): OperandExpression {
    switch (instruction.op) {
      case "loadLocal":
        return localExpression(text);
      case "loadCell":
        return orderedExpression(text, [localExpression(this.#scope.local(instruction.slot))], {
          display: this.#code.locals[instruction.slot]?.name ?? null,
        });
      case "loadCapture":
        return orderedExpression(text, [], {
          display: text.endsWith(".v")
            ? (this.#code.captures[instruction.capture]?.name ?? null)
            : null,
        });
      case "typeofCapture":
        return orderedExpression(text, [], { isFaithful: text.startsWith("(typeof ") });
      case "iteratorValue":
      case "iteratorStep":
      case "iteratorRest":
        return orderedExpression(text, [localExpression(this.#scope.local(instruction.iterator))]);
      case "createClosure": {
        const captured = this.#code.children[instruction.child]?.captures ?? [];
        const cells = captured.flatMap(({ from }) =>
          from.kind === "local" ? [localExpression(this.#scope.local(from.slot))] : [],
        );
        return orderedExpression(text, cells, { isFaithful: false });
      }
      default:
        return evaluation === "ordered"
          ? orderedExpression(text, parts, { isFaithful: parts.every((part) => part.isFaithful) })
          : constantExpression(text, isAtomText(text));
    }
  }

  /** Everything before it has happened when the frame stops. */
  #suspend(how: "start" | "await" | "yield" | "delegate"): void {
    const parts = this.#pop(how === "start" ? 0 : 1);
    const value = parts[0]?.text ?? "void 0";
    const text = `(yield ${this.#scope.runtime("suspension")}("${how}",${value}))`;
    if (how !== "start") return this.#push(orderedExpression(text, parts, { isFaithful: false }));
    this.#flushOrdered();
    this.statements.push(`${text};`);
  }

  #pushMethod(parts: readonly OperandExpression[], member: string): void {
    const [receiver, key] = parts;
    if (receiver === undefined) throw new Error("a method without a receiver");
    const suffix = member.slice(receiver.text.length);
    const isRewritten = !member.startsWith(receiver.text);
    const base = isRewritten ? { ...receiver, text: `(${receiver.text})` } : receiver;
    const tail = isRewritten ? member.slice(base.text.length) : suffix;
    this.stack.push(
      orderedExpression(member, parts, { method: { receiver: base, suffix: tail }, display: null }),
      { ...variableExpression(""), reads: new Set(key === undefined ? [] : key.reads) },
    );
  }

  #shuffle(count: number, picks: readonly number[]): void {
    const base = this.stack.length - count;
    const isPair = this.stack[base]?.method !== null && count >= 2;
    if (picks.length === 0) {
      const [dropped] = this.#pop(count);
      if (dropped?.evaluation !== "ordered") return;
      this.#flushOrdered();
      this.statements.push(`${dropped.text};`);
      return;
    }
    const isAtomic = this.stack.slice(base).every((entry) => entry.isAtom);
    if (!isAtomic || isPair) {
      this.#flushOrdered();
      for (let i = base; i < this.stack.length; i++)
        if (this.stack[i]?.isAtom === false) this.#materialize(i);
    }
    const parts = this.#pop(count);
    for (const index of picks) this.#pushPart(parts, index);
  }

  #call(instruction: Instruction, form: "plain" | "method" | "construct", spread: boolean): void {
    const count = effectOf(instruction)[0];
    const site = "site" in instruction ? (instruction.site ?? "") : "";
    const parts = this.#pop(count);
    const [callee, ...rest] = parts;
    if (callee === undefined) throw new Error("a call without a callee");
    const receiver = form === "method" ? rest.shift() : undefined;
    const list = rest.map((part) => part.text).join(",");
    const literalSite = this.#scope.literal(site);
    // A helper's name is not what the source says.
    const finish = (text: string): void =>
      this.#push(
        orderedExpression(text, parts, { isCall: true, isFaithful: !text.startsWith("$") }),
      );
    if (spread) {
      if (form === "construct")
        return finish(
          `${this.#scope.runtime("constructObject")}(${callee.text},${literalSite},${list})`,
        );
      return finish(this.#callWithArray(callee, receiver, literalSite, list));
    }
    if (form === "construct") return finish(this.#construct(callee, site, list));
    if (form === "method") {
      if (callee.method !== null)
        return finish(this.#callMember(callee, callee.method, site, list));
      return finish(this.#callWithArray(callee, receiver, literalSite, `[${list}]`));
    }
    const areAtoms = rest.every((part) => part.isAtom);
    return finish(this.#callPlain(callee, site, list, areAtoms));
  }

  #callMember(
    callee: OperandExpression,
    { receiver, suffix }: NonNullable<OperandExpression["method"]>,
    site: string,
    list: string,
  ): string {
    const isNamed = receiver.display !== null || !receiver.isFaithful;
    const variable = isNamed ? this.#displayOf(receiver, receiverSite(site, suffix)) : null;
    if (variable !== null) return `(${variable}=${receiver.text})${suffix}(${list})`;
    if (receiver.isFaithful && receiver.display === null)
      return `${receiver.text}${suffix}(${list})`;
    return this.#callWithArray(callee, receiver, this.#scope.literal(site), `[${list}]`);
  }

  #callWithArray(
    callee: OperandExpression,
    receiver: OperandExpression | undefined,
    site: string,
    list: string,
  ): string {
    if (receiver === undefined)
      return `${this.#scope.runtime("callFunction")}(${callee.text},${site},${list})`;
    if (callee.method === null) {
      return `${this.#scope.runtime("callMethod")}(${callee.text},${receiver.text},${site},${list})`;
    }
    const variable = this.#scope.temporary();
    const { receiver: base, suffix } = callee.method;
    // The receiver is evaluated once, before the method is read from it.
    const method = `(${variable}=${base.text})${suffix}`;
    return `${this.#scope.runtime("callMethod")}(${method},${variable},${site},${list})`;
  }

  #callPlain(callee: OperandExpression, site: string, list: string, areAtoms: boolean): string {
    const variable = this.#displayOf(callee, site);
    if (variable !== null) return `(${variable}=${callee.text})(${list})`;
    if (callee.isFaithful && callee.display === null) {
      const isBare = callee.isCall || callee.text === "this" || isVariableName(callee.text);
      return isBare ? `${callee.text}(${list})` : `(0,${callee.text})(${list})`;
    }
    const literalSite = this.#scope.literal(site);
    if (areAtoms) {
      const check = `typeof ${callee.text}==="function"?${callee.text}:${this.#scope.runtime("throwNotCallable")}(${literalSite})`;
      return `(${check})(${list})`;
    }
    return `${this.#scope.runtime("callFunction")}(${callee.text},${literalSite},[${list}])`;
  }

  /**
   * Where the text of a callee does not have the source's name, a variable that has it.
   * V8 names `(f = …)(x)` in its messages "f", and an assignment passes no receiver.
   */
  #displayOf(callee: OperandExpression, site: string): string | null {
    const name = callee.display ?? (callee.isFaithful ? null : site);
    return name !== null && isVariableName(name) ? this.#scope.display(name) : null;
  }

  #construct(callee: OperandExpression, site: string, list: string): string {
    const variable = this.#displayOf(callee, site);
    if (variable !== null) return `new (${variable}=${callee.text})(${list})`;
    if (callee.isFaithful) return `new (${callee.text})(${list})`;
    return `${this.#scope.runtime("constructObject")}(${callee.text},${this.#scope.literal(site)},[${list}])`;
  }
}

/** What the source calls the receiver of `site`: the part before the member. */
function receiverSite(site: string, suffix: string): string {
  return site.endsWith(suffix) ? site.slice(0, -suffix.length) : "";
}

function texts(parts: readonly OperandExpression[]): readonly string[] {
  return parts.map((part) => part.text);
}

/** `this`, a variable or a literal, which cost nothing to write again. */
function isAtomText(text: string): boolean {
  return text.length < 24 && /^(?:[\w$]+|"[^"]*"|\(void 0\)|\(-[\d.]+\))$/.test(text);
}
