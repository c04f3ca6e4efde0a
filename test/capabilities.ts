/**
 * What the forced way at outer variables (`FULLGRAPH_TIER`) or interpreting text instead of compiling it
 * (`FULLGRAPH_NO_EVAL`) cannot do; such tests show as skipped in its run. Without these, nothing is skipped.
 */
import { test } from "vitest";
import { mayGenerateCode } from "../src/script/may-generate-code.ts";

const tier = process.env["FULLGRAPH_TIER"];

/** Needs to write an outer variable: tier R reads only, and a function that assigns one runs natively. */
export const testWithWrites = test.skipIf(tier === "R");

/** Looks into a function made from text (`new Function`, `vm`), which no transform has seen. */
export const testOfTextCode = test.skipIf(tier === "T");

/** Captures direct eval in a function made from text: the engine compiles what it is given, in the middle of generated code. */
export const testOfEval = test.skipIf(tier === "T" || !mayGenerateCode());

/** Has compiled code make or construct a class, or make a generator or async function, which takes the engine's compiler. */
export const testOfCompiledText = test.skipIf(!mayGenerateCode());

/** Needs accessors that the inspector made: tier R has none, and the functions are not in a transformed module. */
export const testOfAccessors = test.skipIf(tier === "R" || tier === "T");

/** Asks for variables that hold undefined: on Node 20 tier R cannot tell them from ones not initialised yet. */
export const testOfUndefined = test.skipIf(tier === "R" || tier === "T");

/** Looks at top-level variables of classic scripts: no transform has seen these, and interpreted text cannot name them. */
export const testOfScripts = test.skipIf(tier === "T" || !mayGenerateCode());

/** Captures a function that uses private names: accessors have to be made in its class, and its text may not be interpreted. */
export const testOfPrivateNames = test.skipIf(tier === "R" || tier === "T" || !mayGenerateCode());
