import { type Expression, printExpression } from "../../symbolic/expression.ts";
import type { Node } from "../../fx/node.ts";
import { sourceKey } from "../variables/source.ts";
import type { NumberLeaf } from "../variables/variable.ts";

type Term = Expression<NumberLeaf>;

/** The numbers between two bounds; bounds of open ends are not among them. */
interface Interval {
  readonly low: number;
  readonly lowOpen: boolean;
  readonly high: number;
  readonly highOpen: boolean;
}

const everything: Interval = { low: -Infinity, lowOpen: false, high: Infinity, highOpen: false };

/** What `torch._check` made known about numbers that only running the graph gives. */
export class Assumptions {
  readonly #known = new Map<string, boolean>();
  /** By term; what is compared with constants lies in here. */
  readonly #intervals = new Map<string, Interval>();

  /** What is known here, to be added to for one side of a branch only. */
  fork(): Assumptions {
    const fork = new Assumptions();
    for (const [key, truth] of this.#known) fork.#known.set(key, truth);
    for (const [key, interval] of this.#intervals) fork.#intervals.set(key, interval);
    return fork;
  }

  /** A side of a branch knows which way its condition went. */
  addTruth(condition: Term, truth: boolean): void {
    if (truth) this.add(condition);
    else this.#known.set(keyOf(condition), false);
  }

  add(condition: Term): void {
    this.#known.set(keyOf(condition), true);
    const compared = comparison(condition);
    if (compared === null) return;
    const key = keyOf(compared.term);
    this.#intervals.set(key, intersect(this.#intervalOf(compared.term), compared));
  }

  /** Whether the condition follows, or its opposite does; undefined where neither is known. */
  truthOf(condition: Term): boolean | undefined {
    const known = this.#known.get(keyOf(condition));
    if (known !== undefined) return known;
    if (condition.kind === "unary" && condition.operator === "!") {
      const inner = this.truthOf(condition.operand);
      return inner === undefined ? undefined : !inner;
    }
    const compared = comparison(condition);
    return compared === null
      ? undefined
      : truthIn(this.#intervalOf(compared.term), compared.operator, compared.bound);
  }

  /** The one value that a number can have by what is known; null where it can have several. */
  onlyValueOf(term: Term): number | null {
    const { low, high } = this.#intervalOf(term);
    return low === high ? low : null;
  }

  #intervalOf(term: Term): Interval {
    const known = this.#intervals.get(keyOf(term));
    if (known !== undefined) return known;
    return term.kind === "leaf" && term.leaf.kind === "node" && term.leaf.isSize === true
      ? { ...everything, low: 0 }
      : everything;
  }
}

type Comparison = "<" | "<=" | ">" | ">=" | "===" | "!==";

interface Compared {
  readonly term: Term;
  readonly operator: Comparison;
  readonly bound: number;
  /** Only whole numbers are possible. */
  readonly isWhole: boolean;
}

const mirrored: Readonly<Record<Comparison, Comparison>> = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "===": "===",
  "!==": "!==",
};

const isComparison = (operator: string): operator is Comparison => operator in mirrored;

/** `term < 3` or `3 > term`; null for everything else. */
function comparison(condition: Term): Compared | null {
  if (condition.kind !== "binary" || !isComparison(condition.operator)) return null;
  const { left, right, operator } = condition;
  if (right.kind === "constant" && typeof right.value === "number")
    return { term: left, operator, bound: right.value, isWhole: isWhole(left) };
  if (left.kind === "constant" && typeof left.value === "number")
    return {
      term: right,
      operator: mirrored[operator],
      bound: left.value,
      isWhole: isWhole(right),
    };
  return null;
}

const isWhole = (term: Term): boolean =>
  term.kind === "leaf" && term.leaf.kind === "node" && term.leaf.isSize === true;

function intersect(known: Interval, { operator, bound, isWhole: whole }: Compared): Interval {
  const above = (low: number, lowOpen: boolean): Interval =>
    low > known.low || (low === known.low && lowOpen) ? { ...known, low, lowOpen } : known;
  const below = (high: number, highOpen: boolean): Interval =>
    high < known.high || (high === known.high && highOpen) ? { ...known, high, highOpen } : known;
  switch (operator) {
    case ">":
      return whole ? above(Math.floor(bound) + 1, false) : above(bound, true);
    case ">=":
      return whole ? above(Math.ceil(bound), false) : above(bound, false);
    case "<":
      return whole ? below(Math.ceil(bound) - 1, false) : below(bound, true);
    case "<=":
      return whole ? below(Math.floor(bound), false) : below(bound, false);
    case "===":
      return { low: bound, lowOpen: false, high: bound, highOpen: false };
    case "!==":
      return known;
  }
}

function truthIn(
  { low, lowOpen, high, highOpen }: Interval,
  operator: Comparison,
  bound: number,
): boolean | undefined {
  const allAbove = low > bound || (low === bound && lowOpen);
  const allBelow = high < bound || (high === bound && highOpen);
  // A number may be NaN unless something is known of it: then no comparison holds.
  if (low === -Infinity && high === Infinity) return undefined;
  switch (operator) {
    case ">":
      return allAbove ? true : high <= bound ? false : undefined;
    case ">=":
      return low >= bound ? true : allBelow ? false : undefined;
    case "<":
      return allBelow ? true : low >= bound ? false : undefined;
    case "<=":
      return high <= bound ? true : allAbove ? false : undefined;
    case "===":
      if (allAbove || allBelow) return false;
      return low === bound && high === bound ? true : undefined;
    case "!==":
      if (allAbove || allBelow) return true;
      return low === bound && high === bound ? false : undefined;
  }
}

const identities = new WeakMap<Node, number>();
let nodes = 0;

/** Names tell nodes apart in one graph only: a sub-graph may have the same ones. */
function identityOf(node: Node): number {
  const known = identities.get(node) ?? nodes++;
  identities.set(node, known);
  return known;
}

const keyOf = (term: Term): string =>
  printExpression(term, (leaf) => {
    switch (leaf.kind) {
      case "source":
        return sourceKey(leaf.source);
      case "node":
        return `node ${identityOf(leaf.node)}`;
      case "item":
        return `item of ${leaf.tensor.birth}`;
      case "size":
        return `size ${leaf.dim} of ${leaf.tensor.birth}`;
    }
  });
