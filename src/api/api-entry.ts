/** Public names and the records behind them. */
import { InternalError } from "../base/errors.ts";
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

export interface ApiEntry {
  /** `torch.sum`, `Tensor.sum`, `torch.nn.functional.relu`. */
  readonly fullName: string;
  /** The last part, which messages use. */
  readonly name: string;
  readonly isMethod: boolean;
  /** Read without a call: `x.T`. */
  readonly isProperty: boolean;
  readonly overloads: readonly Overload[];
  /** What recent calls did; emptied by nobody, as plans notice when they no longer hold. */
  readonly plans: PlanCache;
}

const propertyPrefix = "Tensor.get ";

function buildEntries(): ReadonlyMap<string, ApiEntry> {
  const grouped = new Map<string, OpRecord[]>();
  for (const op of opTable) {
    for (const fullName of op.api) {
      const group = grouped.get(fullName);
      if (group === undefined) grouped.set(fullName, [op]);
      else group.push(op);
    }
  }
  const entries = new Map<string, ApiEntry>();
  for (const [written, records] of grouped) {
    const isProperty = written.startsWith(propertyPrefix);
    const fullName = isProperty ? `Tensor.${written.slice(propertyPrefix.length)}` : written;
    const isMethod = fullName.startsWith("Tensor.");
    const name = fullName.slice(fullName.lastIndexOf(".") + 1);
    const overloads = records.map((op) => overloadOf(op, name, isMethod));
    entries.set(fullName, { fullName, name, isMethod, isProperty, overloads, plans: [] });
  }
  return entries;
}

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

/** Every public name that stands for ops. */
export const apiEntries = buildEntries();

/** The entry of a name that is known to exist. */
export function apiEntry(fullName: string): ApiEntry {
  const entry = apiEntries.get(fullName);
  if (entry === undefined)
    throw new InternalError(`no op is named ${fullName}: run tools/generate-api.ts`);
  return entry;
}
