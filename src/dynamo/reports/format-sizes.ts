import { formatGuardSource, type GuardSource } from "./format-recompile.ts";

/** One size of a tensor from outside, in one compiled entry. */
export interface SizeReport {
  /** As in `L["x"].size()[0]`. */
  readonly name: string;
  readonly size: number;
  readonly kind: "static" | "dynamic" | "unbacked";
  readonly why: string;
  /** What the program decided on it. */
  readonly conditions: readonly { readonly text: string; readonly source: GuardSource | null }[];
}

/** The record of `TORCH_LOGS=dynamic`: for every size whether it is static or dynamic, why, and which lines decided on it. */
export const formatSizes = (sizes: readonly SizeReport[]): string =>
  sizes
    .flatMap(({ name, size, kind, why, conditions }) => [
      `${name} = ${size}: ${kind} (${why})`,
      ...conditions.map(({ text, source }) => `  only if ${text}${formatGuardSource(source)}`),
    ])
    .join("\n");
