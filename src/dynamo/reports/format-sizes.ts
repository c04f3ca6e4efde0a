import { formatGuardSource, type GuardSource } from "./format-recompile.ts";

/** One size of a tensor from outside, in one compiled entry. */
export interface SizeReport {
  /** As in `L["x"].size()[0]`. */
  readonly name: string;
  readonly size: number;
  readonly kind: "static" | "dynamic" | "unbacked";
  /** As printed graphs write it: `s0`, `u0`; null for a static size, and for one that turned out to be fixed. */
  readonly symbol: string | null;
  readonly why: string;
  /** What the program decided on it. */
  readonly conditions: readonly Decision[];
  /** Of a size that varies: what does not hold for any other, so that it is fixed after all. */
  readonly fixedBy: Decision | null;
}

interface Decision {
  readonly text: string;
  /** The line of the program that decided. */
  readonly source: GuardSource | null;
}

/** The record of `TORCH_LOGS=dynamic`: for every size whether it is static or dynamic, why, and which lines decided on it. */
export const formatSizes = (sizes: readonly SizeReport[]): string =>
  sizes
    .flatMap(({ name, size, kind, symbol, why, conditions, fixedBy }) => [
      `${name} = ${size}: ${kind}${symbol === null ? "" : ` ${symbol}`} (${why})`,
      ...conditions.map(({ text, source }) => `  only if ${text}${formatGuardSource(source)}`),
      ...(fixedBy === null
        ? []
        : [`  fixed at ${size} by ${fixedBy.text}${formatGuardSource(fixedBy.source)}`]),
    ])
    .join("\n");
