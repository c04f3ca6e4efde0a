/** All operators. A file of records becomes part of the project by its line here. */
import type { OpRecord } from "./op-record.ts";
import * as arithmetic from "./pointwise/arithmetic.ts";
import * as sum from "./reduction/sum.ts";
import * as view from "./view/view.ts";

const modules: readonly object[] = [arithmetic, sum, view];

function isRecord(value: unknown): value is OpRecord {
  return typeof value === "object" && value !== null && "execution" in value && "samples" in value;
}

/** Every record that a module of ops exports, in the order of the files. */
export const opTable: readonly OpRecord[] = Object.freeze(modules.flatMap((module) => Object.values(module).filter(isRecord)));
