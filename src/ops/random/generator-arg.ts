import { Generator } from "../../core/random/generator.ts";
import { defaultGenerator } from "../../core/random/default-generator.ts";
import { arg, mismatch, type RequiredArg } from "../arg.ts";

const generator: RequiredArg<Generator> = {
  kind: "generator",
  type: "Generator",
  expected: "torch.Generator",
  parse: (value) => (value instanceof Generator ? value : mismatch),
  fallback: undefined,
  keywordOnly: true,
  spread: false,
};

/** The generator that random functions draw from; the default one when none is given. */
export const generatorArg = arg.optional(generator);

export function generatorOrDefault(given: Generator | null): Generator {
  return given ?? defaultGenerator;
}
