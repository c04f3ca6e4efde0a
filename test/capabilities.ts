/**
 * What the forced way at outer variables cannot do (`FULLGRAPH_TIER`); such tests show as skipped in its run.
 * Without a forced tier nothing is skipped.
 */
import { test } from "vitest";

const tier = process.env["FULLGRAPH_TIER"];

/** Needs to write an outer variable: tier R reads only, and a function that assigns one runs natively. */
export const testWithWrites = test.skipIf(tier === "R");

/** Looks into a function made from text (`new Function`, `vm`), which no transform has seen. */
export const testOfTextCode = test.skipIf(tier === "T");
