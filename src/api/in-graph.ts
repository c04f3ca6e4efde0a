/** What may appear in a captured graph: every `torch.*` function by identity, every Tensor method by name. */
import type { ArgKindName } from "../ops/arg.ts";
import type { OpRecord } from "../ops/op-record.ts";
import { lazy } from "../base/lazy.ts";
import { type ApiEntry, apiEntries, type Overload } from "./api-entry.ts";
import * as functions from "./functions.ts";
import * as linalg from "./linalg.ts";
import * as nnFunctional from "./nn-functional.ts";
import * as testing from "./testing.ts";

export interface InGraphParameter {
  readonly name: string;
  /** `operand` and `scalar` numbers are data of the computation; numbers of all other kinds are structure. */
  readonly kind: ArgKindName;
  readonly keywordOnly: boolean;
  /** May be given as several numbers in a row. */
  readonly spread: boolean;
}

/** A name that graphs may call, described when it is first asked about. */
export class InGraphFunction {
  readonly #entry: ApiEntry;
  #parameters: readonly InGraphParameter[] | null = null;

  constructor(entry: ApiEntry) {
    this.#entry = entry;
  }

  /** As a user writes it: `torch.sin`, `torch.nn.functional.relu`; for methods `Tensor.sin`. */
  get name(): string {
    return this.#entry.fullName;
  }

  /** The first overload's record. */
  get op(): OpRecord {
    return this.#first.op;
  }

  get overloads(): readonly OpRecord[] {
    return this.#entry.overloads.map(({ op }) => op);
  }

  /** Draws random numbers. */
  get randomness(): boolean {
    return this.#entry.overloads.some(({ op }) => op.random);
  }

  /** Writes to its first argument (or to the tensor it is a method of), or to another one. */
  get mutates(): boolean {
    return this.#entry.overloads.some(
      ({ op, inPlace }) => inPlace || op.mutates || op.writes.length > 0,
    );
  }

  /** Read without a call, such as `x.T`. */
  get isProperty(): boolean {
    return this.#entry.isProperty;
  }

  /** Of the first overload; for methods without the tensor itself. */
  get parameters(): readonly InGraphParameter[] {
    return (this.#parameters ??= this.#first.parameters.map(({ name, arg }) => ({
      name,
      kind: arg.kind,
      keywordOnly: arg.keywordOnly,
      spread: arg.spread,
    })));
  }

  get #first(): Overload {
    const [first] = this.#entry.overloads;
    if (first === undefined) throw new TypeError(`${this.name} has no overloads`);
    return first;
  }
}

/** The modules of functions by what their names begin with. */
const namespaces: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ["torch.", functions],
  ["torch.nn.functional.", nnFunctional],
  ["torch.linalg.", linalg],
  ["torch.testing.", testing],
];

/** Every function that may appear in a graph, keyed by the function object. */
export const inGraphFunctions: () => ReadonlyMap<unknown, InGraphFunction> = lazy(() => {
  const found = new Map<unknown, InGraphFunction>();
  for (const [prefix, module] of namespaces) {
    for (const [name, value] of Object.entries(module)) {
      const entry = apiEntries().get(prefix + name);
      if (entry !== undefined) found.set(value, new InGraphFunction(entry));
    }
  }
  return found;
});

/** Every Tensor method and property that may appear in a graph, keyed by its name. */
export const tensorMethods: () => ReadonlyMap<string, InGraphFunction> = lazy(
  () =>
    new Map(
      [...apiEntries().values()]
        .filter((entry) => entry.isMethod)
        .map((entry) => [entry.name, new InGraphFunction(entry)]),
    ),
);
