/** Finds out which expressions of type `index` fit in 32 bits: those are computed four at a time, the others two. */
import { at } from "../../core/shape.ts";
import type { Expression } from "../expression.ts";
import type { Kernel } from "../kernel.ts";

interface Range {
  readonly low: number;
  readonly high: number;
}

/** No axis is longer; launches that have longer ones are left to the JavaScript backend. */
export const longestAxis = 2 ** 30;

const axisRange: Range = { low: 0, high: longestAxis };
const anything: Range = { low: -Infinity, high: Infinity };

export class IndexWidths {
  readonly #ranges = new Map<Expression, Range>();
  readonly #states: Range[] = [];

  constructor(kernel: Kernel) {
    for (const own of kernel.stages) {
      for (const state of own.states) this.#states.push(this.#rangeOf(state.initial));
      const first = this.#states.length - own.states.length;
      // A state whose range grows when it steps once from what it was after the first step may grow for ever.
      const steps = own.states.map((state) => this.#rangeOf(state.next));
      steps.forEach(
        (step, n) => (this.#states[first + n] = join(at(this.#states, first + n), step)),
      );
      this.#ranges.clear();
      own.states.forEach((state, n) => {
        const before = at(this.#states, first + n);
        const after = this.#rangeOf(state.next);
        if (after.low < before.low || after.high > before.high) this.#states[first + n] = anything;
      });
      this.#ranges.clear();
    }
  }

  isNarrow(expression: Expression): boolean {
    const { low, high } = this.#rangeOf(expression);
    return low >= -(2 ** 31) && high < 2 ** 31;
  }

  /** Whether the state with this number fits in 32 bits. */
  isNarrowState(state: number): boolean {
    const { low, high } = at(this.#states, state);
    return low >= -(2 ** 31) && high < 2 ** 31;
  }

  #rangeOf(expression: Expression): Range {
    const known = this.#ranges.get(expression);
    if (known !== undefined) return known;
    const range = this.#compute(expression);
    this.#ranges.set(expression, range);
    return range;
  }

  #compute(expression: Expression): Range {
    switch (expression.type) {
      case "bool":
        return { low: 0, high: 1 };
      case "uint8":
        return { low: 0, high: 255 };
      case "int32":
        return { low: -(2 ** 31), high: 2 ** 31 - 1 };
      case "index":
        return this.#indexRange(expression);
      default:
        return expression.kind === "constant"
          ? { low: Number(expression.value), high: Number(expression.value) }
          : anything;
    }
  }

  #indexRange(expression: Expression): Range {
    switch (expression.kind) {
      case "constant":
        return { low: Number(expression.value), high: Number(expression.value) };
      case "position":
      case "foldPosition":
      case "checkedIndex":
        return axisRange;
      case "state":
      case "otherState":
        return this.#states[expression.state] ?? anything;
      case "cast":
        return this.#rangeOf(expression.x);
      case "select":
        return join(this.#rangeOf(expression.x), this.#rangeOf(expression.y));
      case "arithmetic":
        return arithmeticRange(
          expression.operation,
          this.#rangeOf(expression.x),
          this.#rangeOf(expression.y),
        );
      default:
        return anything;
    }
  }
}

function join(x: Range, y: Range): Range {
  return { low: Math.min(x.low, y.low), high: Math.max(x.high, y.high) };
}

function arithmeticRange(operation: string, x: Range, y: Range): Range {
  if (!Number.isFinite(x.low + x.high + y.low + y.high)) return anything;
  switch (operation) {
    case "add":
      return { low: x.low + y.low, high: x.high + y.high };
    case "sub":
      return { low: x.low - y.high, high: x.high - y.low };
    case "mul": {
      const products = [x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high];
      return { low: Math.min(...products), high: Math.max(...products) };
    }
    case "minimum":
    case "maximum":
      return join(x, y);
    default:
      return anything;
  }
}
