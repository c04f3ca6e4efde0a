/** A value that a break's wording needs and the place that breaks must supply. */
export interface Fact<Value extends string | null = string | null> {
  readonly doc: string;
  readonly optional: null extends Value ? true : false;
}

export type FactTable = Readonly<Record<string, Fact<string> | Fact<string | null>>>;

/** The facts as the breaking place passes them: strings, and null only where a fact is optional. */
export type FactValues<Facts extends FactTable> = {
  readonly [Name in keyof Facts]: Facts[Name]["optional"] extends true ? string | null : string;
};

/** Everything the project knows about one type of graph break: messages, docs page and tests are derived from it. */
export interface GraphBreakDefinition<Facts extends FactTable = FactTable> {
  /** PyTorch's number where the concept is the same, `GBJnnn` for those that only JavaScript has. Never reused. */
  readonly id: `GB${number}` | `GBJ${number}`;
  /** Free of dynamic text, so that equal breaks can be counted. PyTorch's wording unless that speaks of Python. */
  readonly title: string;
  readonly facts: Facts;
  readonly explanation: (facts: FactValues<Facts>) => string;
  /** Specific ones first. A function may decline by giving null. */
  readonly hints: readonly (string | ((facts: FactValues<Facts>) => string | null))[];
  /** What the developer debug context of this break holds. */
  readonly context: string;
  /** A program, after `import * as torch from "fullgraph";`, that has this break. */
  readonly wrongExample: string;
  /** The same job without the break. */
  readonly rightExample: string;
}

export function defineGraphBreak<const Facts extends FactTable>(
  definition: GraphBreakDefinition<Facts>,
): GraphBreakDefinition<Facts> {
  return definition;
}

export function text(doc: string): Fact<string> {
  return { doc, optional: false };
}

export function optionalText(doc: string): Fact<string | null> {
  return { doc, optional: true };
}
