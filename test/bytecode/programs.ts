/** Programs that generated code must run exactly as the engine does: at least one per construct. */

import { syntaxLeftOut } from "../../src/script/interpret/interpret-function.ts";
import { mayGenerateCode } from "../../src/script/may-generate-code.ts";
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

/** The interpreter leaves some syntax out; the front end runs functions with it natively where text cannot become code. */
export const isInterpretable = ({ source }: Program): boolean => syntaxLeftOut(source) === null;

const programsOfEverySyntax: readonly Program[] = [...strictPrograms, ...sloppyPrograms];

/** What generated code can be made for in this process. */
export const allPrograms = programsOfEverySyntax.filter(
  (program) => mayGenerateCode() || isInterpretable(program),
);
