import { callBreaks } from "./call-breaks.ts";
import { dataDependentBreaks } from "./data-dependent-breaks.ts";
import type { FactValues } from "./define-graph-break.ts";
import { higherOrderBreaks } from "./higher-order-breaks.ts";
import { languageBreaks } from "./language-breaks.ts";
import { operatorArgumentBreaks } from "./operator-argument-breaks.ts";
import { objectBreaks } from "./object-breaks.ts";
import { tensorBreaks } from "./tensor-breaks.ts";

/** Every type of graph break there is, by the name that `breakGraph` takes. */
export const graphBreaks = {
  ...dataDependentBreaks,
  ...tensorBreaks,
  ...callBreaks,
  ...languageBreaks,
  ...objectBreaks,
  ...higherOrderBreaks,
  ...operatorArgumentBreaks,
} as const;

export type GraphBreakKey = keyof typeof graphBreaks;

/** What `breakGraph(key, …)` must be told. */
export type GraphBreakFacts<Key extends GraphBreakKey> = FactValues<
  (typeof graphBreaks)[Key]["facts"]
>;
