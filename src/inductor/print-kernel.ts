/** Kernels as loops that people read. */
import { unreachable } from "../base/unreachable.ts";
import { at } from "../core/shape.ts";
import { type Expression, childrenOf } from "../loops/expression.ts";
import type { Kernel, Stage, Store } from "../loops/kernel.ts";
import { firstStates } from "../loops/kernel.ts";

/** How the operands and scalars of a launch are called. */
export interface KernelNames {
  readonly operands: readonly string[];
  readonly scalars: readonly string[];
}

/** The stages of a kernel as assignments; what is used more than once has a name. */
export function printKernel(kernel: Kernel, names: KernelNames): string {
  const starts = firstStates(kernel);
  return kernel.stages
    .map((stage, index) => new StagePrinter(names, index).print(stage, at(starts, index)))
    .join("\n");
}

/** One value as text. */
export function printExpression(value: Expression, names: KernelNames): string {
  return new StagePrinter(names, 0).value(value);
}

class StagePrinter {
  readonly #names: KernelNames;
  readonly #lines: string[] = [];
  readonly #named = new Map<Expression, string>();
  readonly #uses = new Map<Expression, number>();
  readonly #stageIndex: number;

  constructor(names: KernelNames, stageIndex: number) {
    this.#names = names;
    this.#stageIndex = stageIndex;
  }

  value(value: Expression): string {
    return this.#text(value);
  }

  print(stage: Stage, firstState: number): string {
    const values = [
      ...stage.states.map(({ next }) => next),
      ...stage.rows.map(({ value }) => value),
      ...stage.stores.flatMap(({ value, coordinates }) => [value, ...(coordinates ?? [])]),
    ];
    for (const value of values) this.#count(value);
    const heads = stage.states.map(
      ({ initial }, index) => `s${firstState + index} = ${this.#text(initial)}`,
    );
    const steps = stage.states.map(({ next }) => this.#text(next));
    steps.forEach((text, index) => this.#lines.push(`s${firstState + index} = ${text}`));
    for (const { row, value } of stage.rows) this.#lines.push(`row${row}[] = ${this.#text(value)}`);
    for (const store of stage.stores) this.#lines.push(this.#store(store));
    const over = { point: "at every point", sweep: "sweep", once: "once" }[stage.over];
    const initially = stage.over === "sweep" && heads.length > 0 ? ` with ${heads.join(", ")}` : "";
    return [`${over}${initially}:`, ...this.#lines.map((line) => `  ${line}`)].join("\n");
  }

  #count(expression: Expression): void {
    const uses = this.#uses.get(expression) ?? 0;
    this.#uses.set(expression, uses + 1);
    if (uses === 0) for (const child of childrenOf(expression)) this.#count(child);
  }

  #store({ operand, coordinates, mode, value }: Store): string {
    const name = at(this.#names.operands, operand);
    const place = coordinates === null ? name : `${name}[${this.#list(coordinates)}]`;
    const sign = { set: "=", add: "+=", multiply: "*=", minimum: "min=", maximum: "max=" }[mode];
    return `${place} ${sign} ${this.#text(value)}`;
  }

  #list(expressions: readonly Expression[]): string {
    return expressions.map((each) => this.#text(each)).join(", ");
  }

  #text(expression: Expression): string {
    const name = this.#named.get(expression);
    if (name !== undefined) return name;
    const text = this.#own(expression);
    const isShared = (this.#uses.get(expression) ?? 0) > 1 && childrenOf(expression).length > 0;
    if (!isShared) return text;
    const fresh = `v${this.#stageIndex}_${this.#named.size}`;
    this.#named.set(expression, fresh);
    this.#lines.push(`${fresh} = ${text}`);
    return fresh;
  }

  #own(expression: Expression): string {
    switch (expression.kind) {
      case "load":
        return at(this.#names.operands, expression.operand);
      case "gather":
        return `${at(this.#names.operands, expression.operand)}[${this.#list(expression.coordinates)}]`;
      case "scalar":
        return at(this.#names.scalars, expression.slot);
      case "constant":
        return String(expression.value);
      case "position":
        return `i${expression.axis}`;
      case "foldPosition":
        return "j";
      case "state":
        return `s${expression.state}`;
      case "otherState":
        return `other s${expression.state}`;
      case "row":
        return `row${expression.row}[]`;
      case "cast":
        return `${expression.type}(${this.#text(expression.x)})`;
      case "unary":
      case "arithmetic":
      case "comparison":
        return `${expression.operation}(${this.#list(childrenOf(expression))})`;
      case "select":
        return `select(${this.#list(childrenOf(expression))})`;
      case "checkedIndex":
        return `checked(${this.#list(childrenOf(expression))})`;
      default:
        return unreachable(expression);
    }
  }
}
