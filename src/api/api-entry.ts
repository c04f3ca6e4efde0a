/** Public names and the records behind them. */
import { InternalError } from "../base/errors.ts";
import { lazy } from "../base/lazy.ts";
import { opTable } from "../ops/op-table.ts";
import type { Arg } from "../ops/arg.ts";
import type { OpRecord } from "../ops/op-record.ts";
import type { PlanCache } from "./eager-plans.ts";

/** One way to call a public name. */
export interface Overload {
  readonly op: OpRecord;
  /** The name is the in-place twin of an op that does not mutate by itself. */
  readonly inPlace: boolean;
  /** In the order of the schema, without `self` for methods. */
  readonly parameters: readonly Parameter[];
  /** How many arguments may be positional; Infinity if sizes may be spread. */
  readonly maxPositional: number;
}

export interface Parameter {
  /** The name in the options object: PyTorch's. */
  readonly name: string;
  /** The name in the record. */
  readonly key: string;
  readonly arg: Arg<unknown>;
}

/** A public name: `torch.sum`, `Tensor.sum`, `torch.nn.functional.relu`. What it stands for is looked up when it is first called. */
export class ApiEntry {
  readonly fullName: string;
  /** The last part, which messages use. */
  readonly name: string;
  readonly isMethod: boolean;
  /** What recent calls did; emptied by nobody, as plans notice when they no longer hold. */
  readonly plans: PlanCache = [];
  #overloads: readonly Overload[] | null = null;

  constructor(fullName: string) {
    this.fullName = fullName;
    this.name = fullName.slice(fullName.lastIndexOf(".") + 1);
    this.isMethod = fullName.startsWith("Tensor.");
  }

  get overloads(): readonly Overload[] {
    return (this.#overloads ??= this.#findOverloads());
  }

  /** Read without a call: `x.T`. */
  get isProperty(): boolean {
    return namesInTable().get(this.fullName)?.isProperty ?? false;
  }

  #findOverloads(): readonly Overload[] {
    const known = namesInTable().get(this.fullName);
    if (known === undefined)
      throw new InternalError(`no op is named ${this.fullName}: run tools/generate-api.ts`);
    return known.records.map((op) => overloadOf(op, this.name, this.isMethod));
  }
}

interface NameInTable {
  readonly isProperty: boolean;
  readonly records: OpRecord[];
}

const propertyPrefix = "Tensor.get ";

const namesInTable: () => ReadonlyMap<string, NameInTable> = lazy(() => {
  const names = new Map<string, NameInTable>();
  for (const op of opTable()) {
    for (const written of op.api) {
      const isProperty = written.startsWith(propertyPrefix);
      const fullName = isProperty ? `Tensor.${written.slice(propertyPrefix.length)}` : written;
      const known = names.get(fullName);
      if (known === undefined) names.set(fullName, { isProperty, records: [op] });
      else known.records.push(op);
    }
  }
  return names;
});

function overloadOf(op: OpRecord, name: string, isMethod: boolean): Overload {
  const parameters = Object.entries(op.args)
    .filter(([key]) => !(isMethod && key === "self"))
    .map(([key, arg]): Parameter => ({ name: key === "self" ? "input" : key, key, arg }));
  const positional = parameters.filter((parameter) => !parameter.arg.keywordOnly);
  return {
    op,
    inPlace: isMethod && name.endsWith("_") && !op.mutates,
    parameters,
    maxPositional: positional.some((parameter) => parameter.arg.spread)
      ? Infinity
      : positional.length,
  };
}

const entries = new Map<string, ApiEntry>();

/** The entry of a name that the table has. */
export function apiEntry(fullName: string): ApiEntry {
  let entry = entries.get(fullName);
  if (entry === undefined) {
    entry = new ApiEntry(fullName);
    entries.set(fullName, entry);
  }
  return entry;
}

/** Every public name that stands for ops. */
export const apiEntries: () => ReadonlyMap<string, ApiEntry> = lazy(
  () => new Map([...namesInTable().keys()].map((name) => [name, apiEntry(name)])),
);
