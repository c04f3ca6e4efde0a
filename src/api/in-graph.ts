/** What may appear in a captured graph: every `torch.*` function by identity, every Tensor method by name. */
import type { ArgKindName } from "../ops/arg.ts";
import type { OpRecord } from "../ops/op-record.ts";
import { type ApiEntry, apiEntries } from "./api-entry.ts";
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

export interface InGraphFunction {
  /** As a user writes it: `torch.sin`, `torch.nn.functional.relu`; for methods `Tensor.sin`. */
  readonly name: string;
  /** The first overload's record. */
  readonly op: OpRecord;
  readonly overloads: readonly OpRecord[];
  /** Draws random numbers. */
  readonly randomness: boolean;
  /** Writes to its first argument (or to the tensor it is a method of), or to another one. */
  readonly mutates: boolean;
  /** Read without a call, such as `x.T`. */
  readonly isProperty: boolean;
  /** Of the first overload; for methods without the tensor itself. */
  readonly parameters: readonly InGraphParameter[];
}

function describe(entry: ApiEntry): InGraphFunction {
  const [first] = entry.overloads;
  if (first === undefined) throw new TypeError(`${entry.fullName} has no overloads`);
  return Object.freeze({
    name: entry.fullName,
    op: first.op,
    overloads: entry.overloads.map(({ op }) => op),
    randomness: entry.overloads.some(({ op }) => op.random),
    mutates: entry.overloads.some(
      ({ op, inPlace }) => inPlace || op.mutates || op.writes.length > 0,
    ),
    isProperty: entry.isProperty,
    parameters: first.parameters.map(({ name, arg }) => ({
      name,
      kind: arg.kind,
      keywordOnly: arg.keywordOnly,
      spread: arg.spread,
    })),
  });
}

/** The modules of functions by what their names begin with. */
const namespaces: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ["torch.", functions],
  ["torch.nn.functional.", nnFunctional],
  ["torch.linalg.", linalg],
  ["torch.testing.", testing],
];

function collectFunctions(): ReadonlyMap<unknown, InGraphFunction> {
  const found = new Map<unknown, InGraphFunction>();
  for (const [prefix, module] of namespaces) {
    for (const [name, value] of Object.entries(module)) {
      const entry = apiEntries.get(prefix + name);
      if (entry !== undefined) found.set(value, describe(entry));
    }
  }
  return found;
}

/** Every function that may appear in a graph, keyed by the function object. */
export const inGraphFunctions: ReadonlyMap<unknown, InGraphFunction> = collectFunctions();

/** Every Tensor method and property that may appear in a graph, keyed by its name. */
export const tensorMethods: ReadonlyMap<string, InGraphFunction> = new Map(
  [...apiEntries.values()]
    .filter((entry) => entry.isMethod)
    .map((entry) => [entry.name, describe(entry)]),
);
