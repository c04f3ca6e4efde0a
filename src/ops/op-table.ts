/** All operators. A file of records becomes part of the project by its line here. */
import type { OpRecord } from "./op-record.ts";
import * as full from "./create/full.ts";
import * as ranges from "./create/ranges.ts";
import * as tensor from "./create/tensor.ts";
import * as clone from "./data/clone.ts";
import * as copy from "./data/copy.ts";
import * as fill from "./data/fill.ts";
import * as to from "./data/to.ts";
import * as arithmetic from "./pointwise/arithmetic.ts";
import * as sum from "./reduction/sum.ts";
import * as expand from "./view/expand.ts";
import * as permute from "./view/permute.ts";
import * as reshape from "./view/reshape.ts";
import * as select from "./view/select.ts";
import * as squeeze from "./view/squeeze.ts";
import * as unbind from "./view/unbind.ts";
import * as view from "./view/view.ts";

const modules: readonly object[] = [
  tensor, full, ranges,
  clone, copy, fill, to,
  view, reshape, expand, permute, squeeze, select, unbind,
  arithmetic,
  sum,
];

function isRecord(value: unknown): value is OpRecord {
  return typeof value === "object" && value !== null && "execution" in value && "samples" in value;
}

/** Every record that a module of ops exports, in the order of the files. */
export const opTable: readonly OpRecord[] = Object.freeze(modules.flatMap((module) => Object.values(module).filter(isRecord)));
