import { arg, type DefaultedArg, mismatch, type RequiredArg } from "../arg.ts";

// Two overloads by the value of one option, so that each has the type of what it gives.

/** `return_indices: true`. */
export const withIndices: RequiredArg<true> = {
  ...arg.bool,
  type: "true",
  parse: (value) => (value === true ? value : mismatch),
};

/** Left out or false. */
export const withoutIndices: DefaultedArg<false> = {
  ...arg.bool,
  type: "false",
  parse: (value) => (value === undefined || value === false ? false : mismatch),
  fallback: { value: false },
};
