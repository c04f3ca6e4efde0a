import type { EmitScope } from "../bytecode/instructions/emission.ts";
import { type Instruction, recordOf } from "../bytecode/instructions/table.ts";
import type { Code } from "../bytecode/code.ts";
import { InternalError } from "../../base/errors.ts";
import type { ResidualWriter } from "./residual-writer.ts";

/** Where the operands of the frame that breaks are: variables of the residual function. */
export interface NativeFrame {
  readonly code: Code;
  readonly captures: string;
  readonly thisValue: string;
  readonly newTarget: string;
  readonly stack: readonly string[];
}

/** One instruction as JavaScript statements, and the operand stack after it on each way out. */
export interface NativeInstruction {
  readonly statements: readonly string[];
  /** The stack after the instruction, as expressions. */
  readonly next: readonly string[] | null;
  /** For a branch: the condition and the stack where it holds. */
  readonly jump: {
    readonly condition: string;
    readonly target: number;
    readonly stack: readonly string[];
  } | null;
}

/** Writes the instruction that breaks the graph so that the engine executes it, over `s…` and `l…` variables. */
export function emitNatively(
  writer: ResidualWriter,
  frame: NativeFrame,
  pc: number,
): NativeInstruction {
  const instruction = frame.code.instructions[pc];
  if (instruction === undefined) throw new InternalError(`no instruction at ${pc}`);
  const record = recordOf(instruction.op);
  const scope = new NativeScope(writer, frame, instruction);
  const operands = instruction as never; // a record reads only the operands of its own instruction
  const effect = typeof record.effect === "function" ? record.effect(operands) : record.effect;
  const below = frame.stack.slice(0, frame.stack.length - effect[0]);
  const args = frame.stack.slice(frame.stack.length - effect[0]);
  const { emit } = record;
  const result = (expression: string): NativeInstruction => ({
    statements: [...scope.declarations, `const r = ${expression};`],
    next: [...below, "r"],
    jump: null,
  });
  switch (emit.kind) {
    case "value":
      return result(emit.expression(args, operands, scope));
    case "statement": {
      const statement = emit.statement(args, operands, scope);
      return {
        statements: [...scope.declarations, statement],
        next: [...below, ...pick(args, emit.keeps)],
        jump: null,
      };
    }
    case "keyed": {
      const expression = emit.expression(args, operands, scope);
      return {
        statements: [...scope.declarations, `const r = ${expression};`],
        next: [...below, ...args, "r"],
        jump: null,
      };
    }
    case "shuffle":
      return { statements: [], next: [...below, ...pick(args, emit.picks)], jump: null };
    case "method": {
      const member = emit.member(args, operands, scope);
      return {
        statements: [...scope.declarations, `const r = ${member};`],
        next: [...below, "r", args[0] ?? ""],
        jump: null,
      };
    }
    case "call":
      return result(callText(writer, instruction, emit.form, emit.spread, args));
    case "branch": {
      const condition = emit.condition(args, operands, scope);
      const target = Reflect.get(instruction, "target") as number; // every branch has a target operand
      return {
        statements: [...scope.declarations],
        next: [...below, ...pick(args, emit.fallKeeps)],
        jump: { condition, target, stack: [...below, ...pick(args, emit.jumpKeeps)] },
      };
    }
    case "suspend":
      throw new InternalError(`${instruction.op} is left to the driver`);
    case "throw":
      return {
        statements: [...scope.declarations, emit.statement(args, operands, scope)],
        next: null,
        jump: null,
      };
    case "jump":
    case "return":
      throw new InternalError(`${instruction.op} does not break a graph`);
  }
}

const pick = (args: readonly string[], indices: readonly number[]): readonly string[] =>
  indices.map((index) => args[index] ?? "(void 0)");

/** Calls by the engine, in the words it has for what is not callable. */
function callText(
  writer: ResidualWriter,
  instruction: Instruction,
  form: "plain" | "method" | "construct",
  spread: boolean,
  args: readonly string[],
): string {
  const site = writer.textOf(Reflect.get(instruction, "site") ?? "");
  const [callee = "", second = "", ...rest] = args;
  const list = (items: readonly string[]): string =>
    spread ? (items[0] ?? "[]") : `[${items.join(", ")}]`;
  if (form === "method") return `B.callMethod(${callee}, ${second}, ${site}, ${list(rest)})`;
  const given = args.slice(1);
  return form === "plain"
    ? `B.callFunction(${callee}, ${site}, ${list(given)})`
    : `B.constructObject(${callee}, ${site}, ${list(given)})`;
}

class NativeScope implements EmitScope {
  readonly declarations: string[] = [];
  readonly #writer: ResidualWriter;
  readonly #frame: NativeFrame;
  readonly #instruction: Instruction;

  constructor(writer: ResidualWriter, frame: NativeFrame, instruction: Instruction) {
    this.#writer = writer;
    this.#frame = frame;
    this.#instruction = instruction;
  }
  local(slot: number): string {
    return `l${slot}`;
  }
  cellContent(slot: number): string {
    return `l${slot}.v`;
  }
  capture(index: number): string {
    return `${this.#frame.captures}[${index}].v`;
  }
  captureCell(index: number): string {
    return `${this.#frame.captures}[${index}]`;
  }
  temporary(): string {
    const name = `t${this.declarations.length}`;
    this.declarations.push(`let ${name};`);
    return name;
  }
  literal(value: undefined | null | boolean | number | string | bigint): string {
    return this.#writer.textOf(value);
  }
  runtime(name: string): string {
    return `B.${name}`;
  }
  closure(child: number, name: string): string {
    const { code, captures, thisValue, newTarget } = this.#frame;
    const cells = (code.children[child]?.captures ?? []).map(({ from }) =>
      from.kind === "local"
        ? `l${from.slot}`
        : from.kind === "capture"
          ? `${captures}[${from.index}]`
          : "(void 0)",
    );
    return `B.makeClosure(${this.#writer.textOf(code)}, ${child}, [${cells.join(", ")}], ${thisValue}, ${newTarget}, ${name === "" ? "null" : name})`;
  }
  childKind(child: number): string {
    return this.#writer.textOf(this.#frame.code.children[child]?.kind ?? "function");
  }
  site(): string {
    return this.#writer.textOf(this.#instruction);
  }
}
