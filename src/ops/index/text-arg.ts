import { mismatch, type RequiredArg } from "../arg.ts";

/** Any string: for options whose wrong values have an error message of their own. */
export const textArg: RequiredArg<string> = {
  kind: "choice",
  type: "string",
  expected: "str",
  parse: (value) => (typeof value === "string" ? value : mismatch),
  fallback: undefined,
  keywordOnly: false,
  spread: false,
};
