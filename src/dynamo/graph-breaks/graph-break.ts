import { graphBreaks } from "./catalogue.ts";
import type { GraphBreakFacts, GraphBreakKey } from "./catalogue.ts";
import type { Variable } from "../variables/variable.ts";

/** Why a graph ended: the wording of the catalogue filled with facts. */
export interface GraphBreakReason {
  readonly key: GraphBreakKey;
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  readonly hints: readonly string[];
  readonly context: string;
  /** What the wording was filled with. */
  readonly facts: Readonly<Record<string, string | null>>;
}

/** Thrown inside the tracer where a graph must end, and caught there; users see it only as `Unsupported`. */
export class GraphBreak extends Error {
  readonly reason: GraphBreakReason;
  /** Not worth telling anybody: a step on the way to a break that is told, or one that a test forces. */
  readonly isSilent: boolean;
  /** The value whose data the program asks for, where the break is about one. */
  readonly subject: Variable | null;
  /** The rest of the function cannot be resumed either: the frame as a whole is the engine's. */
  skipsFrame = false;

  constructor(reason: GraphBreakReason, isSilent = false, subject: Variable | null = null) {
    super(`${reason.id} ${reason.title}: ${reason.explanation}`);
    this.name = "GraphBreak";
    this.reason = reason;
    this.isSilent = isSilent;
    this.subject = subject;
  }
}

/**
 * Ends the graph here. `context` is for the developers of the compiler: instruction, variables, arguments. `subject` is
 * the value whose data the program asks for.
 */
export function breakGraph<Key extends GraphBreakKey>(
  key: Key,
  facts: GraphBreakFacts<Key>,
  context: string,
  subject: Variable | null = null,
): never {
  throw new GraphBreak(describeBreak(key, facts, context), false, subject);
}

/** As `breakGraph`, where the rest of the function could not be resumed: the whole frame runs natively. */
export function skipFrame<Key extends GraphBreakKey>(
  key: Key,
  facts: GraphBreakFacts<Key>,
  context: string,
): never {
  const graphBreak = new GraphBreak(describeBreak(key, facts, context));
  graphBreak.skipsFrame = true;
  throw graphBreak;
}

/** The filled-in wording of a break, without throwing. */
export function describeBreak<Key extends GraphBreakKey>(
  key: Key,
  facts: GraphBreakFacts<Key>,
  context: string,
): GraphBreakReason {
  const { id, title, explanation, hints } = graphBreaks[key];
  // These are facts of the type this key's record asks for; TypeScript cannot relate the two through a generic key.
  const named = namingAnonymous(facts);
  const values = named as never;
  const filledHints = hints
    .map((hint: string | ((facts: never) => string | null)) =>
      typeof hint === "string" ? hint : hint(values),
    )
    .filter((hint) => hint !== null);
  return Object.freeze({
    key,
    id,
    title,
    explanation: explanation(values),
    hints: Object.freeze(filledHints),
    context,
    facts: Object.freeze(named),
  });
}

/** Functions and classes without a name have the empty one, which would read as nothing. */
function namingAnonymous(
  facts: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, fact === "" ? "(anonymous)" : fact]),
  );
}
