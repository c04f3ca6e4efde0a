import { arrayBuiltins } from "./arrays.ts";
import { arrayCallbackBuiltins } from "./array-callbacks.ts";
import type { Builtin } from "./builtin.ts";
import { collectionBuiltins } from "./collections.ts";
import { definePropertyBuiltin } from "./define-property.ts";
import { errorBuiltins } from "./errors.ts";
import { functionBuiltins } from "./functions.ts";
import { generatorBuiltins } from "./generators.ts";
import { iteratorBuiltins } from "./iterators.ts";
import { objectBuiltins } from "./objects.ts";
import { pureBuiltins } from "./pure.ts";

/** One row: the engine's function object and the rule for it. */
export type BuiltinRow = readonly [Function, Builtin];

/** Every engine function that the interpreter understands, by identity; taken before the program can patch anything. */
const table: ReadonlyMap<Function, Builtin> = new Map<Function, Builtin>([
  ...pureBuiltins,
  ...arrayBuiltins,
  ...arrayCallbackBuiltins,
  ...collectionBuiltins,
  ...objectBuiltins,
  definePropertyBuiltin,
  ...functionBuiltins,
  ...iteratorBuiltins,
  ...generatorBuiltins,
  ...errorBuiltins,
]);

export const builtinOf = (fn: Function): Builtin | null => table.get(fn) ?? null;
