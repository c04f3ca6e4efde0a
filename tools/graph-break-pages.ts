import { graphBreaks } from "../src/dynamo/graph-breaks/catalogue.ts";
import { doesNotOccur, reportedAs } from "./pytorch-graph-breaks.ts";
import type { Fact, GraphBreakDefinition } from "../src/dynamo/graph-breaks/define-graph-break.ts";

/** A generated file: its path below the repository, and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** What the pages need of a catalogue entry; its wording is filled with the names of its facts. */
interface Entry {
  readonly key: string;
  readonly id: string;
  readonly title: string;
  readonly facts: readonly (readonly [string, Fact<string> | Fact])[];
  /** Two where an optional fact changes it. */
  readonly explanations: readonly string[];
  readonly hints: readonly string[];
  readonly context: string;
  readonly wrongExample: string;
  readonly rightExample: string;
}

const folder = "docs/graph-breaks";
const notice = "<!-- Generated from src/dynamo/graph-breaks by `npm run generate`. -->";

/** One page for each type of graph break, and the list of them. */
export function graphBreakPages(): readonly Page[] {
  const entries = Object.entries(graphBreaks)
    .map(([key, definition]) => toEntry(key, definition))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return [indexPage(entries), ...entries.map(entryPage)];
}

/** An entry whatever its facts are. */
type AnyDefinition = Omit<GraphBreakDefinition, "explanation" | "hints"> & {
  readonly explanation: (facts: never) => string;
  readonly hints: readonly (string | ((facts: never) => string | null))[];
};

function toEntry(key: string, definition: AnyDefinition): Entry {
  const { explanation, hints, ...rest } = definition;
  // Every fact is a string, so a record of strings by fact name is what each template takes.
  const placeholders = Object.fromEntries(
    Object.keys(definition.facts).map((name) => [name, `‹${name}›`]),
  ) as never;
  // The wording may depend on an optional fact being there or not: pages show both.
  const absent = Object.fromEntries(
    Object.entries(definition.facts).map(([name, fact]) => [
      name,
      fact.optional ? null : `‹${name}›`,
    ]),
  ) as never;
  const filled = hints.flatMap((hint) =>
    typeof hint === "string" ? [hint] : [hint(placeholders), hint(absent)],
  );
  return {
    ...rest,
    key,
    facts: Object.entries(definition.facts),
    explanations: [...new Set([explanation(placeholders), explanation(absent)])],
    hints: [...new Set(filled)].filter((hint) => hint !== null),
  };
}

function indexPage(entries: readonly Entry[]): Page {
  const rows = entries.map(
    ({ id, title }) => `| [${id}](${id}.md) | ${title.replaceAll("|", "\\|")} |`,
  );
  const text = [
    notice,
    "",
    "# Graph breaks",
    "",
    "Every reason for which a graph can end, by id: `GBnnnn` as in PyTorch, `GBJnnn` where only JavaScript has the concept.",
    "Run a program with `TORCH_LOGS=graph_breaks` to see its own. [Common graph breaks](../common-graph-breaks.md) shows",
    "the ones people meet most, with whole programs.",
    "",
    "| id | reason |",
    "|---|---|",
    ...rows,
    "",
    "## Types of PyTorch's without a page",
    "",
    ...Object.entries(doesNotOccur).map(([reason, numbers]) => `- ${reason} ${ids(numbers)}`),
    "",
  ].join("\n");
  return { path: `${folder}/README.md`, text };
}

const ids = (numbers: string): string =>
  numbers
    .split(" ")
    .sort()
    .map((number) => `GB${number}`)
    .join(", ");

/** Types of PyTorch's that are told apart there and are one here. */
function alsoReports({ key, id }: Entry): readonly string[] {
  const numbers: string = Reflect.get(reportedAs, key) ?? "";
  const others = numbers.split(" ").filter((number) => number !== "" && `GB${number}` !== id);
  return others.length === 0
    ? []
    : ["", `Also reported as this: PyTorch's ${ids(others.join(" "))}.`];
}

function entryPage(entry: Entry): Page {
  const { id, title, explanations, facts, hints, context, wrongExample, rightExample } = entry;
  const factRows = facts.map(
    ([name, { doc, optional }]) => `- ‹${name}›: ${doc}${optional ? " (not always there)" : ""}`,
  );
  const text = [
    notice,
    "",
    `# ${id}: ${title}`,
    "",
    explanations.join("\n\nOr: "),
    ...(factRows.length > 0 ? ["", ...factRows] : []),
    ...alsoReports(entry),
    "",
    "## What to do",
    "",
    ...hints.map((hint) => `- ${hint}`),
    "",
    "## Example",
    "",
    "This breaks:",
    "",
    ...codeBlock(wrongExample),
    "",
    "This does not:",
    "",
    ...codeBlock(rightExample),
    "",
    "## For developers of the compiler",
    "",
    `Raised by \`breakGraph("${entry.key}", …)\`. Context: ${context}`,
    "",
  ].join("\n");
  return { path: `${folder}/${id}.md`, text };
}

function codeBlock(program: string): readonly string[] {
  return ["```ts", 'import * as torch from "fullgraph";', "", program.trim(), "```"];
}
