/** Programs that generated code must run exactly as the engine does: at least one per construct. */

import { control, exceptions, iteration, patching } from "./control-programs.ts";
import type { Program } from "./differential.ts";
import { objects, operators, patterns } from "./expression-programs.ts";
import { functions, mixed, sloppyPrograms } from "./function-programs.ts";

const strictPrograms: readonly Program[] = [
  ...operators,
  ...control,
  ...iteration,
  ...patching,
  ...exceptions,
  ...patterns,
  ...functions,
  ...objects,
  ...mixed,
];

export const allPrograms: readonly Program[] = [...strictPrograms, ...sloppyPrograms];
