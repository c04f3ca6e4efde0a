/** The answer of `locateFunction` for a function that cannot be captured, and the error of a variable out of reach. */

export type UnavailableReason = "native" | "bound" | "proxy" | "generated" | "unparseable";

export interface SourceUnavailable {
  readonly kind: "unavailable";
  readonly reason: UnavailableReason;
  readonly explanation: string;
}

const explanations = {
  native: (name) => `${name} is implemented by the JavaScript engine; it has no source text.`,
  bound: (name) =>
    `${name} was made by Function.prototype.bind; compile the function it was made from.`,
  proxy: (name) => `${name} is a Proxy around a function; its behaviour is not in any source text.`,
  generated: (name) =>
    `${name} belongs to a class or function that a compiled function made; its text is not the program's.`,
  unparseable: (name, detail) =>
    `The source text of ${name} cannot be parsed as JavaScript: ${detail}.`,
} satisfies Record<UnavailableReason, (name: string, detail: string) => string>;

export function sourceUnavailable(
  reason: UnavailableReason,
  name: string,
  detail = "",
): SourceUnavailable {
  const subject = name === "" ? "The function" : `The function ${name}`;
  return { kind: "unavailable", reason, explanation: explanations[reason](subject, detail) };
}

/** A variable exists but none of the tiers at hand can reach it. Never thrown for a variable that can be read. */
export class ScopeAccessError extends Error {
  static {
    this.prototype.name = "ScopeAccessError";
  }
}
